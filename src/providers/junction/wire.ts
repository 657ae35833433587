import { z } from 'zod';
import {
  amount,
  anyFlag,
  count,
  flag,
  id,
  keyText,
  listOf,
  listOrNone,
  lngLat,
  soft,
  text,
  wordList,
  words,
} from '../reading';

/**
 * What comes back from Junction, read as loosely as possible. Only fields that we cannot work without are required. A
 * side field of a wrong type counts as missing, enums are open, unknown fields are let through, and an odd element of a
 * list costs only that element. Source: the contract's schemas, and where its answers break them,
 * docs/providers.md#what-comes-back.
 */

/** USAddress, PatientAddressCompatible and the seed's `street`/`street_number` in one. */
const address = soft(
  z.looseObject({
    first_line: text,
    street: text,
    street_number: text,
    second_line: text,
    unit: text,
    city: text,
    state: text,
    zip: text,
    zip_code: text,
    country: text,
    access_notes: text,
  }),
);
export type AddressWire = z.output<typeof address>;

const event = z.looseObject({
  created_at: text,
  status: text,
  data: soft(z.record(z.string(), z.unknown())),
});
const events = soft(listOf(event, 'status'));
export type EventWire = z.output<typeof event>;

export const appointmentWire = z.looseObject({
  id,
  order_id: text,
  address,
  location: lngLat,
  start_at: text,
  end_at: text,
  iana_timezone: text,
  type: text,
  provider: text,
  status: text,
  event_status: text,
  provider_id: text,
  external_id: text,
  can_reschedule: flag,
  appointment_notes: words,
  event_data: soft(z.record(z.string(), z.unknown())),
  events,
});
export type AppointmentWire = z.output<typeof appointmentWire>;

export const orderWire = z.looseObject({
  id,
  user_id: text,
  patient_details: soft(z.looseObject({ dob: text })),
  patient_address: address,
  lab_test: soft(z.looseObject({ method: text })),
  details: soft(z.looseObject({ type: text })),
  created_at: text,
  events,
  last_event: soft(event),
  status: text,
  passthrough: text,
});
export type OrderWire = z.output<typeof orderWire>;

const posted = z.looseObject({ order: orderWire }).transform((answer) => answer.order);

/**
 * The order in the answer to creating or cancelling one. The contract wraps it in an object, the seed wraps that object
 * in an array, and one of the vendor's samples shows the bare order. The outer `status` and `message` describe the call
 * and are of no use. An id beside a field `order` is not the order's.
 */
export const postedOrderWire = z.union([
  posted,
  z.tuple([posted], z.unknown()).transform(([order]) => order),
  orderWire.refine((answer) => !('order' in answer)),
]);

/**
 * An order of the list. It is found by its `passthrough`, so one whose `passthrough` cannot be read counts as
 * unreadable.
 */
const orderRow = orderWire.extend({ user_id: keyText, passthrough: keyText });
export const orderPageWire = z.looseObject({ orders: listOf(orderRow, 'id'), total: count, size: count });

const timeSlot = z.looseObject({
  booking_key: text,
  start: text,
  end: text,
  expires_at: text,
  price: amount,
});

const slotLocation = soft(
  z.looseObject({
    location: lngLat,
    distance: amount,
    address,
    code: text,
    name: words,
    iana_timezone: text,
  }),
);

const daySlots = z.looseObject({ location: slotLocation, slots: listOrNone(timeSlot, 'start') });
export type DaySlotsWire = z.output<typeof daySlots>;

/** Some languages write an empty list as `slots: null`. An answer without the field is not this answer. */
const days = listOf(daySlots, 'slots')
  .nullable()
  .transform((list) => list ?? []);

export const availabilityWire = z.looseObject({ slots: days, timezone: text });
export type AvailabilityWire = z.output<typeof availabilityWire>;

/**
 * The part of area info that says who serves the area at home. `tier` is the documentation's name of `service_types`.
 */
export const areaInfoWire = z.looseObject({
  phlebotomy: z.looseObject({
    is_served: anyFlag,
    providers: soft(listOf(z.looseObject({ name: id, tier: wordList, service_types: wordList }), 'name')),
  }),
});
export type AreaInfoWire = z.output<typeof areaInfoWire>;

const reason = z.looseObject({ id, name: words, is_refundable: flag });
export const reasonsWire = listOf(reason, 'id');
export type ReasonWire = z.output<typeof reason>;

/** Error bodies: `{detail: string | array}`, `{error, message, status_code}`; plain text is neither. */
export const errorWire = z.looseObject({
  detail: z.unknown().optional(),
  error: words,
  message: words,
  status_code: soft(z.number()),
});

/** How many parts of a path are read: no field of ours lies deeper. */
const MAX_LOC_LENGTH = 10;

/** One entry of FastAPI's validation errors. `input` holds the value at fault, so it is never read. */
export const validationWire = z.looseObject({
  loc: soft(
    z.preprocess(
      (loc) => (Array.isArray(loc) ? loc.slice(0, MAX_LOC_LENGTH) : loc),
      z.array(z.union([z.string(), z.number()])),
    ),
  ),
  msg: words,
});
