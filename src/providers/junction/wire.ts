import { z } from 'zod';
import { MAX_ID_LENGTH } from '../bounded';

/**
 * What comes back from Junction, read as loosely as it can be: only what we cannot work without is required, a
 * side field of a wrong type counts as missing, enums are open, fields that we do not know are let through.
 * Source: the contract's schemas, and providers.md, "Reading what comes back", for where its answers break them.
 */

/** A field that may be missing, null or of a shape we do not know. */
const soft = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

/** Ids and ZIP codes come as numbers too. */
const text = soft(z.union([z.string(), z.number().transform(String)]));
const number = soft(z.number());
/** An id that we cannot work without, and carry. */
const id = z.string().min(1).max(MAX_ID_LENGTH);
const lngLat = soft(z.looseObject({ lng: z.number(), lat: z.number() }));

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
  id: soft(z.number()),
  created_at: text,
  status: text,
  data: soft(z.record(z.string(), z.unknown())),
});
const events = soft(z.array(event.nullable().catch(null)));
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
  can_reschedule: soft(z.boolean()),
  appointment_notes: text,
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
 * The answer of creating or cancelling an order, down to the order in it. The contract wraps it in an object, the
 * seed that object in an array, and one of the vendor's samples shows the bare order. The outer `status` and
 * `message` describe the call and are of no use.
 */
export const postedOrderWire = z.union([
  posted,
  z.tuple([posted], z.unknown()).transform(([order]) => order),
  orderWire,
]);

export const orderPageWire = z.looseObject({ orders: z.array(orderWire), total: number, size: number });

const timeSlot = z.looseObject({
  booking_key: text,
  start: text,
  end: text,
  expires_at: text,
  price: number,
});

const slotLocation = soft(
  z.looseObject({
    location: lngLat,
    distance: number,
    address,
    code: text,
    name: text,
    iana_timezone: text,
  }),
);

const daySlots = z.looseObject({ location: slotLocation, slots: z.array(timeSlot) });
export type DaySlotsWire = z.output<typeof daySlots>;

export const availabilityWire = z.looseObject({ slots: z.array(daySlots), timezone: text });
export type AvailabilityWire = z.output<typeof availabilityWire>;

const words = soft(z.array(z.string()));

/** Area info, down to who serves the area at home; `tier` is the documentation's name of `service_types`. */
export const areaInfoWire = z.looseObject({
  phlebotomy: z.looseObject({
    is_served: z.boolean(),
    providers: z.array(z.looseObject({ name: id, tier: words, service_types: words })),
  }),
});
export type AreaInfoWire = z.output<typeof areaInfoWire>;

const reason = z.looseObject({ id, name: text, is_refundable: soft(z.boolean()) });
export const reasonsWire = z.array(reason);
export type ReasonWire = z.output<typeof reason>;

/** Error bodies: `{detail: string | array}`, `{error, message, status_code}`; plain text is neither. */
export const errorWire = z.looseObject({
  detail: z.unknown().optional(),
  error: text,
  message: text,
  status_code: number,
});

/** Parts of a path that are read: no field of ours lies deeper. */
const MAX_LOC_LENGTH = 10;

/** One entry of FastAPI's validation errors. `input` holds the value at fault, so it is never read. */
export const validationWire = z.looseObject({
  loc: soft(
    z.preprocess(
      (loc) => (Array.isArray(loc) ? loc.slice(0, MAX_LOC_LENGTH) : loc),
      z.array(z.union([z.string(), z.number()])),
    ),
  ),
  msg: text,
});
