import { Failure } from '../../src/booking/failures';
import type { Appointment, Sighting } from '../../src/booking/model';
import { isOwn } from '../../src/booking/sighting';
import { isSameTime } from '../../src/booking/times';
import { claimsOn } from './claims';
import { failureOf } from './ending';
import { lookUp } from './lookups';
import { clueOf } from './ownership';
import { inferenceOutlasted, strangersAskedAbout } from './parts/doubts';
import type { Booking } from './state';
import { pauseUntil } from './waiting';

/**
 * Strays: appointments that an unanswered call of ours may have made after its window was over. A worker that froze
 * between its last check and its call sends the call when it thaws. Where refs return, a second one with ours tells. Where
 * they do not, the only sign is an appointment of this client and patient at the start of such an attempt. A call that was refused after it had taken
 * effect leaves the same sign. A stray is for a person. A booking that goes on asks once, and afterwards treats the
 * appointment as somebody else's. A booking that ends asks for as long as the stray shows.
 */

/** Looks at the start of every attempt that was ever unanswered, wherever the kept appointment is in time. */
export async function lookForStrays(b: Booking, asks: 'once' | 'until it is gone' = 'once'): Promise<void> {
  if (b.state.terms.capabilities.refReturns) return;
  for (const startsAt of b.state.doubts.unansweredStarts) {
    // A slow list may miss our own appointment; that is for other looks (hence no liveIds). This look has to prove that
    // nothing is there, so it needs a list that is fresh and whole.
    const where = { startsAt, liveIds: [], fresh: true, lookedFor: 'late_effect' } as const;
    await refuseStrays(b, await lookUp(b, 'look for a late effect of an unanswered call', where), asks);
  }
}

/**
 * Waits until an unanswered call whose effect was inferred can have no other effect. Only then is the inferred
 * appointment undone, and the undo over: with two appointments at the start nobody can tell which is ours, so a person
 * is asked first.
 */
export async function outlastInference(b: Booking): Promise<void> {
  const until = b.state.doubts.inferredUntil ?? null;
  if (until === null) return;
  await pauseUntil(b, 'another effect of an unanswered call', until);
  await lookForStrays(b, 'until it is gone');
  inferenceOutlasted(b);
}

/**
 * Returns true when such a look shows a stray or something ambiguous: then a person's word that it is undone is not
 * enough.
 */
export async function hasStrays(b: Booking): Promise<boolean> {
  try {
    await lookForStrays(b, 'until it is gone');
    return false;
  } catch (err) {
    if (failureOf(err)?.code === 'ambiguous_match') return true;
    throw err;
  }
}

/** Fails with `ambiguous_match` when a look shows a stray that no other booking holds: one with our ref where refs return. */
export async function refuseStrays(
  b: Booking,
  { live }: Sighting,
  asks: 'once' | 'until it is gone' = 'once',
): Promise<void> {
  const { refReturns } = b.state.terms.capabilities;
  const { askedIds } = b.state.doubts;
  const isAsked = ({ id }: Appointment): boolean => asks === 'once' && askedIds.includes(id);
  const isOurs = (one: Appointment): boolean => !refReturns || isOwn(one, clueOf(b));
  const seen = live.filter((one) => isStray(b, one) && !isAsked(one) && isOurs(one));
  if (seen.length === 0) return;
  // Where refs return, the ref says that it is nobody else's.
  const theirs = refReturns ? [] : (await claimsOn(b, seen)).theirs;
  const strays = seen.filter(({ id }) => !theirs.includes(id));
  if (strays.length === 0) return;
  strangersAskedAbout(
    b,
    strays.map(({ id }) => id),
  );
  throw new Failure('ambiguous_match', { said: wordsOf(strays) });
}

function isStray({ state }: Booking, { id, startsAt }: Appointment): boolean {
  const { unansweredStarts, seenBefore, othersIds } = state.doubts;
  const { ownIds, leftIds } = state.appointment;
  const isKnown = [...ownIds, ...leftIds, ...seenBefore, ...othersIds].includes(id);
  return !isKnown && unansweredStarts.some((start) => isSameTime(start, startsAt));
}

function wordsOf(appointments: readonly Appointment[]): string {
  const words = appointments.map(({ id, startsAt }) => `appointment ${id} at ${startsAt ?? ''}`);
  return `${words.join(', ')}: where a call of this booking was not answered`;
}
