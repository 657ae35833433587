import type { Appointment, Order, PostalAddress, Slot } from '../../booking/model';
import { refInNotes } from '../../booking/ref';
import { brief, MAX_KEY_LENGTH, whole } from '../bounded';
import { shortened } from '../http';
import { LEFT_OUT, UNHEARD, type Notice } from '../once';
import { folded, readable } from '../reading';
import { readZone, spanOf } from '../time-text';
import { appointmentWord, newestOf, orderWord, phaseOf, appointmentPhaseOf } from './statuses';
import { dateOf, timeOf, utc } from './times';
import type { AddressWire, AppointmentWire, AvailabilityWire, DaySlotsWire, OrderWire } from './wire';

/**
 * Translates Junction's words into the domain's. It is total: everything that passed the wire schemas is translated. A
 * booking carries the result for as long as it lives, so all of it is bounded (bounded.ts).
 */

const KNOWN_PROVIDERS: readonly string[] = ['getlabs', 'phlebfinders', 'quest', 'sonora_quest'];
const KNOWN_TYPES: readonly string[] = ['phlebotomy', 'patient_service_center'];
const KNOWN_KINDS: readonly string[] = [
  'testkit',
  'walk_in_test',
  'at_home_phlebotomy',
  'on_site_collection',
];

/** Returns an appointment. Its order's id comes from the path of the call when the answer leaves it out. */
export function toAppointment(wire: AppointmentWire, orderId: string, notice: Notice): Appointment {
  const newest = newestOf(wire.events, notice);
  const timezone = readZone(wire.iana_timezone, { field: 'appointment.iana_timezone', notice });
  const start = timeOf(wire.start_at, { field: 'appointment.start_at', notice });
  const end = timeOf(wire.end_at, { field: 'appointment.end_at', notice });
  const eventStatus = wire.event_status ?? newest?.status ?? null;
  return {
    id: wire.id,
    orderId: whole(wire.order_id) ?? orderId,
    provider: open('appointment.provider', wire.provider, KNOWN_PROVIDERS, notice),
    providerId: whole(wire.provider_id),
    externalId: whole(wire.external_id),
    type: open('appointment.type', wire.type, KNOWN_TYPES, notice),
    status: brief(appointmentWord(wire.status ?? null)) ?? UNKNOWN,
    eventStatus: brief(appointmentWord(eventStatus)),
    phase: appointmentPhaseOf(wire.status ?? null, eventStatus, notice),
    ...spanOf(start, end, timezone, notice),
    timezone,
    address: toAddress(wire.address, 'appointment.address', notice),
    location: wire.location ? { lng: wire.location.lng, lat: wire.location.lat } : null,
    place: null,
    canReschedule: wire.can_reschedule ?? null,
    ref: refInNotes(wire.appointment_notes),
    reason: toReason(wire.event_data ?? newest?.data ?? null),
  };
}

/** Returns an order of any of the four modalities. */
export function toOrder(wire: OrderWire, notice: Notice): Order {
  const said = wire.last_event?.status ?? newestOf(wire.events, notice)?.status ?? wire.status ?? null;
  const status = brief(orderWord(said));
  const kind = wire.details?.type ?? wire.lab_test?.method ?? status?.split('.')[1] ?? null;
  return {
    id: wire.id,
    status: status ?? UNKNOWN,
    phase: phaseOf(status, notice),
    kind: open('order.kind', kind, KNOWN_KINDS, notice),
    passthrough: whole(wire.passthrough),
    userId: whole(wire.user_id),
    address: toAddress(wire.patient_address, 'order.patient_address', notice),
    dob: dateOf(wire.patient_details?.dob, { field: 'order.patient_details.dob', notice }),
    createdAt: utc(wire.created_at, { field: 'order.created_at', notice }),
    hasAppointmentSince: hasAppointmentSince(wire, notice),
  };
}

/** The last part of an order's status while it has an appointment. */
const WITH_APPOINTMENT: readonly (string | undefined)[] = ['appointment_pending', 'appointment_scheduled'];

/** Stands for an unreadable time. An accepted cancel of ours is always newer, so it explains the status. */
const LONG_AGO = '1970-01-01T00:00:00.000Z';

/**
 * Returns since when the order says that it has an appointment, or null. If the newest event has no time, the order's
 * creation counts: it cannot have been earlier.
 */
function hasAppointmentSince(wire: OrderWire, notice: Notice): string | null {
  const newest = wire.last_event?.status ? wire.last_event : newestOf(wire.events, notice);
  const [, , detail] = orderWord(newest?.status ?? null)?.split('.') ?? [];
  if (!WITH_APPOINTMENT.includes(detail)) return null;
  return utc(newest?.created_at, { field: 'event.created_at', notice }) ?? utc(wire.created_at) ?? LONG_AGO;
}

/**
 * Returns the slots that can be booked. Slots without a key (not bookable online), with a key too long to be carried
 * whole, or without times are left out, and so is everything that is not a slot.
 */
export function toSlots(wire: AvailabilityWire, fallbackZone: string | null, notice = UNHEARD): Slot[] {
  const answersZone = readZone(wire.timezone, { field: 'availability.timezone', notice });
  return readable(wire.slots).flatMap((day) => {
    const own = readZone(day.location?.iana_timezone, { field: 'slot.iana_timezone', notice });
    const zone = own ?? answersZone ?? fallbackZone;
    return readable(day.slots).flatMap((slot) => toSlot(slot, day, zone, notice) ?? []);
  });
}

type SlotWire = NonNullable<DaySlotsWire['slots'][number]>;

function toSlot(wire: SlotWire, day: DaySlotsWire, timezone: string | null, notice: Notice): Slot | null {
  const start = timeOf(wire.start, { field: 'slot.start', notice });
  const end = timeOf(wire.end, { field: 'slot.end', notice });
  const { startsAt, endsAt, ...offsets } = spanOf(start, end, timezone, notice);
  const key = whole(wire.booking_key, MAX_KEY_LENGTH);
  if (!key) notice('slot.booking_key', LEFT_OUT);
  if (!wire.start) notice('slot.start', LEFT_OUT);
  if (!wire.end) notice('slot.end', LEFT_OUT);
  if (!key || !startsAt || !endsAt) return null;
  const site = day.location;
  const address = toAddress(site?.address, 'slot.location.address', notice);
  return {
    key,
    startsAt,
    endsAt,
    expiresAt: utc(wire.expires_at, { field: 'slot.expires_at', notice }),
    timezone,
    ...offsets,
    price: wire.price ?? null,
    distance: site?.distance ?? null,
    location: site?.location ? { lng: site.location.lng, lat: site.location.lat } : null,
    place: site ? { code: whole(site.code), name: brief(site.name), address } : null,
  };
}

/** The longest access notes that are kept: the way to a door must be told whole. */
const MAX_NOTES_LENGTH = 1_000;

/** Returns an address of either spelling, or null (noticed as `field`) when too little of it came to find the place. */
function toAddress(wire: AddressWire, field: string, notice: Notice): PostalAddress | null {
  if (!wire) return null;
  const firstLine = brief(wire.first_line || streetLine(wire));
  const [city, state, zip] = [wire.city, wire.state, wire.zip_code ?? wire.zip].map((text) => brief(text));
  if (!firstLine || !city || !state || !zip) {
    const parts = { first_line: firstLine, city, state, zip };
    for (const [part, value] of Object.entries(parts)) if (!value) notice(`${field}.${part}`, LEFT_OUT);
    return null;
  }
  return {
    firstLine,
    // `unit` is the deprecated form of the second line; the seed has it beside an empty one.
    secondLine: brief(wire.second_line || wire.unit) || null,
    city,
    state,
    zip,
    country: brief(wire.country) || null,
    accessNotes: brief(wire.access_notes, MAX_NOTES_LENGTH) || null,
  };
}

function streetLine(wire: AddressWire): string {
  const { street, street_number: houseNumber } = wire ?? {};
  if (!street || !houseNumber || street.startsWith(`${houseNumber} `)) return street ?? '';
  return `${houseNumber} ${street}`;
}

/** Returns the plain values of the free-form `event_data` as text: `origin: patient, is_reschedule: true`. */
function toReason(data: Record<string, unknown> | null): string | null {
  const said = Object.entries(data ?? {})
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(', ');
  return said === '' ? null : shortened(said, MAX_REASON_LENGTH);
}

const MAX_REASON_LENGTH = 200;
const UNKNOWN = 'unknown';

/** Returns a member of an open enum: a known word in any case, else the word as it came, which is noticed. */
function open(
  field: string,
  value: string | null | undefined,
  known: readonly string[],
  notice: Notice,
): string {
  const word = value ? known.find((one) => one === folded(value)) : undefined;
  if (value && word === undefined) notice(field, value);
  return word ?? brief(value) ?? UNKNOWN;
}
