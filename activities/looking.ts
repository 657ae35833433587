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

/** Looking at the provider, and judging a look that does not show what should be there. */

/** Looks once and compares with what the booking knows. Fails with `appointment_missing` at an unexplained absence. */
export async function lookUp(provider: Provider, call: Call, wanted: LookUp): Promise<Sighting> {
  return explained(provider, call, wanted, await lookBarely(provider, call, wanted));
}

/** Compares a look that was made already. */
export async function explained(
  provider: Provider,
  call: Call,
  wanted: LookUp,
  first: Sighting,
): Promise<Sighting> {
  if (missingIn(first, wanted) === null) return first;
  // Order and appointment are two reads, so a second look shows what changed between them.
  const sighting = wanted.orderId === null ? first : await lookBarely(provider, call, wanted);
  const missing = missingIn(sighting, wanted);
  if (missing !== null) throw new Failure('appointment_missing', { said: missing });
  return sighting;
}

function missingIn(sighting: Sighting, wanted: LookUp): string | null {
  const orderTakesAppointment = CAPABILITIES[wanted.target.provider].orderCancelTakesAppointment;
  return missingFrom(sighting, { ...wanted, orderTakesAppointment });
}

/** Looks once, for callers that judge themselves what the look does not show. */
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
 * Reads something that was there before. If it is not found now, or the read is refused, the request is not at fault
 * (the settings may name another environment by now). So such an answer ends nothing, and a person is asked.
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

/**
 * Returns the sighting when it differs from the last one, or when the try began at `until` or later. Else fails the poll
 * softly, to be retried after `everyMs`, at `until` at the latest.
 */
export function changeOf(seen: string, sighting: Sighting, everyMs?: number, until?: string): Sighting {
  const leftMs = msUntil(until);
  if (leftMs <= 0 || sightingMark(sighting) !== seen) return sighting;
  throw notYet('the appointment has not changed', everyMs && Math.min(everyMs, leftMs));
}

/**
 * Returns how long before `until` this try began, in ms by the server's clock. A pause of that length ends a little after
 * it, by the time that the try takes.
 */
function msUntil(until?: string): number {
  if (until === undefined) return Infinity;
  return Date.parse(until) - Context.current().info.currentAttemptScheduledTimestampMs;
}

/** Looks, with patience for a missing own appointment, because a list may be slow. Other failures get none. */
export async function whileMissing(patienceMs: number, look: () => Promise<Sighting>): Promise<Sighting> {
  const beganMs = performance.now();
  const sighting = await look().catch((err: unknown) => {
    const isMissing = err instanceof Failure && err.code === 'appointment_missing';
    throw isMissing ? patienceWith(err, patienceMs, beganMs) : err;
  });
  forgetFailures();
  return sighting;
}

/**
 * Ends a poll's first try before it looks, so that the server makes the second when the pause is over, at `until` at the
 * latest.
 */
export function leaveAlone(pauseMs = 0, until?: string): void {
  const waitMs = Math.min(pauseMs, msUntil(until));
  if (waitMs > 0 && Context.current().info.attempt === 1)
    throw notYet('something was found a moment ago', waitMs);
}
