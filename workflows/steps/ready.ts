import type { OrderRead } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Order } from '../../src/booking/model';
import { hasOrderEnded } from '../../src/booking/sighting';
import { polls, reads } from '../saga/activities';
import { isOrderReadNow, readAheadNow, toReadAheadFor } from '../saga/ahead';
import { carryOnMidStep } from '../saga/long-life';
import type { Deadline } from '../saga/parts/deadlines';
import { orderSeen } from '../saga/parts/order';
import { hearsNews, targetOf, type Booking } from '../saga/state';
import { newPace, recordLook, type Pace } from '../saga/pace';
import { hasPassed, soonest, untilOf, waitWithin, watch } from '../saga/waiting';

/**
 * Readiness: the step waits until the order has its requisition, where the provider needs one. It has nothing to undo.
 */
export async function ready(b: Booking): Promise<void> {
  const { capabilities, limits } = b.state.terms;
  if (!b.state.order.known || !capabilities.needsRequisition) return;
  await waitWithin(b, limits.readyTimeoutMs, ({ own, settleBy }) => requisitionOf(b, own, settleBy));
}

async function requisitionOf(b: Booking, limit: Deadline, settleBy: Deadline): Promise<void> {
  const pace = newPace();
  for (;;) {
    await carryOnMidStep(b);
    const order = b.state.order.known;
    if (!order) return;
    if (hasOrderEnded(order)) throw new Failure('order_ended');
    if (order.phase !== 'received') return;
    const until = soonest(b, limit, settleBy);
    const { order: seen, ahead } = await nextOrder(b, order, untilOf(b, until), pace);
    readAheadNow(b, ahead);
    orderSeen(b, seen);
    // The deadline alone ends nothing. Only a look that was made after it does.
    if (seen.phase === 'received' && hasPassed(b, until)) throw new Failure('order_ready_timeout');
  }
}

async function nextOrder(b: Booking, order: Order, until: string | null, pace: Pace): Promise<OrderRead> {
  const input = { target: targetOf(b), orderId: order.id, ...toReadAheadFor(b) };
  const { pollFirstMs, pollMaxMs } = b.state.terms.limits;
  // News of the requisition mostly comes before a poll could find it.
  const quietMs = hearsNews(b) && isOrderReadNow(b) ? pollFirstMs : 0;
  const seen = await watch(
    b,
    { what: "the order's requisition", until, pace, quietMs },
    {
      poll: ({ pauseMs, until: endsAt }) =>
        polls(b, "poll for the order's requisition", { until: endsAt }).awaitOrderChange({
          ...input,
          seenStatus: order.status,
          pauseMs,
        }),
      look: (why) => reads(b, why).readOrder({ ...input, isKnown: true }),
    },
  );
  recordLook(pace, pollMaxMs);
  return seen;
}
