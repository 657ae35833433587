import { Failure } from '../../src/booking/failures';
import type { Order } from '../../src/booking/model';
import { polls, reads } from '../activities';
import { now } from '../clock';
import { at, change, type Booking } from '../state';
import { deadline, isOver, settleDeadline, sooner, untilOf, watch } from '../waiting';
import { isEnded } from './order';

/** Step 2: where the provider needs it, wait until the order has its requisition. Nothing to undo. */
export async function ready(b: Booking): Promise<void> {
  const limit = deadline(b, now(), b.state.limits.readyTimeoutMs);
  for (;;) {
    const { order, capabilities } = b.state;
    if (!order || !capabilities.needsRequisition) return;
    if (isEnded(order)) throw new Failure('order_ended');
    if (order.phase !== 'received') return;
    const until = sooner(b, limit, settleDeadline(b));
    const seen = await nextOrder(b, order, untilOf(b, until));
    change(b, { order: { ...seen, origin: order.origin } });
    // The deadline alone ends nothing: only this look, made after it, does.
    if (seen.phase === 'received' && isOver(b, until)) throw new Failure('order_ready_timeout');
  }
}

async function nextOrder(b: Booking, order: Order, until: string | null): Promise<Order> {
  const input = { at: at(b), orderId: order.id };
  const watched = await watch(b, "the order's requisition", until, () =>
    polls(b, "poll for the order's requisition").awaitOrderChange({ ...input, seenStatus: order.status }),
  );
  if (watched.by === 'poll') return watched.found;
  return reads(b, 'read the order').readOrder({ ...input, isKnown: true });
}
