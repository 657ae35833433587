import { Failure } from '../../src/booking/failures';
import type { Order, WriteAnswer } from '../../src/booking/model';
import { namedOrderId } from '../../src/booking/request-parts';
import { core, reads, writes } from '../activities';
import { nowMs } from '../clock';
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
import { adoptionRefused, namedOrderRead, orderPlaced, placingUnanswered } from '../parts/order';
import { at, shielded, type Booking } from '../state';

/** Step 1: the order. Placed by the booking or adopted from its caller; its undo is in order-undo.ts. */

const ENDED_PHASES: readonly Order['phase'][] = ['cancelled', 'failed', 'completed'];

/** Whether the order can no longer carry a visit. */
export function isEnded(order: Order): boolean {
  return ENDED_PHASES.includes(order.phase);
}

export async function doOrder(b: Booking): Promise<void> {
  const { request, capabilities } = b.state.terms;
  if (capabilities.orderKind === null || !request.order) return;
  const orderId = namedOrderId(request);
  await (orderId === null ? place(b) : adopt(b, orderId));
}

/** Takes the named order on, if this booking may. */
export async function adopt(b: Booking, orderId: string): Promise<void> {
  try {
    namedOrderRead(b, await adoptable(b, orderId));
  } catch (err) {
    const code = failureOf(err)?.code;
    if (code && ADOPTION_REFUSALS.includes(code)) adoptionRefused(b);
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
  if (order.kind !== b.state.terms.capabilities.orderKind)
    throw new Failure('order_wrong_kind', { field: 'order.id' });
  if (isEnded(order)) {
    // Not taken on, but known: at a draw site what a run before a reset made stands on beside it.
    namedOrderRead(b, order);
    throw new Failure('order_ended', { field: 'order.id' });
  }
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
 * order is unknown to a person only after a look that was made when patience was used up. A refusal in words that nobody
 * knows is looked into once and goes to a person at once.
 */
async function place(b: Booking): Promise<void> {
  const { patienceMs } = b.state.terms.limits;
  const patience = newPatience(b);
  // After an attention: an earlier call without a key that counts may still surface.
  if (b.state.order.unknownSince && !keyCounts(b)) await pauseBeforePlacing(b, patience);
  for (;;) {
    const answer = await tried(b, patience, () => placePatiently(b));
    if (answer.is === 'done') return orderPlaced(b, answer.value);
    if (answer.isRefusal) return notUnderstood(b, answer.said);
    if (isUsedUp(patience, patienceMs)) throw new Failure('outcome_unknown', { said: answer.said });
    await pauseBeforePlacing(b, patience);
  }
}

async function notUnderstood(b: Booking, said: string): Promise<void> {
  const { request } = b.state.terms;
  const { createdAt } = b.state.life;
  const userId = request.patient?.userId;
  const read = reads(b, 'look whether the order was placed all the same');
  const found = userId ? await read.findOrder({ at: at(b), userId, createdSince: createdAt }) : null;
  if (!found) throw new Failure('unexpected_answer', { said });
  orderPlaced(b, found);
}

/** Whether the order's key counts: from the booking's beginning on, which no call of it was before. */
function keyCounts({ state }: Booking): boolean {
  const { createdAt } = state.life;
  const { capabilities } = state.terms;
  return nowMs() - Date.parse(createdAt) < capabilities.orderKeyLifetimeMs;
}

/** While the idempotency key counts, again is soon; without one, only after the late-commit window. */
async function pauseBeforePlacing(b: Booking, patience: Patience): Promise<void> {
  const what = 'the order to show up';
  const { lateCommitWindowMs } = b.state.terms.capabilities;
  if (keyCounts(b)) await pauseWithin(b, patience, what, b.state.terms.limits.patienceMs);
  else await pauseFor(b, patience, what, lateCommitWindowMs);
}

/** What certainly had no effect and time may cure is tried again within patience, as a book call is. */
function placePatiently(b: Booking) {
  const place = (isLast: boolean) => shielded(() => placeOnce(b, isLast));
  const { patienceMs } = b.state.terms.limits;
  return patiently(b, 'another try at placing the order', place, (failure) =>
    isPassing(failure) ? patienceMs : 0,
  );
}

/** One call. That it was not answered is noted before anything else; from the last one's end on. */
async function placeOnce(b: Booking, isLastTry: boolean): Promise<WriteAnswer<Order>> {
  const answer = await placed(b, isLastTry);
  if (answer.is === 'unknown') placingUnanswered(b);
  return answer;
}

async function placed(b: Booking, isLastTry: boolean): Promise<WriteAnswer<Order>> {
  try {
    return await writes(b, 'place the order').placeOrder({
      at: { ...at(b), isLastTry },
      request: b.state.terms.request,
      key: `${b.state.id}/order/1`,
      createdSince: b.state.life.createdAt,
    });
  } catch (err) {
    if (!isLostWrite(err) && failureOf(err)?.code !== 'activity_failed') throw err;
    return { is: 'unknown', said: 'the call was lost' };
  }
}
