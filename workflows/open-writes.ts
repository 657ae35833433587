import { after, now, nowMs } from './clock';
import type { OpenWrite } from '../src/booking/traces';
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
