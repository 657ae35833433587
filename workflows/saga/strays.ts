import { patched } from '@temporalio/workflow';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Sighting } from '../../src/booking/model';
import { isSameTime } from '../../src/booking/times';
import { claimsOn } from './claims';
import { failureOf } from './ending';
import { lookUp } from './lookups';
import { inferenceOutlasted, strangersAskedAbout } from './parts/doubts';
import type { Booking } from './state';
import { pauseUntil } from './waiting';

/**
 * Appointments that an unanswered call of ours may have made after its window was over: a worker that was frozen between its
 * last check and its call sends it whenever it thaws. Where no ref tells, all that shows is an appointment of this client
 * and patient at the start of such an attempt. A refusal that came after its effect leaves the same. It is for a person: in
 * a booking that goes on once, and what stands after that is none of ours; in one that ends for as long as it shows.
 */

/** Looks at each start whose attempt was ever unanswered, wherever in time the appointment that is kept may be. */
export async function lookForStrays(b: Booking, asks: 'once' | 'until it is gone' = 'once'): Promise<void> {
  if (b.state.terms.capabilities.refReturns) return;
  for (const startsAt of b.state.doubts.unansweredStarts) {
    // Our own may be missing from a list that is slow: that is for the looks that are about it. This one is about what is
    // not there, so a list that was read before it, or not whole, will not do.
    const where = { startsAt, liveIds: [], fresh: true, lookedFor: 'late_effect' } as const;
    await refuseStrays(b, await lookUp(b, 'look for a late effect of an unanswered call', where), asks);
  }
}

/**
 * What was inferred to be the effect of an unanswered call is undone only when that call can have no other any more: with two
 * at its start nobody can tell which of them is ours, so a person is asked first. Nor is an undo over before.
 */
export async function outlastInference(b: Booking): Promise<void> {
  const until = b.state.doubts.inferredUntil ?? null;
  if (until === null || !patched('inference-outlasted')) return;
  await pauseUntil(b, 'another effect of an unanswered call', until);
  await lookForStrays(b, 'until it is gone');
  inferenceOutlasted(b);
}

/** Returns true when such a look shows a stray or something ambiguous. A person's word that it is undone then fails. */
export async function hasStrays(b: Booking): Promise<boolean> {
  try {
    await lookForStrays(b, 'until it is gone');
    return false;
  } catch (err) {
    if (failureOf(err)?.code === 'ambiguous_match') return true;
    throw err;
  }
}

/** Fails with `ambiguous_match` when a look shows one that is neither ours, nor was there before, nor another booking's. */
export async function refuseStrays(
  b: Booking,
  { live }: Sighting,
  asks: 'once' | 'until it is gone' = 'once',
): Promise<void> {
  if (b.state.terms.capabilities.refReturns) return;
  const { askedIds } = b.state.doubts;
  const seen = live.filter((one) => isStray(b, one) && !(asks === 'once' && askedIds.includes(one.id)));
  if (seen.length === 0) return;
  const { theirs } = await claimsOn(b, seen);
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
