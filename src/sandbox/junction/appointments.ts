import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import { HOME_AREAS, PSC_TIMEZONE, REASONS, SITES } from './catalogue';
import { addAppointment, hasRequisition, moveAppointment, retimeAppointment, statusOf } from './changes';
import { confirm } from './confirmation';
import { currentAppointment, isLive, orderOf, timestamp, type Context } from './context';
import { refuse, REFUSALS } from './errors';
import { BOOKABLE_FROM, type Modality } from './rules';
import { placesLeft, slotOfKey, type Slot } from './slots';
import type { AppointmentRecord, OrderRecord, VisitKind } from './state';
import type { Book, UsAddress } from './validation';
import { canReschedule } from './wire';

/** The operations on appointments. They are the same at home and at PSCs, except for what this table holds. */
const KINDS: Readonly<Record<VisitKind, { modality: Modality; minAgeYears: number }>> = {
  phlebotomy: { modality: 'at_home_phlebotomy', minAgeYears: 18 },
  psc: { modality: 'walk_in_test', minAgeYears: 0 },
};

const NEEDS_SLOT: readonly string[] = ['pending', 'reserved', 'confirmed'];

/**
 * Books a slot. Everything up to the appointment happens in one go, so that two calls cannot both take the last
 * place; the answer may come later (see confirmation.ts).
 */
export async function book(
  context: Context,
  kind: VisitKind,
  orderId: string,
  body: Book,
): Promise<AppointmentRecord> {
  const order = bookableOrder(context, kind, orderId);
  if (body.async_confirmation && context.state.account.asyncConfirmation === 'refused')
    throw REFUSALS.asyncOff();
  const slot = slotOfKey(context, kind, body.booking_key);
  checkAge(order, slot, KINDS[kind].minAgeYears);
  takePlace(context, slot);
  const appointment = newAppointment(context, order, { kind, ...placeAt(kind, slot.place, order) });
  Object.assign(appointment, timesOf(slot), { slotId: slot.id, notes: body.appointment_notes ?? null });
  await confirm(context, appointment, order, body);
  return appointment;
}

/** Asks a provider of the request tier for a visit. It is pending, without times, until the provider sets them. */
export function requestVisit(
  context: Context,
  orderId: string,
  body: { address: UsAddress; provider: string; appointment_notes?: string | null },
): AppointmentRecord {
  const order = bookableOrder(context, 'phlebotomy', orderId);
  const area = HOME_AREAS[body.address.zip_code.slice(0, 5)];
  const offered = area?.providers.some(
    ({ name, tier }) => name === body.provider && tier === 'appointment-request',
  );
  if (!area || !offered)
    throw refuse(400, 'This provider does not take appointment requests for this address.');
  const { timezone, location } = area;
  const place = {
    kind: 'phlebotomy',
    provider: body.provider,
    address: body.address,
    timezone,
    location,
  } as const;
  const appointment = newAppointment(context, order, place);
  appointment.notes = body.appointment_notes ?? null;
  addAppointment(context, appointment);
  return appointment;
}

/** Returns the order's current appointment of a kind. Refuses with 404 when there is none. */
export function readAppointment(context: Context, kind: VisitKind, orderId: string): AppointmentRecord {
  orderOfKind(context, kind, orderId);
  const appointment = currentAppointment(context, orderId, kind);
  if (!appointment) throw REFUSALS.noAppointment();
  return appointment;
}

/** Moves an appointment to another slot at once. */
export function reschedule(
  context: Context,
  kind: VisitKind,
  orderId: string,
  body: { booking_key: string; appointment_notes?: string | null },
): AppointmentRecord {
  const appointment = readAppointment(context, kind, orderId);
  refuseOver(appointment);
  if (!canReschedule(appointment)) throw REFUSALS.cannotMove();
  const slot = slotOfKey(context, kind, body.booking_key);
  takePlace(context, slot);
  if (body.appointment_notes) appointment.notes = body.appointment_notes;
  const data = { origin: 'customer', is_reschedule: true };
  retimeAppointment(context, appointment, { ...timesOf(slot), slotId: slot.id }, data);
  return appointment;
}

/** Cancels an order's appointment for one of the kind's reasons. */
export function cancelAppointment(
  context: Context,
  kind: VisitKind,
  orderId: string,
  cancel: { reasonId: string; note: string | null },
): AppointmentRecord {
  const appointment = readAppointment(context, kind, orderId);
  const reason = REASONS[kind].find(({ id }) => id === cancel.reasonId);
  if (!reason) throw REFUSALS.badReason();
  refuseOver(appointment);
  if (appointment.provider === 'sonora_quest') throw REFUSALS.cannotCancel();
  const data = { origin: 'customer', cancellation_reason: reason.name, note: cancel.note };
  moveAppointment(context, appointment, 'cancelled', data);
  return appointment;
}

/** Adds an appointment that somebody else made (the patient, by phone), with or without a slot's times. */
export function placeForeign(
  context: Context,
  orderId: string,
  given: { status: string; start_at: string | null; end_at: string | null; notes: string | null },
): AppointmentRecord {
  const order = orderOf(context, orderId);
  const kind = order.modality === KINDS.psc.modality ? 'psc' : 'phlebotomy';
  const place = kind === 'psc' ? (SITES[0]?.code ?? '') : order.request.patient_address.zip.slice(0, 5);
  const appointment = newAppointment(context, order, { kind, ...placeAt(kind, place, order) });
  Object.assign(appointment, { startAt: given.start_at, endAt: given.end_at, notes: given.notes });
  addAppointment(context, appointment);
  if (given.status !== 'pending') moveAppointment(context, appointment, given.status, { origin: 'patient' });
  return appointment;
}

function bookableOrder(context: Context, kind: VisitKind, orderId: string): OrderRecord {
  const order = orderOfKind(context, kind, orderId);
  const current = currentAppointment(context, orderId);
  const { account } = context.state;
  if (statusOf(order) === 'ordered' && !account.bookBeforeRequisition) throw REFUSALS.noRequisition();
  const hasOne = current !== null && isLive(current);
  if (hasOne && account.oneAppointmentPerOrder) throw REFUSALS.orderHasAppointment();
  const early = statusOf(order) === 'ordered' && !hasRequisition(order);
  if (!hasOne && !early && !BOOKABLE_FROM.includes(statusOf(order)))
    throw REFUSALS.wrongState('booking an appointment');
  if (account.oneAppointmentPerPatient) refuseSecond(context, kind, order);
  return order;
}

function orderOfKind(context: Context, kind: VisitKind, orderId: string): OrderRecord {
  const order = orderOf(context, orderId);
  const { modality } = KINDS[kind];
  if (order.modality !== modality) throw REFUSALS.wrongKind(modality);
  return order;
}

/** Refuses a second active appointment of a patient at a provider (docs/providers.md#preconditions). */
function refuseSecond(context: Context, kind: VisitKind, order: OrderRecord): void {
  const others = Object.values(context.state.appointments);
  const userId = order.request.user_id;
  if (others.some((other) => other.userId === userId && other.kind === kind && isLive(other))) {
    throw REFUSALS.patientHasAppointment();
  }
}

function checkAge(order: OrderRecord, slot: Slot, minAgeYears: number): void {
  const birthday = DateTime.fromISO(order.request.patient_details.dob, { zone: slot.start.zone });
  if (slot.start.diff(birthday, 'years').years < minAgeYears) throw REFUSALS.tooYoung();
}

function takePlace(context: Context, slot: Slot): void {
  const { slots, quirks } = context.state;
  if (slots.snatch > 0) {
    slots.snatch -= 1;
    slots.taken.push(slot.id);
  }
  if (placesLeft(context, slot) < 1) throw REFUSALS.slotGone(quirks.slotConflict404 ? 404 : 400);
}

function refuseOver(appointment: AppointmentRecord): void {
  if (appointment.status === 'cancelled') throw REFUSALS.alreadyCancelled();
  if (!NEEDS_SLOT.includes(appointment.status)) throw REFUSALS.appointmentOver();
}

type Place = Pick<AppointmentRecord, 'provider' | 'address' | 'location' | 'timezone'>;

function placeAt(kind: VisitKind, place: string, order: OrderRecord): Place {
  const site = SITES.find(({ code }) => code === place);
  if (kind === 'psc' && site) {
    const { lab, address, location } = site;
    return { provider: lab, address, location, timezone: PSC_TIMEZONE };
  }
  const {
    receiver_name: _name,
    zip,
    country: _country,
    phone_number: _phone,
    ...rest
  } = order.request.patient_address;
  const area = HOME_AREAS[place];
  return {
    provider: area?.providers[0]?.name ?? 'getlabs',
    address: { ...rest, zip_code: zip },
    location: area?.location ?? { lng: 0, lat: 0 },
    timezone: area?.timezone ?? 'America/New_York',
  };
}

function timesOf(slot: Slot): { startAt: string; endAt: string } {
  return { startAt: slot.startAt, endAt: slot.endAt };
}

function newAppointment(
  context: Context,
  order: OrderRecord,
  place: Place & { kind: VisitKind },
): AppointmentRecord {
  const at = timestamp(context);
  return {
    id: randomUUID(),
    orderId: order.id,
    userId: order.request.user_id,
    providerId: randomUUID(),
    externalId: place.kind === 'psc' ? randomUUID().slice(0, 8).toUpperCase() : null,
    startAt: null,
    endAt: null,
    slotId: null,
    status: 'pending',
    notes: null,
    createdAt: at,
    events: [{ created_at: at, status: 'pending', data: null }],
    ...place,
  };
}
