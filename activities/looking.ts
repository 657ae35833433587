import { Context } from '@temporalio/activity';
import { missingFrom } from '../src/booking/absence';
import { CAPABILITIES } from '../src/booking/capabilities';
import { Failure, type FailureCode } from '../src/booking/failures';
import type { Sighting } from '../src/booking/model';
import { sightingMark } from '../src/booking/sighting';
import type { Call, Provider, Where } from '../src/providers/provider';
import { ordersOf } from './call';
import type { LookUp } from './contract';
import { notYet } from './failures';
import { forgetFailures, patienceWith } from './patience';

/** Looking at the provider, and what a look that does not show what should be there means. */

/** One look, held against what the booking knows: an absence that nothing explains is `appointment_missing`. */
export async function lookUp(provider: Provider, call: Call, wanted: LookUp): Promise<Sighting> {
  return explained(provider, call, wanted, await lookBarely(provider, call, wanted));
}

/** The same for a look that was made already. */
export async function explained(
  provider: Provider,
  call: Call,
  wanted: LookUp,
  first: Sighting,
): Promise<Sighting> {
  if (missingIn(first, wanted) === null) return first;
  // Order and appointment are two reads: what came about between them shows in a second look.
  const sighting = wanted.orderId === null ? first : await lookBarely(provider, call, wanted);
  const missing = missingIn(sighting, wanted);
  if (missing !== null) throw new Failure('appointment_missing', { said: missing });
  return sighting;
}

function missingIn(sighting: Sighting, wanted: LookUp): string | null {
  const orderTakesAppointment = CAPABILITIES[wanted.target.provider].orderCancelTakesAppointment;
  return missingFrom(sighting, { ...wanted, orderTakesAppointment });
}

/** One look, for callers that judge themselves what it does not show. */
export async function lookBarely(provider: Provider, call: Call, wanted: LookUp): Promise<Sighting> {
  const { orderId, withOrder } = wanted;
  const sighting = await knownToBeThere(() => provider.lookUp(call, whereOf(wanted)));
  if (!withOrder || sighting.order || orderId === null || !provider.orders) return sighting;
  return { ...sighting, order: await knownToBeThere(() => ordersOf(provider).read(call, orderId)) };
}

function whereOf(wanted: LookUp): Where {
  const { orderId, request, startsAt, fresh, mayBePartial } = wanted;
  const { ownIds, maker } = wanted.clue;
  return { orderId, request, startsAt, ownIds, maker, fresh, mayBePartial };
}

/**
 * Reads what was there before. That it is not found now, or that a read is refused, is no fault of the request (the
 * settings may name another environment by now): such an answer ends nothing, a person is asked.
 */
export async function knownToBeThere<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (err) {
    if (!(err instanceof Failure) || !NOT_THE_REQUEST.includes(err.code)) throw err;
    const { said, field } = err.facts;
    throw new Failure('unexpected_answer', {
      field,
      said,
      hint: 'What was there before cannot be read any more.',
    });
  }
}

const NOT_THE_REQUEST: readonly FailureCode[] = ['order_not_found', 'request_refused'];

/** The sighting, when it differs from the one that was seen last. */
export function changeOf(seen: string, sighting: Sighting): Sighting {
  if (sightingMark(sighting) === seen) throw notYet('the appointment has not changed');
  return sighting;
}

/** An own appointment that is not shown may be in a list that is slow: the poll has patience with that, and that alone. */
export async function whileMissing(patienceMs: number, look: () => Promise<Sighting>): Promise<Sighting> {
  const beganMs = performance.now();
  const sighting = await look().catch((err: unknown) => {
    const isMissing = err instanceof Failure && err.code === 'appointment_missing';
    throw isMissing ? patienceWith(err, patienceMs, beganMs) : err;
  });
  forgetFailures();
  return sighting;
}

/** Ends a poll's first try before it looks, so that the server makes the second one when the pause is over. */
export function leaveAlone(pauseMs = 0): void {
  if (pauseMs > 0 && Context.current().info.attempt === 1)
    throw notYet('something was found a moment ago', pauseMs);
}
