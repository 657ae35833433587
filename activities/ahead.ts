import { Context } from '@temporalio/activity';
import type { Capabilities } from '../src/booking/capabilities';
import { Failure } from '../src/booking/failures';
import type { Appointment, Order, Sighting } from '../src/booking/model';
import { partyOf, withoutOrderDetails } from '../src/booking/request-parts';
import type { BookingRequest } from '../src/booking/schema/request';
import { hasOrderEnded } from '../src/booking/sighting';
import { isSameTime } from '../src/booking/times';
import type { Call, Provider } from '../src/providers/provider';
import { readCallOf } from './call';
import type { Ahead, BookAnswer, LookUp, ReadAhead, RefusedSearch, Target } from './contract';
import { isRetryable } from './failures';
import { inTime } from './in-time';
import { lookUp } from './looking';
import { searchSlots } from './searching';

/**
 * Reads ahead. The activity that gets the order reads what the steps after the order need. The activity that takes an
 * appointment makes the look that the wait for it begins with.
 */

/** How long an activity goes on reading once it has the order, in ms; never longer than a call may take. */
const AHEAD_MS = 1_000;

/** The provider, and the zone of the account's place where the provider gives none. */
export interface Place {
  provider: Provider;
  timezone: string | null;
}

/** What a call that takes an appointment was given. */
export type Taking = Pick<LookUp, 'target' | 'orderId' | 'clue' | 'acceptedCancels'> & {
  request: BookingRequest;
};

/**
 * Looks for an appointment on the order and searches slots. Returns null when no appointment can be booked for the
 * order yet, or when the reads do not succeed at once: then the steps read for themselves, and say what is wrong.
 */
export async function readAhead(
  place: Place,
  target: Target,
  order: Order,
  request: BookingRequest,
  ahead: Ahead | undefined,
): Promise<ReadAhead | null> {
  if (!ahead || !canBeBookedFor(order, ahead.capabilities)) return null;
  return readSoon(target, (call) => bothReads(place, call, target, order, request, ahead));
}

/** Returns null for a read that does not succeed at once. Whatever is wrong, the next read says so. */
async function readSoon<T>(target: Target, read: (call: Call) => Promise<T>): Promise<T | null> {
  const giveUp = new AbortController();
  const call: Call = {
    ...readCallOf(target),
    signal: AbortSignal.any([Context.current().cancellationSignal, giveUp.signal]),
    isLastTry: false,
  };
  try {
    // The activity's own limit is a multiple of the call's: what was read already must not be lost at it.
    const limitMs = Math.min(AHEAD_MS, target.callTimeoutMs);
    return await inTime(limitMs, read(call), () => tooLate(limitMs));
  } catch {
    return null;
  } finally {
    giveUp.abort();
  }
}

/**
 * Adds the look that the wait for the appointment begins with; null as in readAhead, and when the look does not show what
 * the answer says: it may have been a copy from before the call. The wait then looks for itself.
 */
export async function lookedAfter(
  { provider }: Place,
  { target, request, orderId, clue, acceptedCancels }: Taking,
  answer: BookAnswer,
): Promise<BookAnswer> {
  if (answer.is !== 'held') return answer;
  const { appointment } = answer;
  const look: LookUp = {
    ...{ target, request: partyOf(request), orderId, acceptedCancels },
    startsAt: appointment.startsAt,
    clue: { ...clue, ownIds: [...new Set([...clue.ownIds, appointment.id])] },
    ...{ liveIds: [appointment.id], withOrder: true, fresh: true },
  };
  const seen = await readSoon(target, (call) => lookUp(provider, call, look));
  return { ...answer, seenAfter: seen && isShown(appointment, seen) ? seen : null };
}

/** Returns true when a look shows the appointment as it was answered, or confirmed since. */
function isShown({ id, startsAt, phase }: Appointment, { live }: Sighting): boolean {
  const shown = live.find((one) => one.id === id);
  if (!shown || !(shown.startsAt === startsAt || isSameTime(shown.startsAt, startsAt))) return false;
  return shown.phase === phase || shown.phase === 'confirmed';
}

function canBeBookedFor({ phase }: Order, { needsRequisition }: Capabilities): boolean {
  return !hasOrderEnded({ phase }) && !(needsRequisition && phase === 'received');
}

async function bothReads(
  { provider, timezone }: Place,
  call: Call,
  target: Target,
  order: Order,
  request: BookingRequest,
  { capabilities, clue, max }: Ahead,
): Promise<ReadAhead> {
  const orderId = order.id;
  const wanted: LookUp = {
    ...{ target, request: partyOf(request), orderId, startsAt: null, liveIds: [], acceptedCancels: [] },
    clue: { ...clue, orderId },
  };
  const search = { target, request: withoutOrderDetails(request), order, capabilities, max, tried: [] };
  const [sighting, found] = await Promise.all([
    lookUp(provider, call, wanted),
    searchSlots(provider, call, timezone, search).catch(refusalOf),
  ]);
  return { sighting, found };
}

function refusalOf(err: unknown): RefusedSearch {
  if (!(err instanceof Failure) || isRetryable(err)) throw err;
  return { refused: err.code, facts: err.facts };
}

function tooLate(limitMs: number): Error {
  return new Error(`not read within ${limitMs} ms`);
}
