import type { OrderCancelAnswer, PlaceAnswer } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Order } from '../../src/booking/model';
import { namedOrderId } from '../../src/booking/request-parts';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { hasOrderEnded } from '../../src/booking/sighting';
import { core, reads, writes } from '../saga/activities';
import { readAheadNow, toReadAhead, toReadAheadFor } from '../saga/ahead';
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

/** The order: the step places it, or adopts it from the caller. Its undo cancels it where that is ours to do. */

/**
 * Places the order that the request describes, or adopts the one that it names. Does nothing when that was done before.
 */
export async function placeOrAdopt(b: Booking): Promise<void> {
  const { request } = b.state.terms;
  if (!request.order || b.state.order.known) return;
  const orderId = namedOrderId(request);
  await (orderId === null ? place(b) : adopt(b, orderId));
}

/** Adopts the named order, if this booking may. */
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

/** Returns the named order if this booking may adopt it. */
async function adoptable(b: Booking, orderId: string): Promise<Order> {
  const read = { target: targetOf(b), orderId, ...toReadAheadFor(b) };
  const { order, ahead } = await reads(b, 'read the order to adopt').readOrder(read);
  readAheadNow(b, ahead);
  if (order.kind !== b.state.terms.capabilities.orderKind)
    throw new Failure('order_wrong_kind', { field: 'order.id' });
  if (hasOrderEnded(order)) {
    // Not adopted, but recorded: at a draw site an appointment from the run before a reset may still stand beside it.
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
 * Places the order. The activity looks for the order first, so it is called again after an unclear answer. A person is
 * told that the outcome is unknown only after a look that was made when patience was used up. A refusal in unknown
 * words leads to one look and then to a person at once.
 */
async function place(b: Booking): Promise<void> {
  const { patienceMs } = b.state.terms.limits;
  const patience = newPatience(b);
  // After an attention: an earlier call without a key that counts may still surface.
  if (b.state.order.unknownSince && !keyCounts(b)) await pauseBeforePlacing(b, patience);
  for (;;) {
    const answer = await tried(b, patience, () => placePatiently(b));
    if (answer.is === 'done') {
      readAheadNow(b, answer.ahead);
      return orderPlaced(b, answer.order);
    }
    if (answer.isRefusal) return notUnderstood(b, answer.said);
    if (isUsedUp(patience, patienceMs)) throw new Failure('outcome_unknown', { said: answer.said });
    await pauseBeforePlacing(b, patience);
  }
}

async function notUnderstood(b: Booking, said: string): Promise<void> {
  if (!(await findPlaced(b, 'look whether the order was placed all the same')))
    throw new Failure('unexpected_answer', { said });
}

/**
 * Returns true while the order's key counts. Its lifetime runs from the booking's beginning, before which no call was
 * made.
 */
function keyCounts({ state }: Booking): boolean {
  const { createdAt } = state.life;
  const { capabilities } = state.terms;
  return nowMs() - Date.parse(createdAt) < capabilities.orderKeyLifetimeMs;
}

/**
 * Pauses before the order is placed again: briefly while its idempotency key counts, else for the late-commit window.
 */
async function pauseBeforePlacing(b: Booking, patience: Patience): Promise<void> {
  const what = 'the order to show up';
  const { lateCommitWindowMs } = b.state.terms.capabilities;
  if (keyCounts(b)) await pauseWithin(b, patience, what, b.state.terms.limits.patienceMs);
  else await pauseFor(b, patience, what, lateCommitWindowMs);
}

/** Places the order, and repeats the call within patience while it had no effect and time may cure its failure. */
function placePatiently(b: Booking) {
  const place = (isLast: boolean) => shielded(() => placeOnce(b, isLast));
  const { patienceMs } = b.state.terms.limits;
  return patiently(b, 'another try at placing the order', place, (failure) =>
    isPassing(failure) ? patienceMs : 0,
  );
}

/**
 * Makes one call. An unanswered one is recorded before anything else happens; its window counts from the call's end.
 */
async function placeOnce(b: Booking, isLastTry: boolean): Promise<PlaceAnswer> {
  const answer = await placed(b, isLastTry);
  if (answer.is === 'unknown') placingUnanswered(b);
  return answer;
}

async function placed(b: Booking, isLastTry: boolean): Promise<PlaceAnswer> {
  try {
    return await writes(b, 'place the order').placeOrder({
      target: { ...targetOf(b), isLastTry },
      request: b.state.terms.request,
      key: `${b.state.id}/order/1`,
      createdSince: b.state.life.createdAt,
      ahead: toReadAhead(b),
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
    // An order that was named and never read counts as ours only after adoption's own checks, which `run` makes.
    if (b.state.order.known || namedOrderId(b.state.terms.request) === null) orderSeen(b, seen);
    return !hasOrderEnded(seen);
  },
};

/**
 * Returns the order whose undo is due, even one that only the run before a reset knew: it is looked for once by the
 * booking's id, or read as in adoption when the request names it. Returns null when there is none, and while its
 * placing is unanswered: then only the looks over the window tell.
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

/** Returns true when the appointment's undo, which comes first, has looked for the order already. */
function wasLookedFor({ state }: Booking): boolean {
  const { compensation } = state.undo;
  return compensation.some(({ step, outcome }) => step === 'appointment' && outcome === 'nothing_to_undo');
}

/** Reads the order once, even one that the booking never came to know. Returns null when there is none. */
async function seenNow(b: Booking): Promise<Order | null> {
  const orderId = b.state.order.known?.id ?? namedOrderId(b.state.terms.request);
  if (orderId === null) return findPlaced(b, 'check that the order is undone');
  const { order } = await reads(b, 'check that the order is undone').readOrder({
    target: targetOf(b),
    orderId,
  });
  return order;
}

/** Looks once for the order that carries the booking's id, and records it. */
export async function findPlaced(b: Booking, why: string): Promise<Order | null> {
  const { request } = b.state.terms;
  const createdSince = b.state.life.createdAt;
  const userId = request.patient?.userId;
  if (!userId) return null;
  const found = await reads(b, why).findOrder({ target: targetOf(b), userId, createdSince });
  if (found) orderPlaced(b, found);
  return found;
}

/** Keeps the undo pending while a call may still take effect on a kept order: it would hit the order's next booking. */
function keptWhile(b: Booking): UndoOutcome {
  return b.state.doubts.unknownBook || hasOpenWrites(b) ? 'pending' : 'nothing_to_undo';
}

function isToCancel(b: Booking): boolean {
  const { request } = b.state.terms;
  const { cancel } = b.state.callers;
  const undoCalls = b.state.undo.calls;
  const { known: order, unknownSince: unknownOrderSince, isRefused: orderRefused } = b.state.order;
  // An order that is refused now but carried our appointment was adopted by the run before a reset.
  if (!request.order || (orderRefused && !undoCalls.includes('appointment'))) return false;
  const isPlaced = namedOrderId(request) === null;
  if (isPlaced && !order && !unknownOrderSince) return false;
  if (cancel?.order) return cancel.order === 'cancel';
  return 'onFailure' in request.order ? request.order.onFailure === 'cancel' : true;
}

/** Looks over the late-commit window for an order whose placing was never answered. */
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

/**
 * Has the provider cancel the order. Only a read made after the call, not its answer, shows that the order has ended.
 */
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

/** Returns true when the order's cancel may take the booking's own appointment along; false when that is to stay. */
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
