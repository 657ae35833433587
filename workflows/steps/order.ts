import { Failure } from '../../src/booking/failures';
import type { Order } from '../../src/booking/model';
import { core, reads, writes } from '../activities';
import { now, nowMs } from '../clock';
import { failureOf, isLostWrite } from '../ending';
import {
  isPassing,
  isUsedUp,
  newPatience,
  patiently,
  pauseFor,
  pauseWithin,
  tried,
  type Patience,
} from '../patience';
import { at, change, shielded, type Booking } from '../state';

/** Step 1: the order. Placed by the booking or adopted from its caller; its undo is in order-undo.ts. */

const ENDED_PHASES: readonly Order['phase'][] = ['cancelled', 'failed', 'completed'];

/** Whether the order can no longer carry a visit. */
export function isEnded(order: Order): boolean {
  return ENDED_PHASES.includes(order.phase);
}

export async function doOrder(b: Booking): Promise<void> {
  const wanted = b.state.request.order;
  if (b.state.capabilities.orderKind === null || !wanted) return;
  if ('id' in wanted) await adopt(b, wanted.id);
  else await place(b);
}

/** Takes the named order on, if this booking may. */
export async function adopt(b: Booking, orderId: string): Promise<void> {
  try {
    change(b, { order: { ...(await adoptable(b, orderId)), origin: 'adopted' } });
  } catch (err) {
    const code = failureOf(err)?.code;
    if (code && ADOPTION_REFUSALS.includes(code)) change(b, { orderRefused: true });
    throw err;
  }
}

const ADOPTION_REFUSALS: readonly string[] = [
  'order_not_found',
  'order_wrong_kind',
  'order_ended',
  'order_in_use',
];

/** The named order, if this booking may take it on. */
async function adoptable(b: Booking, orderId: string): Promise<Order> {
  const order = await reads(b, 'read the order to adopt').readOrder({ at: at(b), orderId });
  if (order.kind !== b.state.capabilities.orderKind)
    throw new Failure('order_wrong_kind', { field: 'order.id' });
  if (isEnded(order)) throw new Failure('order_ended', { field: 'order.id' });
  const placedBy = order.passthrough;
  if (placedBy && placedBy !== b.state.id) {
    const open = await core('is the order in use?').isBookingOpen({ bookingId: placedBy });
    if (open)
      throw new Failure('order_in_use', { field: 'order.id', hint: `Booking ${placedBy} placed it.` });
  }
  return order;
}

/**
 * Places the order: the activity looks for it first, so that it can be called again after an unclear answer, and is: an
 * order is unknown to a person only after a look that was made when patience was used up.
 */
async function place(b: Booking): Promise<void> {
  const startedMs = nowMs();
  const { patienceMs } = b.state.limits;
  const patience = newPatience(b);
  for (;;) {
    const answer = await tried(b, patience, () => placePatiently(b));
    if (answer.is === 'done') {
      change(b, { order: { ...answer.value, origin: 'placed' }, unknownOrderSince: null });
      return;
    }
    // From the last of them: each may have reached the provider at the last moment of its time.
    change(b, { unknownOrderSince: now() });
    if (isUsedUp(patience, patienceMs)) throw new Failure('outcome_unknown', { said: answer.said });
    await pauseBeforePlacing(b, patience, startedMs);
  }
}

/** While the idempotency key counts, again is soon; without one, only after the late-commit window. */
async function pauseBeforePlacing(b: Booking, patience: Patience, startedMs: number): Promise<void> {
  const what = 'the order to show up';
  const { orderKeyLifetimeMs, lateCommitWindowMs } = b.state.capabilities;
  const keyCounts = nowMs() - startedMs < orderKeyLifetimeMs;
  if (keyCounts) await pauseWithin(b, patience, what, b.state.limits.patienceMs);
  else await pauseFor(b, patience, what, lateCommitWindowMs);
}

/** What certainly had no effect and time may cure is tried again within patience, as a book call is. */
function placePatiently(b: Booking) {
  const place = (isLast: boolean) => shielded(() => placeOnce(b, isLast));
  const { patienceMs } = b.state.limits;
  return patiently(b, 'another try at placing the order', place, (failure) =>
    isPassing(failure) ? patienceMs : 0,
  );
}

async function placeOnce(b: Booking, isLastTry: boolean) {
  try {
    return await writes(b, 'place the order').placeOrder({
      at: { ...at(b), isLastTry },
      request: b.state.request,
      key: `${b.state.id}/order/1`,
      createdSince: b.state.createdAt,
    });
  } catch (err) {
    if (isLostWrite(err) || failureOf(err)?.code === 'activity_failed') {
      return { is: 'unknown', said: 'the call was lost' } as const;
    }
    throw err;
  }
}
