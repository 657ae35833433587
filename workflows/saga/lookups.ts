import type { LookUp } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Sighting } from '../../src/booking/model';
import { partyOf } from '../../src/booking/request-parts';
import { isSameTime } from '../../src/booking/times';
import { reads } from './activities';
import { inferredOurs } from './claims';
import { after, now, nowMs } from './clock';
import { clueOf } from './ownership';
import { newPace, recordLook, type Pace } from './pace';
import { callAccountedFor } from './parts/doubts';
import { targetOf, type Booking } from './state';
import { newsUntil, pauseUntil } from './waiting';

/**
 * Looking at the provider: once, or over the late-commit window of a call whose effect is unknown.
 *
 * Background. The answer to a write can be lost while the write itself is not: it may have taken effect, or may do so
 * later. Right after such a call, "not found" does not prove "not booked".
 *
 * How it works. `lookUp` reads the order and its appointments in one activity. After an unanswered call `lookUpUnknown`
 * looks at least three times (the limit `lookUps`): at once, then evenly until the late-commit window is over, and
 * besides whenever there is news. When every look comes through empty, the call had no effect. What a look shows is
 * judged by ownership.ts, and by claims.ts where no ref tells: the booking's own appointment is the call's effect;
 * somebody else's is for a person (`ambiguous_match`), and is never adopted and never undone.
 *
 * On unwinding. Until its window is over the call stays in doubt (parts/doubts.ts), and no other slot is tried. An undo
 * looks in the same way and cancels what surfaces. A move that is being undone may surface late, so its doubt stays
 * until the window is over.
 */

/** Reads the order and its appointments once. */
export function lookUp(b: Booking, why: string, how: Partial<LookUp> = {}): Promise<Sighting> {
  return reads(b, why).lookUp(whereToLook(b, how));
}

/**
 * Says where to look: around the slot that was tried last unless `how` says otherwise, and for our own ids anywhere.
 */
export function whereToLook(b: Booking, how: Partial<LookUp> = {}): LookUp {
  const { request } = b.state.terms;
  const { attempts } = b.state.search;
  const appointment = b.state.appointment.held;
  const { acceptedCancels } = b.state.undo;
  const order = b.state.order.known;
  return {
    target: targetOf(b),
    request: partyOf(request),
    orderId: order?.id ?? null,
    startsAt: attempts.at(-1)?.startsAt ?? appointment?.startsAt ?? null,
    clue: clueOf(b),
    acceptedCancels,
    liveIds: liveIdsOf(b),
    ...how,
  };
}

/** Returns the ids of our own that a look must show: what the booking holds, and what staff was asked to cancel. */
function liveIdsOf({ state }: Booking): string[] {
  const { held: appointment, replaces, ownIds, leftIds } = state.appointment;
  const { askedOfStaff } = state.undo;
  const held = [appointment, replaces].flatMap((one) => (one && one.phase !== 'cancelled' ? [one.id] : []));
  const asked = askedOfStaff.filter((id) => !leftIds.includes(id));
  return [...new Set([...held, ...asked])].filter((id) => ownIds.includes(id));
}

/**
 * Yields the times to look after an unknown outcome: now, then evenly over the late-commit window, the last when it is
 * over. After a time without workers the window may be over already. A single look might then read a copy that lags, so
 * there are as many looks as ever, with short pauses. Each time is worked out once the look before it is done.
 */
export function* lookUpTimes(b: Booking, since: string): Generator<string, void> {
  const { lookUps, pollFirstMs } = b.state.terms.limits;
  const stepMs = b.state.terms.capabilities.lateCommitWindowMs / (lookUps - 1);
  yield now();
  for (let n = 1; n < lookUps; n += 1) {
    const planned = after(since, Math.ceil(stepMs * n));
    const soonest = after(now(), Math.min(stepMs, pollFirstMs));
    yield Date.parse(planned) > Date.parse(soonest) ? planned : soonest;
  }
}

/**
 * Looks for the effect of the unanswered book call over the late-commit window, and whenever there is news. Returns our
 * appointment, or null when the window is over and every look came back empty. Fails with `ambiguous_match` at somebody
 * else's appointment, which is never adopted and never undone.
 */
export async function lookUpUnknown(b: Booking): Promise<Appointment | null> {
  const unknown = b.state.doubts.unknownBook;
  if (!unknown) return null;
  const pace = newPace();
  for (const time of lookUpTimes(b, unknown.since)) {
    const found = await lookUpUntil(b, time, pace);
    if (found) return found;
  }
  callAccountedFor(b);
  return null;
}

async function lookUpUntil(b: Booking, time: string, pace: Pace): Promise<Appointment | null> {
  for (;;) {
    const news = await newsUntil(b, 'a lost answer to show up', time, pace);
    const beganMs = nowMs();
    const found = await lookUpOnce(b);
    recordLook(pace, b.state.terms.limits.pollMaxMs);
    // A look that began after the planned time counts as the planned one, even if news led to it.
    if (found || !news || beganMs >= Date.parse(time)) return found;
  }
}

/**
 * Returns true when an appointment of ours can be the effect of the unanswered call: of a move, only at its new time.
 */
function isEffect(b: Booking, appointment: Appointment): boolean {
  const unknown = b.state.doubts.unknownBook;
  if (!unknown?.isMove) return true;
  return isSameTime(appointment.startsAt, unknown.startsAt);
}

/** Looks once for the effect of the unanswered call, with a fresh read: a list that was read earlier does not count. */
export async function lookUpOnce(b: Booking): Promise<Appointment | null> {
  const how = { fresh: true, lookedFor: 'unanswered_call' } as const;
  const sighting = await lookUp(b, 'look whether the unanswered booking took effect', how);
  const seen = await inferredOurs(b, sighting);
  if (seen.is === 'foreign' || seen.is === 'ambiguous') throw new Failure('ambiguous_match');
  if (seen.is === 'ours' && (b.state.undo.isUnderWay || isEffect(b, seen.appointment))) {
    // A move that is being undone may still surface: its window stays open.
    if (!b.state.doubts.unknownBook?.isMove || !b.state.undo.isUnderWay) callAccountedFor(b);
    return seen.appointment;
  }
  return null;
}

/** Waits until the window of a book call is over that no look has accounted for, so that the doubt has an end. */
export async function outlastBook(b: Booking): Promise<void> {
  const { capabilities } = b.state.terms;
  const { unknownBook } = b.state.doubts;
  if (!unknownBook) return;
  const until = after(unknownBook.since, capabilities.lateCommitWindowMs);
  await pauseUntil(b, 'an unanswered booking to take effect or not', until);
  callAccountedFor(b);
}
