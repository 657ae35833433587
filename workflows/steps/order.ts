import type { OrderCancelAnswer } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Order, WriteAnswer } from '../../src/booking/model';
import { namedOrderId } from '../../src/booking/request-parts';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { core, reads, writes } from '../saga/activities';
import { nowMs } from '../saga/clock';
import { failureOf, isLostWrite } from '../saga/ending';
import { feeTermsOf } from '../saga/fees';
import { lookUpTimes, outlastBook, whereToLook } from '../saga/lookups';
import { hasOpenWrites, isLostCall, openWhile, outlastOpenWrites } from '../saga/open-writes';
import {
  isPassing,
  isUsedUp,
  newPatience,
  patiently,
  pauseFor,
  pauseWithin,
  tried,
  type Patience,
} from '../saga/patience';
import {
  adoptionRefused,
  namedOrderRead,
  orderPlaced,
  orderSeen,
  placingHadNoEffect,
  placingUnanswered,
} from '../saga/parts/order';
import { undoCalled } from '../saga/parts/undo';
import { targetOf, shielded, type Booking } from '../saga/state';
import { pauseUntil } from '../saga/waiting';
import type { Undo } from './undo';

/** The order: placed by the booking or adopted from its caller; its undo cancels it, where it is ours to cancel. */

const ENDED_PHASES: readonly Order['phase'][] = ['cancelled', 'failed', 'completed'];

/** Returns true when the order can no longer carry a visit. */
export function hasOrderEnded(order: Order): boolean {
  return ENDED_PHASES.includes(order.phase);
}

/** Places the order that the request describes, or takes on the one that it names; nothing where that was done. */
export async function placeOrAdopt(b: Booking): Promise<void> {
  const { request } = b.state.terms;
  if (!request.order || b.state.order.known) return;
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
  const order = await reads(b, 'read the order to adopt').readOrder({ target: targetOf(b), orderId });
  if (order.kind !== b.state.terms.capabilities.orderKind)
    throw new Failure('order_wrong_kind', { field: 'order.id' });
  if (hasOrderEnded(order)) {
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
  if (!(await findPlaced(b, 'look whether the order was placed all the same')))
    throw new Failure('unexpected_answer', { said });
}

/** Returns true when the order's key counts: from the booking's beginning on, which no call of it was before. */
function keyCounts({ state }: Booking): boolean {
  const { createdAt } = state.life;
  const { capabilities } = state.terms;
  return nowMs() - Date.parse(createdAt) < capabilities.orderKeyLifetimeMs;
}

/** Pauses before the order is placed again: briefly while its idempotency key counts, else for the late-commit window. */
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
      target: { ...targetOf(b), isLastTry },
      request: b.state.terms.request,
      key: `${b.state.id}/order/1`,
      createdSince: b.state.life.createdAt,
    });
  } catch (err) {
    if (!isLostWrite(err) && failureOf(err)?.code !== 'activity_failed') throw err;
    return { is: 'unknown', said: 'the call was lost' };
  }
}

/** Cancels the order that this booking placed, or the adopted one where its caller said so. */
export const undoOrder: Undo = {
  step: 'order',
  async run(b) {
    if (b.state.order.isLeft) return 'left_to_person';
    if (!wasLookedFor(b)) await orderToUndo(b);
    if (!isToCancel(b)) return keptWhile(b);
    const order = b.state.order.known ?? (await lostOrder(b));
    return order ? cancelOrder(b, order.id) : 'nothing_to_undo';
  },
  async finish(b) {
    await outlastOpenWrites(b);
    await outlastBook(b);
    return undoOrder.run(b);
  },
  async remains(b) {
    const seen = await seenNow(b);
    if (!seen) return false;
    // One that was named and never read is none of ours before adoption's own checks: `run` makes them.
    if (b.state.order.known || namedOrderId(b.state.terms.request) === null) orderSeen(b, seen);
    return !hasOrderEnded(seen);
  },
};

/**
 * The order whose undo is due, also one that this run never came to know: a run before a reset may have. It is looked for
 * once by the booking's id, or read where it is named, as adoption would have. Null when there is none, and while its
 * placing is not answered: then only the looks over the window tell.
 */
export async function orderToUndo(b: Booking): Promise<Order | null> {
  const { request } = b.state.terms;
  const { known: order, isRefused: orderRefused, unknownSince: unknownOrderSince } = b.state.order;
  if (order || !request.order || orderRefused || unknownOrderSince) return order;
  const orderId = namedOrderId(request);
  if (orderId === null) return findPlaced(b, 'look for an order of this booking');
  try {
    await adopt(b, orderId);
  } catch (err) {
    if (!b.state.order.isRefused) throw err;
  }
  return b.state.order.known;
}

/** The undo of the appointment, which comes first, has looked already. */
function wasLookedFor({ state }: Booking): boolean {
  const { compensation } = state.undo;
  return compensation.some(({ step, outcome }) => step === 'appointment' && outcome === 'nothing_to_undo');
}

/** The order by one look, also one that the booking never came to know; null when none shows. */
async function seenNow(b: Booking): Promise<Order | null> {
  const orderId = b.state.order.known?.id ?? namedOrderId(b.state.terms.request);
  if (orderId === null) return findPlaced(b, 'check that the order is undone');
  return reads(b, 'check that the order is undone').readOrder({ target: targetOf(b), orderId });
}

/** The order that carries the booking's id, by one look. */
export async function findPlaced(b: Booking, why: string): Promise<Order | null> {
  const { request } = b.state.terms;
  const createdSince = b.state.life.createdAt;
  const userId = request.patient?.userId;
  if (!userId) return null;
  const found = await reads(b, why).findOrder({ target: targetOf(b), userId, createdSince });
  if (found) orderPlaced(b, found);
  return found;
}

/** No order is kept for good while a call may still take effect on it: the next booking of it would be hit. */
function keptWhile(b: Booking): UndoOutcome {
  return b.state.doubts.unknownBook || hasOpenWrites(b) ? 'pending' : 'nothing_to_undo';
}

function isToCancel(b: Booking): boolean {
  const { request } = b.state.terms;
  const { cancel } = b.state.callers;
  const undoCalls = b.state.undo.calls;
  const { known: order, unknownSince: unknownOrderSince, isRefused: orderRefused } = b.state.order;
  // One that is refused now and had our appointment was taken on by the run before a reset.
  if (!request.order || (orderRefused && !undoCalls.includes('appointment'))) return false;
  const isPlaced = namedOrderId(request) === null;
  if (isPlaced && !order && !unknownOrderSince) return false;
  if (cancel?.order) return cancel.order === 'cancel';
  return 'onFailure' in request.order ? request.order.onFailure === 'cancel' : true;
}

/** An order whose placing was never answered: looked for over the late-commit window. */
async function lostOrder(b: Booking): Promise<Order | null> {
  const since = b.state.order.unknownSince;
  if (!since) return null;
  for (const time of lookUpTimes(b, since)) {
    await pauseUntil(b, 'a lost order to show up', time);
    const found = await findPlaced(b, 'look for the lost order');
    if (found) return found;
  }
  placingHadNoEffect(b);
  return null;
}

/** Has the provider cancel the order; a read made after it, not its answer, says that it has ended. */
async function cancelOrder(b: Booking, orderId: string): Promise<UndoOutcome> {
  const call = () =>
    writes(b, 'cancel the order').cancelOrder({
      ...whereToLook(b),
      orderId,
      takesAppointment: b.state.terms.capabilities.orderCancelTakesAppointment,
      mayTakeOwn: mayTakeOwn(b),
      fees: feeTermsOf(b),
    });
  const isUnclear = ({ is }: OrderCancelAnswer) => is === 'unknown';
  const answer = await openWhile(b, 'cancel', () => shielded(call), isUnclear).catch((err: unknown) => {
    if (isLostCall(err)) undoCalled(b, 'order');
    throw err;
  });
  orderSeen(b, answer.order);
  if (answer.is === 'unknown' || answer.byUs) undoCalled(b, 'order');
  if (answer.is === 'unknown') throw new Failure('provider_unavailable', { said: answer.said });
  const isUndone = b.state.undo.calls.includes('order') && answer.order.phase === 'cancelled';
  return isUndone ? 'undone' : 'nothing_to_undo';
}

/** Returns true when the order's cancel may take the booking's own appointment along: not one that is to stay. */
function mayTakeOwn(b: Booking): boolean {
  const { cancel } = b.state.callers;
  const { tookOver } = b.state.appointment;
  return !(tookOver && cancel === null) && !wouldTakeLeftOne(b);
}

/** Returns true when cancelling the order would take an appointment along that a person decided to leave standing. */
function wouldTakeLeftOne({ state }: Booking): boolean {
  if (!state.terms.capabilities.orderCancelTakesAppointment) return false;
  return (
    state.appointment.leftIds.length > 0 ||
    state.undo.compensation.some(
      ({ step, outcome }) => step === 'appointment' && outcome === 'left_to_person',
    )
  );
}
