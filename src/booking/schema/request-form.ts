import { z } from 'zod';
import { isEmail } from '../email';
import { LIMIT_RANGES, type Limits, MOST } from '../limits';
import { FIRST_DAY, isDayInRange, isTimeInRange, LAST_DAY } from '../times';
import { blankIsAbsent, key, prose, someText, text } from './text';

/**
 * The zod schemas of a booking request's fields: form and bounds, without a clock. request.ts makes a request of them.
 * Rules that need today's date (past windows, age) are in day-rules.ts, the size of the whole in size.ts.
 */

const YEARS = `must be between ${FIRST_DAY} and ${LAST_DAY}`;
const date = z.iso.date('must be a calendar date like 2026-12-07');
const windowDay = z.iso
  .date({ error: 'must be a calendar date like 2026-12-07, or days from today like +3d', abort: true })
  .refine(isDayInRange, YEARS)
  // Relative days are resolved before the form is checked, so only the API document has to mention them.
  .meta({
    format: undefined,
    pattern: '^(\\d{4}-\\d{2}-\\d{2}|\\+\\d{1,3}d)$',
    description: 'A calendar date like 2026-12-07, or days from today like +3d.',
  });
const time = z.iso.datetime({ offset: true, abort: true }).max(40).refine(isTimeInRange, YEARS);
const zip = z.string().regex(/^\d{5}(-\d{4})?$/, 'must be a US ZIP code like 85004 or 85004-1234');
const name = someText(100);
const phone = someText(40);
const email = z
  .string()
  .max(254)
  .refine(isEmail, 'must be an e-mail address like ana@example.com')
  .meta({ format: 'idn-email' });
const line = someText(200);
/** A word or an id of another system. */
const word = someText(100);
/** A slot's key. It goes back to the provider unchanged. */
const slotKey = key(2048);

/** The vendor's ids are of 64 bits, one of them for the sign. */
const LARGEST_ID = '9223372036854775807';
const INTEGER = `must be an integer, as a number or (above 9007199254740991 always) as text of its digits, at most ${LARGEST_ID}`;
/** An id that is an integer at the vendor. One that a number cannot hold exactly is given as the text of its digits. */
const integerId = z.union(
  [
    z.number(INTEGER).int(INTEGER),
    z
      .string()
      .regex(/^(0|[1-9]\d{0,18})$/, INTEGER)
      // Texts with the same number of digits sort like their numbers.
      .refine((digits) => digits.length < LARGEST_ID.length || digits <= LARGEST_ID, INTEGER),
  ],
  INTEGER,
);

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const windowSchema = z.strictObject({
  /** First and last day, at the appointment's place. */
  from: windowDay,
  to: windowDay,
  days: z.array(z.enum(DAYS)).min(1).max(DAYS.length).optional(),
  /** Wall time at the place, `07:00-11:00`. */
  hours: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must look like 07:00-11:00')
    .optional(),
});

export const addressSchema = z.strictObject({
  firstLine: line,
  secondLine: blankIsAbsent(text(200)).optional(),
  city: word,
  state: word,
  zip,
  country: word.default('US'),
  accessNotes: blankIsAbsent(prose(1000)).optional(),
});

export const patientSchema = z.strictObject({
  userId: z.uuid().optional(),
  remoteId: word.optional(),
  id: integerId.optional(),
  firstName: name.optional(),
  lastName: name.optional(),
  dob: date.optional(),
  gender: z.enum(['female', 'male', 'other', 'unknown']).optional(),
  phone: phone.optional(),
  email: email.optional(),
  address: addressSchema.optional(),
  /** The guardian of a minor. Passed on as it is. */
  medicalProxy: z.record(z.string(), z.unknown()).optional(),
});

export const clientSchema = z.strictObject({
  id: integerId.optional(),
  remoteId: word.optional(),
  firstName: name.optional(),
  lastName: name.optional(),
  phone: phone.optional(),
  email: email.optional(),
});

export const placedOrderSchema = z.strictObject({
  labTestIds: z.array(z.uuid()).min(1).max(MOST),
  /** Anything else that the provider's contract allows on an order; passed as it is. */
  extra: z.record(z.string(), z.unknown()).optional(),
});

export const adoptedOrderSchema = z.strictObject({
  id: z.uuid(),
  onFailure: z.enum(['cancel', 'keep']),
});

export const siteSchema = z.strictObject({
  lab: word,
  zip: zip.optional(),
  radiusMiles: z.number().int().positive().max(1000).optional(),
  siteCodes: z.array(word).min(1).max(3).optional(),
});

export const slotChoiceSchema = z.strictObject({
  key: slotKey,
  startsAt: time,
  endsAt: time,
});

export const confirmationSchema = z.strictObject({
  async: z.boolean(),
  syncTimeoutMs: z.number().int().min(1000).max(10_000).optional(),
  asyncTimeoutMs: z.number().int().min(60_000).max(172_800_000).optional(),
});

export const policySchema = z.strictObject({
  onProviderCancel: z.enum(['rebook', 'compensate', 'attention']).optional(),
  existingAppointment: z.enum(['refuse', 'adopt']).optional(),
  /** What a reschedule does when the provider does not move the appointment. `refuse` unless given. */
  onCannotReschedule: z.enum(['refuse', 'cancel_and_book']).optional(),
  acceptFees: z.boolean().optional(),
});

const limit = (name: keyof Limits, min = LIMIT_RANGES[name].min) =>
  z.number().int().min(min).max(LIMIT_RANGES[name].max).optional();

export const requestLimitsSchema = z.strictObject({
  maxSlotAttempts: limit('maxSlotAttempts'),
  settleWithinMs: limit('settleWithinMs', 1000),
  confirmTimeoutMs: limit('confirmTimeoutMs', 1000),
});

/** All fields of a request but its provider. */
export const requestFields = {
  account: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be the name of a configured account')
    .default('default'),
  reference: z
    .string()
    .regex(
      /^[A-Za-z0-9._:-]{1,64}$/,
      'must be 1 to 64 of A-Z a-z 0-9 . _ : - and must not identify a patient',
    )
    .optional(),
  windows: z.array(windowSchema).min(1).max(20).optional(),
  /** Books this slot and no other, instead of `windows`. */
  slot: slotChoiceSchema.optional(),
  preference: z.enum(['earliest', 'closest', 'cheapest']).default('earliest'),
  notes: blankIsAbsent(prose(800)).optional(),
  /**
   * At home: book a slot, or ask the provider to call the patient and agree on a time. The area decides when it is left
   * out.
   */
  tier: z.enum(['book', 'request']).optional(),
  /** IANA zone of the place, for when the provider gives none. */
  timezone: word.optional(),
  confirmation: confirmationSchema.optional(),
  policy: policySchema.optional(),
  limits: requestLimitsSchema.optional(),
  patient: patientSchema.optional(),
  client: clientSchema.optional(),
  order: z.union([placedOrderSchema, adoptedOrderSchema]).optional(),
  site: siteSchema.optional(),
  appointmentType: word.optional(),
  status: z.enum(['REQUESTED', 'ACCEPTED', 'CONFIRMED']).optional(),
};

export type SlotWindow = z.infer<typeof windowSchema>;
export type PlacedOrder = z.infer<typeof placedOrderSchema>;
export type AdoptedOrder = z.infer<typeof adoptedOrderSchema>;

type Fields = typeof requestFields;
type Part<Name extends string, Schema extends z.ZodObject> = `${Name}.${keyof Schema['shape'] & string}`;

/** A field of a request as a vendor's rules name it: a whole block, or a part of one. */
export type RequestField =
  | keyof Fields
  | Part<'patient', typeof patientSchema>
  | Part<'patient.address', typeof addressSchema>
  | Part<'client', typeof clientSchema>
  | Part<'site', typeof siteSchema>
  | Part<'policy', typeof policySchema>
  | Part<'confirmation', typeof confirmationSchema>;
