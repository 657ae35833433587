import { isCancellation } from '@temporalio/workflow';
import type { Target, BookAnswer } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Appointment } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import { withoutOrderDetails } from '../../src/booking/request-parts';
import { slotMark } from '../../src/booking/slot-mark';
import { isSameTime } from '../../src/booking/times';
import { reads, writes } from '../saga/activities';
import { seenAfterNow } from '../saga/ahead';
import { now, nowMs } from '../saga/clock';
import { failureOf, isLostWrite } from '../saga/ending';
import { clueOf, recordOwn } from '../saga/ownership';
import { lookUpOnce, lookUpUnknown, whereToLook } from '../saga/lookups';
import { recordOpenWrite, outlastOpenWrites } from '../saga/open-writes';
import {
  isPassing,
  isUsedUp,
  newPatience,
  patiently,
  pauseWithin,
  spending,
  tried,
  type Patience,
} from '../saga/patience';
import { appointmentHeld } from '../saga/parts/appointment';
import {
  callAccountedFor,
  callUnanswered,
  moveLanded,
  seenBeforeCall,
  startDoubted,
  startSeenBeforeCall,
} from '../saga/parts/doubts';
import { stepBegan } from '../saga/parts/progress';
import { attemptBecame, attemptBegan, attemptRenewed, slotsOutdated, type Offer } from '../saga/parts/search';
import { beginNothingAfterCancel, targetOf, maker, shielded, type Booking } from '../saga/state';
import { explained } from './explained';
import { sameSlot } from './offer';

/** Taking an offer. The effect of an unclear answer is found out before anything else is done. */

/**
 * Takes an offer. Returns the appointment, or null when it cannot be had. The effect of an unanswered call is looked up
 * over its window; then the same slot is tried again, as the same attempt, until patience is used up and a person is
 * asked.
 */
export async function takeOffer(b: Booking, offer: Offer): Promise<Appointment | null> {
  // After a person was asked, the unanswered call is accounted for first: no other is made before its window is over.
  const earlier = b.state.doubts.unknownBook ? await accountFor(b) : null;
  if (earlier) return earlier;
  const { patienceMs } = b.state.terms.limits;
  const trying: Trying = { startedMs: nowMs(), patience: newPatience(b), isRepeat: false };
  let next = isUnanswered(b, offer) ? await offeredAgain(b, offer, trying) : offer;
  while (next) {
    const taken = await tryOnce(b, next, trying);
    if (taken !== 'unanswered') return taken;
    if (isUsedUp(trying.patience, patienceMs)) throw new Failure('outcome_unknown', { said: saidLast(b) });
    next = await offeredAgain(b, next, trying);
  }
  return lateOrGone(b, offer);
}

/** The tries of one offer, counted from the first or from a person's decision to try again. */
interface Trying {
  startedMs: number;
  patience: Patience;
  /** Whether the latest call was a repeat with the key of the one before it. */
  isRepeat: boolean;
}

/**
 * Returns true when the last attempt was for this offer and went unanswered: then that attempt is made again.
 */
function isUnanswered(b: Booking, offer: Offer): boolean {
  const { attempts, triedFrom } = b.state.search;
  const last = attempts.slice(triedFrom).at(-1);
  return last?.outcome === 'unknown' && last.slotMark === markOf(offer);
}

/**
 * Returns the offer with a fresh key, or null when it is gone. An offer whose call is repeated with its key stays as it
 * is.
 */
async function offeredAgain(b: Booking, offer: Offer, { patience }: Trying): Promise<Offer | null> {
  if (b.state.doubts.unknownBook) {
    await pauseWithin(b, patience, 'another try at booking', b.state.terms.limits.patienceMs);
    return offer;
  }
  if (offer.kind === 'visit') return offer;
  const slot = await sameSlot(b, offer.slot);
  return slot && { ...offer, slot };
}

/** Looks whether our own unanswered call took the slot that is now gone. Returns the appointment when it did. */
async function lateOrGone(b: Booking, offer: Offer): Promise<Appointment | null> {
  const since = b.state.search.attempts.at(-1)?.at ?? now();
  callUnanswered(b, { since, startsAt: startOf(offer), isMove: offer.kind === 'move' });
  const late = await lookUpOnce(b);
  callAccountedFor(b);
  if (late) recordHeld(b, late, offer.kind === 'move');
  else attemptBecame(b, 'gone', 'no longer on offer after a call that was not answered');
  return late;
}

async function tryOnce(b: Booking, offer: Offer, trying: Trying): Promise<Appointment | null | 'unanswered'> {
  await outlastOpenWrites(b);
  await recordSeenBefore(b, offer);
  beginNothingAfterCancel(); // the answer before may have come with the slots in it, or left others to take
  begin(b, offer);
  const calledMs = nowMs();
  const answer = await tried(b, trying.patience, () => bookPatiently(b, offer));
  if (answer.is === 'held') {
    callAccountedFor(b); // this also answers an earlier call with the same key
    recordHeld(b, answer.appointment, offer.kind === 'move');
    seenAfterNow(b, answer.seenAfter ?? null, calledMs);
    return answer.appointment;
  }
  if (answer.is === 'gone') return gone(b, answer);
  if (answer.isRefusal) return notUnderstood(b, answer.said);
  trying.isRepeat = !trying.isRepeat && keyCounts(b, offer, trying);
  if (trying.isRepeat) return 'unanswered';
  const { lateCommitWindowMs } = b.state.terms.capabilities;
  return (await spending(trying.patience, lateCommitWindowMs, () => accountFor(b))) ?? 'unanswered';
}

/** Handles a slot that is taken or whose key is bad. An earlier call of ours with the same key may have taken it. */
async function gone(
  b: Booking,
  { reason, searchAgain }: Extract<BookAnswer, { is: 'gone' }>,
): Promise<Appointment | null> {
  const late = b.state.doubts.unknownBook ? await accountFor(b) : null;
  if (late) return late;
  attemptBecame(b, 'gone', reason);
  if (searchAgain) slotsOutdated(b);
  return null;
}

/**
 * Handles a refusal in unknown words: looks once, then asks a person at once. The call stays recorded as unanswered, so
 * that whatever the person decides begins with the looks over its window.
 */
async function notUnderstood(b: Booking, said: string): Promise<Appointment> {
  const isMove = b.state.doubts.unknownBook?.isMove;
  const found = await lookUpOnce(b);
  if (!found) throw await explained(b, said);
  recordHeld(b, found, isMove);
  return found;
}

/**
 * Returns true while a call may be repeated with its key. It is repeated once, without waiting for a window, because
 * the key keeps it from taking effect twice. If the repeat is unanswered too (as a replay of an appointment that is
 * gone is), the window follows, and then a call with a new key.
 */
function keyCounts({ state }: Booking, offer: Offer, { startedMs }: Trying): boolean {
  const { capabilities } = state.terms;
  return offer.kind === 'book' && nowMs() - startedMs < capabilities.bookKeyLifetimeMs;
}

/** Records the attempt before its call: a new one, or the unanswered one again. */
function begin(b: Booking, offer: Offer): void {
  stepBegan(b, 'booking');
  if (isUnanswered(b, offer)) beginAgain(b);
  else attemptBegan(b, { slotMark: markOf(offer), startsAt: startOf(offer) });
}

/**
 * Repeats the call with its key while the earlier one is unanswered; otherwise the attempt is renewed with a new key.
 */
function beginAgain(b: Booking): void {
  attemptBecame(b, 'booking');
  if (!b.state.doubts.unknownBook) attemptRenewed(b);
}

/**
 * Records which appointments were there before the call, because they cannot be its effect. Where refs return, that is
 * the appointment that is held while another is booked in its place. Where they do not, it is everything that a look
 * shows, since only this tells our appointment from others'. A new appointment at a start where an earlier call was
 * unanswered or refused is not recorded: it may be the effect of that call.
 */
async function recordSeenBefore(b: Booking, offer: Offer): Promise<void> {
  if (b.state.terms.capabilities.refReturns) {
    const held = offer.kind === 'move' ? null : b.state.appointment.held;
    return seenBeforeCall(b, held ? [held.id] : []);
  }
  const how = { startsAt: startOf(offer), fresh: true, mayBePartial: isAllAnswered(b) };
  const { live, isPartial = false } = await reads(b, 'look what is there before booking').lookUp(
    whereToLook(b, how),
  );
  const { seenBefore, othersIds, unansweredStarts } = b.state.doubts;
  const isKnown = ({ id }: Appointment) => seenBefore.includes(id) || othersIds.includes(id);
  const mayBeOurs = (one: Appointment) =>
    !isKnown(one) && unansweredStarts.some((doubted) => isSameTime(doubted, one.startsAt));
  const known = live.filter((one) => !mayBeOurs(one)).map(({ id }) => id);
  // An own appointment that a partial look did not show is no effect of the call either.
  const unshown = isPartial ? b.state.appointment.ownIds : [];
  seenBeforeCall(b, [...known, ...unshown]);
  startSeenBeforeCall(b, startOf(offer), isPartial);
}

/**
 * Returns true when the booking knows the effect of all its calls: then the look before the next one may be partial.
 */
function isAllAnswered({ state }: Booking): boolean {
  const { unansweredStarts, unknownBook } = state.doubts;
  return unansweredStarts.length === 0 && unknownBook === null;
}

/**
 * Books, and repeats the call within patience while it had no effect and time may cure its failure (load, no
 * connection).
 */
async function bookPatiently(b: Booking, offer: Offer): Promise<BookAnswer> {
  const { patienceMs, readyTimeoutMs } = b.state.terms.limits;
  const book = (isLast: boolean) => shielded(() => bookOnce(b, offer, isLast));
  try {
    return await patiently(b, 'another try at booking', book, (failure) => {
      if (failure.code === 'order_not_ready') return readyTimeoutMs;
      return isPassing(failure) || isContradicted(failure, offer) ? patienceMs : 0;
    });
  } catch (err) {
    const failure = failureOf(err);
    // The run before a reset may have made this very call, so it counts as unanswered.
    if (failure?.code === 'booking_reset') recordUnknown(b, offer, failure.message);
    // A call that had no effect says nothing about an earlier call with the same key.
    else if (failure) attemptBecame(b, b.state.doubts.unknownBook ? 'unknown' : 'refused', failure.message);
    // Calls are shielded, so the cancel hit a pause after a call that had no effect.
    else if (isCancellation(err))
      attemptBecame(b, b.state.doubts.unknownBook ? 'unknown' : 'refused', 'cancelled before another try');
    throw err;
  }
}

/**
 * Returns true when the order contradicts the empty look before the call: a copy may lag. A move is refused at once.
 */
function isContradicted({ code }: Failure, { kind }: Offer): boolean {
  return code === 'appointment_missing' && kind !== 'move';
}

async function bookOnce(b: Booking, offer: Offer, isLastTry: boolean): Promise<BookAnswer> {
  const ref = bookRef(maker(b), b.state.search.attempts.length);
  try {
    const answer = await call(b, offer, ref, { ...targetOf(b), isLastTry });
    if (answer.is === 'unknown') {
      if (answer.isUnsent) recordUnsent(b, offer);
      recordUnknown(b, offer, answer.said);
    }
    // A refusal may be false. Without returned refs, a new appointment at that start is doubted from here on.
    if (answer.is === 'gone' && !b.state.terms.capabilities.refReturns) startDoubted(b, startOf(offer));
    return answer;
  } catch (err) {
    const failure = failureOf(err);
    if (!isLostWrite(err) && failure?.code !== 'activity_failed') {
      if (!b.state.terms.capabilities.refReturns && failure?.facts.sent !== 'no')
        startDoubted(b, startOf(offer));
      throw err;
    }
    recordUnknown(b, offer, 'the call was lost');
    return { is: 'unknown', said: 'the call was lost' };
  }
}

function call(b: Booking, offer: Offer, ref: string, target: Target): Promise<BookAnswer> {
  const { capabilities } = b.state.terms;
  const { attempts } = b.state.search;
  const { acceptedCancels } = b.state.undo;
  const order = b.state.order.known;
  const request = withoutOrderDetails(b.state.terms.request);
  const orderId = order?.id ?? null;
  const known = { clue: clueOf(b), acceptedCancels };
  switch (offer.kind) {
    case 'book': {
      const { renewals = 0 } = attempts.at(-1) ?? {};
      const ownKey = renewals > 0 ? `${ref}/${renewals}` : ref;
      const key = capabilities.bookKeyLifetimeMs > 0 ? ownKey : null;
      const { slot } = offer;
      return writes(b, `book the slot at ${slot.startsAt}`).bookSlot({
        target,
        request,
        orderId,
        slot,
        ref,
        key,
        mayBePartial: isAllAnswered(b),
        ...known,
      });
    }
    case 'move': {
      const { slot, appointmentId } = offer;
      return writes(b, `move the appointment to ${slot.startsAt}`).moveAppointment({
        target,
        request,
        orderId,
        appointmentId,
        slot,
        ref,
        ...known,
      });
    }
    case 'visit':
      if (!order) throw new Failure('order_not_found');
      return writes(b, 'ask the vendor for a visit').requestVisit({
        target,
        request,
        order,
        vendor: offer.vendor,
        ref,
        ...known,
      });
  }
}

function startOf(offer: Offer): string | null {
  return offer.kind === 'visit' ? null : offer.slot.startsAt;
}

function markOf(offer: Offer): string {
  return offer.kind === 'visit' ? offer.vendor : slotMark(offer.slot);
}

function saidLast({ state }: Booking): string | undefined {
  const { attempts } = state.search;
  return attempts.at(-1)?.reason ?? undefined;
}

/**
 * Records an unanswered call, before anything else. Its window counts from now: it may have arrived at the last moment.
 */
function recordUnknown(b: Booking, offer: Offer, said: string): void {
  const [startsAt, isMove] = [startOf(offer), offer.kind === 'move'];
  attemptBecame(b, 'unknown', `not answered: ${said}`);
  startDoubted(b, startOf(offer));
  callUnanswered(b, { since: now(), startsAt, isMove });
  if (isMove) recordOpenWrite(b, 'move');
}

/** Finds out by looks over the rest of its window what the unanswered call did. Returns our appointment, or null. */
export async function accountFor(b: Booking): Promise<Appointment | null> {
  const isMove = b.state.doubts.unknownBook?.isMove;
  const appointment = await lookUpUnknown(b);
  if (appointment) recordHeld(b, appointment, isMove);
  return appointment;
}

/**
 * Records that nothing was sent, because something new stood at the start already. That may be ours only if an earlier
 * call for the start is in doubt. Otherwise the start counts as partly seen: nobody can tell whose that appointment is.
 */
function recordUnsent(b: Booking, offer: Offer): void {
  const startsAt = startOf(offer);
  const isDoubted = b.state.doubts.unansweredStarts.some((doubted) => isSameTime(doubted, startsAt));
  if (!isDoubted) startSeenBeforeCall(b, startsAt, true);
}

/** Records the appointment as this booking's own. An appointment that was taken over stays so when it is moved. */
export function recordHeld(b: Booking, appointment: Appointment, isMove = false): void {
  attemptBecame(b, 'held');
  recordOwn(b, appointment);
  appointmentHeld(b, appointment, isMove);
  if (isMove) moveLanded(b);
}
