import { looksLikeBookingId } from '../src/booking/audit';
import { Failure } from '../src/booking/failures';
import type { Appointment, Order, Sighting, WriteAnswer } from '../src/booking/model';
import { makerOfRef } from '../src/booking/ref';
import { hasOrderEnded, isOwn, ownershipIn, type Ownership } from '../src/booking/sighting';
import { beforeSending } from '../src/providers/before-sending';
import type { Call, OrderCalls, Provider } from '../src/providers/provider';
import { readAhead, type Place } from './ahead';
import { ordersOf } from './call';
import { refuseBegun, refuseFee } from './cancelling';
import type { OrderCancelAnswer, OtherVisit, PlaceAnswer, ProviderActivities } from './contract';
import { isRetryable } from './failures';
import { explained, lookBarely } from './looking';
import { afterSending, unansweredOf, wordsOf } from './unanswered';

/** Orders: placing one after a look for it, and cancelling one between two reads of it. */

type PlaceInput = Parameters<ProviderActivities['placeOrder']>[0];
type CancelInput = Parameters<ProviderActivities['cancelOrder']>[0];

/** Places the booking's order, and reads ahead what the steps after it need. */
export async function placeOrder(place: Place, call: Call, input: PlaceInput): Promise<PlaceAnswer> {
  const answer = await placed(ordersOf(place.provider), call, input);
  if (answer.is !== 'done') return answer;
  const { value: order } = answer;
  const { target, request, ahead } = input;
  return { is: 'done', order, ahead: await readAhead(place, target, order, request, ahead) };
}

/** Looks for the booking's order first, because an earlier call may have placed it although its answer was lost. */
async function placed(
  orders: OrderCalls,
  call: Call,
  { target, request, key, createdSince }: PlaceInput,
): Promise<WriteAnswer<Order>> {
  const userId = request.patient?.userId;
  if (!userId) throw new Failure('invalid_request', { field: 'patient.userId', sent: 'no' });
  const { bookingId } = target;
  const earlier = await beforeSending(() => orders.find(call, { bookingId, userId, createdSince }));
  if (earlier) return { is: 'done', value: earlier };
  try {
    return { is: 'done', value: await orders.place(call, { bookingId, key, request }) };
  } catch (err) {
    const unanswered = err instanceof Failure ? unansweredOf(err) : null;
    if (!unanswered) throw err;
    return unanswered;
  }
}

export async function cancelOrder(
  provider: Provider,
  call: Call,
  input: CancelInput,
): Promise<OrderCancelAnswer> {
  const orders = ordersOf(provider);
  const before = await beforeSending(() => checked(provider, call, input));
  if (before.is === 'over') return before.answer;
  const { order } = before;
  try {
    await orders.cancel(call, input.orderId);
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    const unanswered = unansweredOf(err);
    if (unanswered) return { ...unanswered, order };
    return afterRefused(orders, call, input, err);
  }
  return afterAccepted(provider, call, input, order, before.isOursOnIt);
}

type Before = { is: 'over'; answer: OrderCancelAnswer } | { is: 'live'; order: Order; isOursOnIt: boolean };

/**
 * Reads the order and its appointments. Returns the answer when there is nothing to cancel; fails when it may not be
 * cancelled.
 */
async function checked(provider: Provider, call: Call, input: CancelInput): Promise<Before> {
  const wanted = { ...input, withOrder: true };
  const seen = await lookBarely(provider, call, wanted);
  const { order } = seen;
  if (!order) throw new Error('a look with the order came without it');
  if (hasOrderEnded(order) && !mayCarryOurs(input, order))
    return { is: 'over', answer: { is: 'ended', order, byUs: false } };
  const found = onOrder(await explained(provider, call, wanted, seen), input);
  if (hasOrderEnded(order)) return { is: 'over', answer: endedWith(order, found, false) };
  if (found.is === 'foreign' || found.is === 'ambiguous' || (found.is === 'ours' && !input.mayTakeOwn))
    throw new Failure('foreign_appointment');
  if (found.is === 'ours' && input.takesAppointment) {
    refuseBegun(found.appointment);
    refuseFee(found.appointment, input.fees);
  }
  return { is: 'live', order, isOursOnIt: found.is === 'ours' };
}

/**
 * Tells whose appointment the order carries. Where refs do not return, an appointment whose id we do not know is not
 * ours.
 */
function onOrder(sighting: Sighting, { clue }: CancelInput): Ownership {
  if (clue.refReturns) return ownershipIn(sighting, clue);
  const foreign = sighting.live.find((seen) => !isOwn(seen, clue));
  if (foreign) return { is: 'foreign', appointment: foreign };
  const [own] = sighting.live;
  return own ? { is: 'ours', appointment: own } : { is: 'none' };
}

/**
 * Returns true when a cancelled order may still carry our appointment: at home it should take it along, which is
 * checked.
 */
function mayCarryOurs({ takesAppointment, mayTakeOwn }: CancelInput, { phase }: Order): boolean {
  return takesAppointment && mayTakeOwn && phase === 'cancelled';
}

function endedWith(order: Order, found: Ownership, byUs: boolean): OrderCancelAnswer {
  if (found.is !== 'ours' || hasBegun(found.appointment)) return { is: 'ended', order, byUs };
  const said = `the order is cancelled, and appointment ${found.appointment.id} still stands on it`;
  return { is: 'unknown', said, order };
}

function hasBegun({ phase }: Appointment): boolean {
  return phase === 'in_progress' || phase === 'completed';
}

/** Reads after an accepted cancel: only the read shows whether the order has ended. */
async function afterAccepted(
  provider: Provider,
  call: Call,
  input: CancelInput,
  order: Order,
  isOursOnIt: boolean,
): Promise<OrderCancelAnswer> {
  const seen = await afterSending(async () => {
    const now = await ordersOf(provider).read(call, input.orderId);
    if (now.phase !== 'cancelled') return `it reads as ${now.status}`;
    if (!isOursOnIt || !input.takesAppointment) return endedWith(now, { is: 'none' }, true);
    return endedWith(now, onOrder(await lookBarely(provider, call, { ...input, fresh: true }), input), true);
  });
  if (typeof seen === 'object' && !(seen instanceof Failure)) return seen;
  const why = seen instanceof Failure ? `it cannot be read: ${wordsOf(seen)}` : seen;
  return { is: 'unknown', said: `the cancel was accepted, and ${why}`, order };
}

/**
 * Reads after a refusal, which may mean that it has ended already; not if nothing was sent or load caused the refusal.
 */
async function afterRefused(
  orders: OrderCalls,
  call: Call,
  { orderId }: CancelInput,
  refusal: Failure,
): Promise<OrderCancelAnswer> {
  if (refusal.facts.sent === 'no' || isRetryable(refusal)) throw refusal;
  const now = await afterSending(() => orders.read(call, orderId));
  if (now instanceof Failure || !hasOrderEnded(now)) throw refusal;
  return { is: 'ended', order: now, byUs: false };
}

/** How many orders of one patient are read to explain a refusal. */
const MAX_ORDERS_READ = 10;

/** Returns the patient's live appointment on another order, or null. */
export async function findOtherVisit(
  provider: Provider,
  call: Call,
  { orderId, userId }: Parameters<ProviderActivities['findOtherVisit']>[0],
): Promise<OtherVisit | null> {
  const orders = await ordersOf(provider).ofUser(call, { userId, max: MAX_ORDERS_READ + 1 });
  for (const order of orders.filter(({ id }) => id !== orderId).slice(0, MAX_ORDERS_READ)) {
    const where = { orderId: order.id, request: {}, startsAt: null, ownIds: [], maker: '' };
    const { live } = await provider.lookUp(call, where);
    const visit = live.find(({ phase }) => phase !== 'completed');
    if (visit) return otherVisit(order, visit);
  }
  return null;
}

function otherVisit(
  { id, passthrough }: Order,
  { id: appointmentId, startsAt, ref }: Appointment,
): OtherVisit {
  // An order may serve a later booking than the one that placed it, so the appointment's own ref comes first.
  const named = [ref === null ? null : bookingOf(ref), passthrough];
  const bookingId = named.find((one) => one !== null && looksLikeBookingId(one)) ?? null;
  return { appointmentId, orderId: id, startsAt, bookingId };
}

/** Returns the booking's id from the maker of a ref (src/booking/ref.ts). */
function bookingOf(ref: string): string {
  const maker = makerOfRef(ref);
  return maker.slice(0, maker.lastIndexOf('.'));
}
