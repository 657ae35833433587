import type { OpenWrite } from '../../src/booking/traces';
import { after, now } from './clock';
import { failureOf, isLostWrite } from './ending';
import { isOpenWrite, writeAnswered, writeOpened, writesOutlasted } from './parts/doubts';
import type { Booking } from './state';
import { pauseUntil } from './waiting';

/**
 * Unanswered writes that name the order. Such a call names no appointment: if it takes effect late, it hits whatever
 * appointment the order has by then. So nothing is booked on the order, and the order is not released, before the
 * late-commit window of each such write is over.
 */

/**
 * Records such a call, if the provider's writes name the order. Its window counts from now: it may have left only now.
 */
export function recordOpenWrite(b: Booking, what: OpenWrite['what']): void {
  if (b.state.terms.capabilities.writesNameOrder) writeOpened(b, beginning(b, what));
}

function beginning(b: Booking, what: OpenWrite['what']): OpenWrite {
  return { what, until: after(now(), b.state.terms.capabilities.lateCommitWindowMs) };
}

/** Returns true when one of them may still take effect. */
export function hasOpenWrites({ state }: Booking): boolean {
  return state.doubts.openWrites.some(isOpenWrite);
}

/** Waits until no open write can take effect any more, and forgets them all. */
export async function outlastOpenWrites(b: Booking): Promise<void> {
  for (;;) {
    const next = b.state.doubts.openWrites.find(isOpenWrite);
    if (!next) break;
    await pauseUntil(b, `an unanswered ${next.what} to take effect or not`, next.until);
  }
  if (b.state.doubts.openWrites.length > 0) writesOutlasted(b);
}

/**
 * Makes such a call. It counts as open while it is made, for the clean-up of a booking that is cut off meanwhile, and
 * after an answer that `isUnclear`.
 */
export async function openWhile<T>(
  b: Booking,
  what: OpenWrite['what'],
  call: () => Promise<T>,
  isUnclear: (answer: T) => boolean,
): Promise<T> {
  if (!b.state.terms.capabilities.writesNameOrder) return call();
  const write = beginning(b, what);
  writeOpened(b, write);
  const close = (staysOpen: boolean): void => {
    writeAnswered(b, write);
    if (staysOpen) recordOpenWrite(b, what);
  };
  try {
    const answer = await call();
    close(isUnclear(answer));
    return answer;
  } catch (err) {
    close(isLostCall(err));
    throw err;
  }
}

/**
 * Returns true when a write failed in a way that says nothing of its effect: it was lost, or its own code has a bug.
 */
export function isLostCall(err: unknown): boolean {
  return isLostWrite(err) || failureOf(err)?.code === 'activity_failed';
}
