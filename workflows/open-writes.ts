import { after, now, nowMs } from './clock';
import type { OpenWrite } from '../src/booking/traces';
import { failureOf, isLostWrite } from './ending';
import { change, type Booking } from './state';
import { pauseUntil } from './waiting';

/**
 * Unanswered calls that name the order and not the appointment: one that takes effect late hits whatever the order has by
 * then. Until the late-commit window of each is over nothing is booked on the order, and it is released to nobody.
 */

/** Notes a call that was not answered, where such calls name the order. Its window is counted from now. */
export function noteOpenWrite(b: Booking, what: OpenWrite['what']): void {
  const { writesNameOrder, lateCommitWindowMs } = b.state.capabilities;
  if (!writesNameOrder) return;
  change(b, { openWrites: [...b.state.openWrites, { what, until: after(now(), lateCommitWindowMs) }] });
}

/** Whether one of them may still take effect. */
export function hasOpenWrites({ state: { openWrites } }: Booking): boolean {
  return openWrites.some(({ until }) => Date.parse(until) > nowMs());
}

/** Waits until all of them are over. */
export async function openWritesOver(b: Booking): Promise<void> {
  while (hasOpenWrites(b)) {
    const untils = b.state.openWrites.map(({ until }) => until);
    const last = untils.reduce((one, other) => (Date.parse(one) > Date.parse(other) ? one : other));
    await pauseUntil(b, 'an unanswered call on the order to be over', last);
  }
  if (b.state.openWrites.length > 0) change(b, { openWrites: [] });
}

/**
 * Makes such a call. It counts as open while it is made, for whoever takes up a booking that is cut off meanwhile, and
 * after an answer that `isUnclear`.
 */
export async function openWhile<T>(
  b: Booking,
  what: OpenWrite['what'],
  call: () => Promise<T>,
  isUnclear: (answer: T) => boolean,
): Promise<T> {
  const { openWrites: before } = b.state;
  noteOpenWrite(b, what);
  const close = (staysOpen: boolean): void => {
    change(b, { openWrites: before });
    if (staysOpen) noteOpenWrite(b, what);
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

/** Whether a write failed in a way that says nothing of its effect: it was lost, or its own code has a bug. */
export function isLostCall(err: unknown): boolean {
  return isLostWrite(err) || failureOf(err)?.code === 'activity_failed';
}
