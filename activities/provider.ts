import { Context } from '@temporalio/activity';
import { Failure, type FailureCode } from '../src/booking/failures';
import { carried, chooseSlots } from '../src/booking/rank';
import { isRefOf, makerOfRef } from '../src/booking/ref';
import { sightingMark } from '../src/booking/sighting';
import { daysAround, daysOf } from '../src/booking/windows';
import type {
  Appointment,
  FoundSlots,
  Order,
  PostalAddress,
  ProviderName,
  Sighting,
  Slot,
  WriteAnswer,
} from '../src/booking/model';
import type { BookingRequest } from '../src/booking/schema/request';
import type { Call, DayRange, OrderCalls, Provider, TierCalls, Where } from '../src/providers/provider';
import { createProviderAuditActivities } from './audit';
import type { At, BookAnswer, LookUp, ProviderActivities, ProviderAuditActivities } from './contract';
import { atOnce, crossing, notYet } from './failures';
import { forgetFailures, isLastTry, patienceWith, reading } from './patience';

export interface ProviderActivitiesOptions {
  providerFor: (name: ProviderName) => Provider;
  /** IANA zone of an account's place, where the provider gives none. */
  timezoneOf: (provider: ProviderName, account: string) => string | null;
}

/** The activities of a provider's queue: its adapter, looked before every write. */
export function createProviderActivities({
  providerFor,
  timezoneOf,
}: ProviderActivitiesOptions): ProviderActivities & ProviderAuditActivities {
  const readOrder = (at: At, orderId: string) => ordersOf(providerFor(at.provider)).read(callOf(at), orderId);
  const lookUp = ({ at, withOrder, ownIds = [], standingIds = [], ...where }: LookUp): Promise<Sighting> => {
    const provider = providerFor(at.provider);
    const known = { ...where, ownIds, standingIds };
    return withOrder ? lookAtAll(provider, callOf(at), known) : look(provider, callOf(at), known);
  };

  return {
    ...createProviderAuditActivities(providerFor),
    placeOrder: (input) => crossing(() => placeOrder(ordersOf(providerFor(input.at.provider)), input)),
    findOrder: ({ at, userId, createdSince }) =>
      reading(at, () =>
        ordersOf(providerFor(at.provider)).find(callOf(at), {
          bookingId: at.bookingId,
          userId,
          createdSince,
        }),
      ),
    readOrder: ({ at, orderId, isKnown }) =>
      reading(at, () => (isKnown ? knownToBeThere(() => readOrder(at, orderId)) : readOrder(at, orderId))),
    cancelOrder: ({ at, orderId }) =>
      crossing(() => written(() => ordersOf(providerFor(at.provider)).cancel(callOf(at), orderId))),
    awaitOrderChange: ({ at, orderId, seenStatus, pauseMs }) =>
      crossing(async () => {
        leaveAlone(pauseMs);
        const order = await knownToBeThere(() => readOrder(at, orderId));
        if (order.status === seenStatus) throw notYet('the order has not changed');
        return order;
      }, atOnce),
    searchSlots: (input) =>
      reading(input.at, () =>
        searchSlots(providerFor(input.at.provider), timezoneOf(input.at.provider, input.at.account), input),
      ),
    chooseTier: ({ at, request, order }) =>
      reading(at, () =>
        tiersOf(providerFor(at.provider)).choose(callOf(at), {
          address: addressOf(request, order),
          wanted: request.tier ?? null,
        }),
      ),
    requestVisit: (input) => crossing(() => requestVisit(providerFor(input.at.provider), input)),
    bookSlot: (input) => crossing(() => bookSlot(providerFor(input.at.provider), input)),
    moveAppointment: (input) => crossing(() => moveAppointment(providerFor(input.at.provider), input)),
    lookUp: (input) => reading(input.at, () => lookUp(input)),
    awaitAppointmentChange: ({ seen, missingForMs = 0, pauseMs, ...where }) =>
      crossing(async () => {
        leaveAlone(pauseMs);
        return changeOf(seen, await whileMissing(missingForMs, () => lookUp(where)));
      }, atOnce),
    cancelAppointment: ({ at, request, orderId, appointmentId, reason }) =>
      crossing(() =>
        written(() =>
          providerFor(at.provider).cancelAppointment(callOf(at), {
            orderId,
            appointmentId,
            request,
            bookingId: at.bookingId,
            reason,
          }),
        ),
      ),
  };
}

async function searchSlots(
  provider: Provider,
  timezone: string | null,
  input: Parameters<ProviderActivities['searchSlots']>[0],
): Promise<FoundSlots> {
  const { at, request, order, capabilities, tried, max } = input;
  const found = await provider.searchSlots(callOf(at), {
    days: daysWanted(request),
    address: postalAddress(request, order),
    location: null,
    request,
  });
  const slots = chooseSlots({
    slots: found.slots,
    request,
    now: new Date(),
    leadTimeMs: capabilities.leadTimeMs,
    minAgeYears: capabilities.minAgeYears,
    dob: order?.dob ?? request.patient?.dob ?? null,
    timezone,
    tried,
    max,
  });
  return { slots: carried(slots), complete: found.complete };
}

/**
 * Reads what was there before. That it is not found now, or that a read is refused, is no fault of the request (the
 * settings may name another environment by now): such an answer ends nothing, a person is asked.
 */
async function knownToBeThere<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (err) {
    if (!(err instanceof Failure) || !NOT_THE_REQUEST.includes(err.code)) throw err;
    const { said, field } = err.facts;
    throw new Failure('unexpected_answer', {
      field,
      said,
      hint: 'What was there before cannot be read any more.',
    });
  }
}

const NOT_THE_REQUEST: readonly FailureCode[] = ['order_not_found', 'request_refused'];

function look(provider: Provider, call: Call, where: Where): Promise<Sighting> {
  return knownToBeThere(() => provider.lookUp(call, where));
}

/** The order too, where a live appointment proves it without being read. */
async function lookAtAll(provider: Provider, call: Call, where: Where): Promise<Sighting> {
  const sighting = await look(provider, call, where);
  const { orderId } = where;
  if (sighting.order || orderId === null || !provider.orders) return sighting;
  return { ...sighting, order: await knownToBeThere(() => ordersOf(provider).read(call, orderId)) };
}

function changeOf(seen: string, sighting: Sighting): Sighting {
  if (sightingMark(sighting) === seen) throw notYet('the appointment has not changed');
  return sighting;
}

/** An own appointment that is not shown may be in a list that is slow: the poll has patience with that, and that alone. */
async function whileMissing(patienceMs: number, look: () => Promise<Sighting>): Promise<Sighting> {
  const beganMs = performance.now();
  const sighting = await look().catch((err: unknown) => {
    const isMissing = err instanceof Failure && err.code === 'appointment_missing';
    throw isMissing ? patienceWith(err, patienceMs, beganMs) : err;
  });
  forgetFailures();
  return sighting;
}

/** Ends a poll's first try before it looks, so that the server makes the second one when the pause is over. */
function leaveAlone(pauseMs = 0): void {
  if (pauseMs > 0 && Context.current().info.attempt === 1)
    throw notYet('something was found a moment ago', pauseMs);
}

/** Looks for the booking's order first: an earlier call may have placed it without our hearing of it. */
async function placeOrder(
  orders: OrderCalls,
  { at, request, key, createdSince }: Parameters<ProviderActivities['placeOrder']>[0],
): Promise<WriteAnswer<Order>> {
  const userId = request.patient?.userId;
  if (!userId) throw new Failure('invalid_request', { field: 'patient.userId' });
  const earlier = await orders.find(callOf(at), { bookingId: at.bookingId, userId, createdSince });
  if (earlier) return { is: 'done', value: earlier };
  return written(() => orders.place(callOf(at), { bookingId: at.bookingId, key, request }));
}

/**
 * Looks first, whatever the attempt number says, then takes what `take` takes. An appointment of this booking's
 * that is there already is held; anybody else's is never booked over.
 */
async function lookThenTake(
  provider: Provider,
  { call, where, ref }: { call: Call; where: Where; ref: string },
  take: () => Promise<BookAnswer>,
): Promise<BookAnswer> {
  if (where.orderId !== null) {
    const { live } = await look(provider, call, where);
    const ours = live.find((seen) => isRefOf(makerOfRef(ref), seen.ref));
    if (ours) return { is: 'held', appointment: ours, earlier: true };
    if (live.length > 0) throw new Failure('appointment_exists');
  }
  try {
    return await take();
  } catch (err) {
    const answer = err instanceof Failure ? notBooked(err) : null;
    if (!answer) throw err;
    return answer;
  }
}

/** A booking that looks before it books knows nothing as its own by id: its ref tells. */
const UNKNOWN_AS_YET = { ownIds: [], standingIds: [] };

async function bookSlot(
  provider: Provider,
  { at, request, orderId, slot, ref, key }: Parameters<ProviderActivities['bookSlot']>[0],
): Promise<BookAnswer> {
  const call = callOf(at);
  const where: Where = { orderId, request, startsAt: slot.startsAt, ...UNKNOWN_AS_YET };
  return lookThenTake(provider, { call, where, ref }, async () => {
    const appointment = await provider.book(call, { orderId, slotKey: slot.key, ref, request, key });
    if (key !== null) return freshAnswer(provider, call, where, appointment);
    return { is: 'held', appointment, earlier: false };
  });
}

async function requestVisit(
  provider: Provider,
  { at, request, order, vendor, ref }: Parameters<ProviderActivities['requestVisit']>[0],
): Promise<BookAnswer> {
  const call = callOf(at);
  const where: Where = { orderId: order.id, request, startsAt: null, ...UNKNOWN_AS_YET };
  return lookThenTake(provider, { call, where, ref }, async () => {
    const address = addressOf(request, order);
    const visit = { orderId: order.id, vendor, address, ref, request };
    return { is: 'held', appointment: await tiersOf(provider).request(call, visit), earlier: false };
  });
}

/** Moves an appointment, unless a look shows it at the wanted time already. */
async function moveAppointment(
  provider: Provider,
  { at, request, orderId, appointmentId, slot, ref }: Parameters<ProviderActivities['moveAppointment']>[0],
): Promise<BookAnswer> {
  const call = callOf(at);
  const where: Where = {
    orderId,
    request,
    startsAt: slot.startsAt,
    ownIds: [appointmentId],
    standingIds: [],
  };
  const { live } = await look(provider, call, where);
  const moved = live.find((seen) => isRefOf(makerOfRef(ref), seen.ref) || seen.id === appointmentId);
  if (!moved) throw new Failure('appointment_gone');
  if (isAt(moved, slot)) return { is: 'held', appointment: moved, earlier: true };
  if (!provider.reschedule) throw new Failure('cannot_reschedule');
  try {
    const appointment = await provider.reschedule(call, {
      orderId,
      appointmentId,
      slotKey: slot.key,
      ref,
      request,
    });
    return { is: 'held', appointment, earlier: false };
  } catch (err) {
    const answer = err instanceof Failure ? notBooked(err) : null;
    if (!answer) throw err;
    return answer;
  }
}

function isAt(appointment: Appointment, slot: Slot): boolean {
  return appointment.startsAt !== null && Date.parse(appointment.startsAt) === Date.parse(slot.startsAt);
}

/** The answer of a keyed call may be a replay, frozen long ago: what the provider shows now counts. */
async function freshAnswer(
  provider: Provider,
  call: Call,
  where: Where,
  answered: Appointment,
): Promise<BookAnswer> {
  const { live } = await look(provider, call, where);
  const shown = live.find(({ id }) => id === answered.id);
  if (!shown)
    return { is: 'unknown', said: 'the answer was a replay, and the provider shows no such appointment' };
  return { is: 'held', appointment: shown, earlier: false };
}

function notBooked(failure: Failure): BookAnswer | null {
  if (failure.code === 'outcome_unknown') return { is: 'unknown', said: failure.facts.said ?? 'no answer' };
  if (failure.code === 'slot_gone' || failure.code === 'slot_declined') {
    return { is: 'gone', reason: failure.message, searchAgain: false };
  }
  if (failure.code === 'slot_key_invalid') return { is: 'gone', reason: failure.message, searchAgain: true };
  return null;
}

async function written<T>(write: () => Promise<T>): Promise<WriteAnswer<T>> {
  try {
    return { is: 'done', value: await write() };
  } catch (err) {
    if (err instanceof Failure && err.code === 'outcome_unknown') {
      return { is: 'unknown', said: err.facts.said ?? 'no answer' };
    }
    throw err;
  }
}

function callOf(at: At): Call {
  return {
    account: at.account,
    timeoutMs: at.callTimeoutMs,
    signal: Context.current().cancellationSignal,
    isLastTry: isLastTry(at),
  };
}

function ordersOf(provider: Provider): OrderCalls {
  if (!provider.orders) throw new Error(`${provider.name} has no orders`);
  return provider.orders;
}

/** A slot's zone may be the request's, the account's or its place's own: it is looked for wherever its day may be. */
function daysWanted({ windows, slot }: BookingRequest): DayRange[] {
  if (windows) return daysOf(windows);
  return slot ? [daysAround(new Date(slot.startsAt))] : [];
}

function postalAddress(request: BookingRequest, order: Order | null): PostalAddress | null {
  return order?.address ?? request.patient?.address ?? null;
}

/** The address of a visit at home, which cannot do without. */
function addressOf(request: BookingRequest, order: Order | null): PostalAddress {
  const address = postalAddress(request, order);
  if (!address)
    throw new Failure('invalid_request', {
      field: 'patient.address',
      hint: 'A visit at home needs an address.',
    });
  return address;
}

function tiersOf(provider: Provider): TierCalls {
  if (!provider.tiers) throw new Error(`${provider.name} has no request tier`);
  return provider.tiers;
}
