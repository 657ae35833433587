import { Failure } from '../src/booking/failures';
import type { Appointment, Sighting } from '../src/booking/model';
import { lookUp } from './lookups';
import { claimsOn } from './ownership';
import { change, type Booking } from './state';

/**
 * Appointments that an unanswered call of ours may have made after its window was over: a worker that was frozen between its
 * last check and its call sends it whenever it thaws. Where no ref tells, all that shows is an appointment of this client
 * and patient at the start of such an attempt. A refusal that came after its effect leaves the same. It is for a person: in
 * a booking that goes on once, and what stands after that is none of ours; in one that ends for as long as it shows.
 */

/** Looks at each start whose attempt was ever unanswered, wherever in time the appointment that is kept may be. */
export async function lookForStrays(b: Booking, asks: 'once' | 'until it is gone' = 'once'): Promise<void> {
  if (b.state.capabilities.refReturns) return;
  for (const startsAt of b.state.unansweredStarts)
    await refuseStrays(
      b,
      await lookUp(b, 'look for a late effect of an unanswered call', { startsAt }),
      asks,
    );
}

/** Fails with `ambiguous_match` when a look shows one that is neither ours, nor was there before, nor another booking's. */
export async function refuseStrays(
  b: Booking,
  { live }: Sighting,
  asks: 'once' | 'until it is gone' = 'once',
): Promise<void> {
  if (b.state.capabilities.refReturns) return;
  const { askedIds } = b.state;
  const strays = live.filter((seen) => isStray(b, seen) && !(asks === 'once' && askedIds.includes(seen.id)));
  const [first] = strays;
  if (!first?.startsAt) return;
  const { theirs } = await claimsOn(b, b.state.appointment?.startsAt ?? first.startsAt, strays);
  const rest = strays.filter(({ id }) => !theirs.includes(id));
  change(b, { askedIds: [...new Set([...askedIds, ...strays.map(({ id }) => id)])] });
  if (rest.length > 0) throw new Failure('ambiguous_match', { said: wordsOf(rest) });
}

function isStray({ state }: Booking, { id, startsAt }: Appointment): boolean {
  const { unansweredStarts, ownAppointmentIds, leftIds, seenBefore } = state;
  const isKnown = [...ownAppointmentIds, ...leftIds, ...seenBefore].includes(id);
  return !isKnown && unansweredStarts.some((start) => Date.parse(start) === Date.parse(startsAt ?? ''));
}

function wordsOf(appointments: readonly Appointment[]): string {
  const words = appointments.map(({ id, startsAt }) => `appointment ${id} at ${startsAt ?? ''}`);
  return `${words.join(', ')}: where a call of this booking was not answered`;
}
