import { bookingIdIn, MEMO } from '../../../src/booking/names';
import type { BookingTraces } from '../../../src/booking/traces';
import { decoded } from '../server/payloads';
import type { Run } from '../server/run';
import type { Watched } from './checks';
import type { Part } from './story';
import type { WideWishes } from './wishes';

/**
 * The bookings of an order that its callers name share an id, so what is asked of the earlier one after the later has begun is
 * asked of the later.
 */

/** What was asked of a booking. */
export function askedOf(one: Watched, all: readonly Watched[]): WideWishes {
  const sinceMs = Date.parse(one.cast.createdAt);
  return othersOf(one, all).reduce<WideWishes>(
    (asked, other) => together(asked, sinceThen(other.wishes(), sinceMs)),
    one.wishes(),
  );
}

/** The story of a booking as it was told it: with what the cancel that it accepted says of its order, whosever that was. */
export function toldPart(one: Watched, all: readonly Watched[], run: Run | undefined): Part {
  const { cancel } = (run && tracesOf(run)) ?? { cancel: null };
  const cancelOrder = cancel?.order ?? null;
  const isAnothers = othersOf(one, all).some(({ part }) => part.cancelOrder === cancelOrder);
  return cancel && isAnothers ? { ...one.part, cancelOrder } : one.part;
}

function othersOf(one: Watched, all: readonly Watched[]): Watched[] {
  return all.filter((other) => other !== one && other.cast.id === one.cast.id && one.cast.id !== '');
}

function tracesOf({ info, memo }: Run): BookingTraces | undefined {
  // What our own workflows put there.
  return bookingIdIn(info.workflowId) === null
    ? undefined
    : (decoded(memo[MEMO.traces]) as BookingTraces | undefined);
}

function sinceThen(asked: WideWishes, sinceMs: number): WideWishes {
  const { undoAt, feesAtMs } = asked;
  const isSince = (ms: number): boolean => ms >= sinceMs;
  return {
    ...asked,
    undoAt: undoAt.filter(isSince),
    feesAtMs: feesAtMs !== null && isSince(feesAtMs) ? feesAtMs : null,
  };
}

function together(one: WideWishes, other: WideWishes): WideWishes {
  const feesAtMs = Math.min(one.feesAtMs ?? Infinity, other.feesAtMs ?? Infinity);
  return {
    undoAt: [...one.undoAt, ...other.undoAt],
    move: one.move || other.move,
    left: one.left || other.left,
    feesAtMs: Number.isFinite(feesAtMs) ? feesAtMs : null,
    kept: one.kept || other.kept,
    cancelled: one.cancelled || other.cancelled,
  };
}
