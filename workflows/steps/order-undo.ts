import { Failure } from '../../src/booking/failures';
import type { Order } from '../../src/booking/model';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { reads, writes } from '../activities';
import { whose } from '../evidence';
import { lookUpTimes, whereToLook } from '../lookups';
import { at, change, shielded, type Booking } from '../state';
import { pauseUntil } from '../waiting';
import { adopt, isEnded } from './order';
import type { Undo } from './undo';

/** The undo of step 1: the order is cancelled, where it is ours to cancel. */

/** Cancels the order that this booking placed, or the adopted one where its caller said so. */
const undoOrder: Undo = {
  step: 'order',
  async run(b) {
    if (b.state.orderLeft) return 'left_to_person';
    if (!isToCancel(b)) return keptWhile(b);
    const order = b.state.order ?? (await unreadOrder(b));
    if (order === null) return 'nothing_to_undo';
    return cancelOrder(b, order.id);
  },
  async stands(b) {
    const seen = await seenNow(b);
    if (!seen) return false;
    // One that was named and never read is none of ours before adoption's own checks: `run` makes them.
    if (b.state.order || adoptedId(b) === null) note(b, seen);
    return !isEnded(seen);
  },
};

/** The order by one look, also one that the booking never came to know; null when none shows. */
async function seenNow(b: Booking): Promise<Order | null> {
  const { order, request, unknownOrderSince, createdAt } = b.state;
  const read = reads(b, 'check that the order is undone');
  const orderId = order?.id ?? adoptedId(b);
  if (orderId !== null) return read.readOrder({ at: at(b), orderId });
  const userId = request.patient?.userId;
  if (!unknownOrderSince || !userId) return null;
  const found = await read.findOrder({ at: at(b), userId, createdSince: createdAt });
  if (found) change(b, { unknownOrderSince: null });
  return found;
}

function adoptedId({ state: { request } }: Booking): string | null {
  return request.order && 'id' in request.order ? request.order.id : null;
}

/** The undo of the order; none at providers without orders. */
export function undosOfOrder({ state: { capabilities } }: Booking): readonly Undo[] {
  return capabilities.orderKind === null ? [] : [undoOrder];
}

/** No order is given up or kept for good while a book call may still surface. */
function keptWhile(b: Booking): UndoOutcome {
  return b.state.unknownBook ? 'pending' : 'nothing_to_undo';
}

function isToCancel(b: Booking): boolean {
  const { request, order, cancel, unknownOrderSince, orderRefused } = b.state;
  if (!request.order || orderRefused) return false;
  const isPlaced = !('id' in request.order);
  if (isPlaced && !order && !unknownOrderSince) return false;
  if (cancel?.order) return cancel.order === 'cancel';
  return 'onFailure' in request.order ? request.order.onFailure === 'cancel' : true;
}

/** The order that the forward steps did not come to know: the adopted one is looked at first, as they would have. */
async function unreadOrder(b: Booking): Promise<Order | null> {
  const wanted = b.state.request.order;
  if (!wanted || !('id' in wanted)) return lostOrder(b);
  try {
    await adopt(b, wanted.id);
  } catch (err) {
    if (!b.state.orderRefused) throw err;
  }
  return b.state.order;
}

/** An order whose placing was never answered: looked for over the late-commit window. */
async function lostOrder(b: Booking): Promise<Order | null> {
  const since = b.state.unknownOrderSince;
  const userId = b.state.request.patient?.userId;
  if (!since || !userId) return null;
  for (const time of lookUpTimes(b, since)) {
    await pauseUntil(b, 'a lost order to show up', time);
    const found = await reads(b, 'look for the lost order').findOrder({
      at: at(b),
      userId,
      createdSince: b.state.createdAt,
    });
    if (found) {
      change(b, { order: { ...found, origin: 'placed' }, unknownOrderSince: null });
      return found;
    }
  }
  change(b, { unknownOrderSince: null });
  return null;
}

async function cancelOrder(b: Booking, orderId: string): Promise<UndoOutcome> {
  const order = await reads(b, 'read the order before its undo').readOrder({ at: at(b), orderId });
  note(b, order);
  if (isEnded(order)) return cancelledByUs(b) && order.phase === 'cancelled' ? 'undone' : 'nothing_to_undo';
  await refuseForeign(b, orderId);
  countUndoCall(b);
  const answer = await shielded(() => writes(b, 'cancel the order').cancelOrder({ at: at(b), orderId }));
  if (answer.is === 'unknown') throw new Failure('provider_unavailable', { said: answer.said });
  note(b, answer.value);
  return 'undone';
}

/** Whether cancelling the order would take an appointment along that a person decided to leave standing. */
function wouldTakeLeftOne({ state }: Booking): boolean {
  if (!state.capabilities.orderCancelTakesAppointment) return false;
  return (
    state.leftIds.length > 0 ||
    state.compensation.some(({ step, outcome }) => step === 'appointment' && outcome === 'left_to_person')
  );
}

/** Cancelling an order that carries somebody else's appointment would take that appointment from them. */
async function refuseForeign(b: Booking, orderId: string): Promise<void> {
  const sighting = await reads(b, 'whose appointment is on the order?').lookUp({
    ...whereToLook(b),
    orderId,
  });
  const found = whose(b, sighting);
  const takenOverByCancel = b.state.tookOver && b.state.cancel !== null;
  if (
    found.is === 'foreign' ||
    found.is === 'ambiguous' ||
    (found.is === 'ours' && ((b.state.tookOver && !takenOverByCancel) || wouldTakeLeftOne(b)))
  ) {
    throw new Failure('foreign_appointment');
  }
}

function note(b: Booking, order: Order): void {
  change(b, { order: { ...order, origin: adoptedId(b) === null ? 'placed' : 'adopted' } });
}

/** Marks that the undo reached the provider at least once, so that a cancelled order counts as our doing. */
function countUndoCall(b: Booking): void {
  if (!b.state.undoCalls.includes('order')) change(b, { undoCalls: [...b.state.undoCalls, 'order'] });
}

function cancelledByUs(b: Booking): boolean {
  return b.state.undoCalls.includes('order');
}
