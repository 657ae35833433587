import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { refuseInput, type FieldError } from './errors';
import { MODALITIES } from './rules';

/** The input that the sandbox accepts, as the contract defines it. Unknown fields pass, as they do in FastAPI. */

const zip = z.string().regex(/^\d{5}(-\d{4})?$/, 'must be a US ZIP code');

/** Limits a text in code points, as the vendor's language counts: an emoji counts as one or several, never a half. */
const atMost = (characters: number) =>
  [
    (text: string) => Array.from(text).length <= characters,
    `must have at most ${characters} characters`,
  ] as const;

const notes = z
  .string()
  .refine(...atMost(1_000))
  .nullish();

/** The vendor's pattern for names (doc: order-requirements). It refuses letters with accents. */
const name = z
  .string()
  .min(1)
  .refine(...atMost(50))
  .regex(
    /^([a-zA-Z0-9]{1})([a-zA-Z0-9-.,']*(\s[a-zA-Z0-9-.,']+)*[a-zA-Z0-9-.,']?)$/,
    'contains invalid characters',
  );

/**
 * Format `email` (contract: CreateOrderRequestCompatible). It takes RFC 5321's dot-atoms and quoted parts, also
 * international ones, and IDN.
 */
const email = z.string().refine(isEmail, 'value is not a valid email address');

const ATOM = "[\\w!#$%&'*+\\-/=?^`{|}~\\u0080-\\u{10ffff}]+";
const LOCAL_PART = new RegExp(`^(${ATOM}(\\.${ATOM})*|"[^"\\\\\\p{Cc}]+")$`, 'u');
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]+|[a-z0-9-]*[a-z])$/i;

function isEmail(text: string): boolean {
  const position = text.lastIndexOf('@');
  const local = text.slice(0, position);
  return (
    position > 0 &&
    Buffer.byteLength(local) <= 64 &&
    LOCAL_PART.test(local) &&
    DOMAIN.test(domainToASCII(text.slice(position + 1)))
  );
}

export const usAddressSchema = z.looseObject({
  first_line: z.string(),
  second_line: z.string().nullish(),
  city: z.string(),
  state: z.string(),
  zip_code: zip,
  unit: z.string().nullish(),
  access_notes: notes,
});
export type UsAddress = z.infer<typeof usAddressSchema>;

const proxySchema = z.looseObject({
  first_name: z.string(),
  last_name: z.string(),
  phone_number: z.string(),
  email: z.string().nullish(),
  address: z.looseObject({
    first_line: z.string(),
    second_line: z.string().nullish(),
    city: z.string(),
    state: z.string(),
    zip: z.string(),
    country: z.string(),
    access_notes: notes,
  }),
});

const patientDetailsSchema = z.looseObject({
  first_name: name,
  last_name: name,
  dob: z.iso.date(),
  gender: z.enum(['female', 'male', 'other', 'unknown']),
  phone_number: z.string(),
  email,
  medical_proxy: proxySchema.nullish(),
});

const patientAddressSchema = z.looseObject({
  receiver_name: z.string().default(''),
  first_line: z.string(),
  second_line: z.string().nullish(),
  city: z.string(),
  state: z.string(),
  zip,
  country: z.string(),
  access_notes: notes,
  phone_number: z.string().nullish(),
});

const BILLING = ['client_bill', 'commercial_insurance', 'patient_bill_passthrough', 'patient_bill'] as const;

export const createOrderSchema = z.looseObject({
  user_id: z.uuid(),
  lab_test_id: z.uuid().nullish(),
  order_set: z
    .looseObject({
      lab_test_ids: z.array(z.uuid()).nullish(),
      add_on: z.unknown().optional(),
      lab_account_id: z.uuid().nullish(),
    })
    .nullish(),
  collection_method: z.enum(MODALITIES).nullish(),
  physician: z.looseObject({ first_name: z.string(), last_name: z.string(), npi: z.string() }).nullish(),
  priority: z.boolean().default(false),
  billing_type: z.enum(BILLING).default('client_bill'),
  icd_codes: z.array(z.string()).nullish(),
  consents: z.array(z.looseObject({ consentType: z.string() })).optional(),
  activate_by: z.iso.date().nullish(),
  aoe_answers: z
    .array(z.looseObject({ marker_id: z.int(), question_id: z.int(), answer: z.string() }))
    .nullish(),
  passthrough: z.string().nullish(),
  clinical_notes: z.string().nullish(),
  lab_account_id: z.uuid().nullish(),
  creator_member_id: z.uuid().nullish(),
  patient_details: patientDetailsSchema,
  patient_address: patientAddressSchema,
});
export type CreateOrder = z.infer<typeof createOrderSchema>;

export const bookSchema = z.looseObject({
  booking_key: z.string(),
  appointment_notes: notes,
  async_confirmation: z.boolean().default(false),
  sync_confirmation_timeout_millisecond: z.int().min(1_000).max(10_000).nullish(),
  async_confirmation_timeout_millisecond: z.int().min(60_000).max(172_800_000).nullish(),
});
export type Book = z.infer<typeof bookSchema>;

export const rescheduleSchema = z.looseObject({ booking_key: z.string(), appointment_notes: notes });

export const requestSchema = z.looseObject({
  address: usAddressSchema,
  provider: z.string(),
  appointment_notes: notes,
});

/** Reads both forms of a cancel body into one. */
export const phlebotomyCancelSchema = z
  .looseObject({ cancellation_reason_id: z.uuid(), notes: z.string().nullish() })
  .transform((body) => ({ reasonId: body.cancellation_reason_id, note: body.notes ?? null }));
export const pscCancelSchema = z
  .looseObject({ cancellationReasonId: z.uuid(), note: z.string().nullish() })
  .transform((body) => ({ reasonId: body.cancellationReasonId, note: body.note ?? null }));

/** A query value that may come once or several times. */
const several = z.union([z.string().transform((one) => [one]), z.array(z.string())]).optional();

/** A date alone means its first (or last) moment, in UTC. */
const moment = (timeOfDay: string): z.ZodType<number | undefined, string | undefined> =>
  z
    .string()
    .transform((text) => Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T${timeOfDay}Z` : text))
    .refine((ms) => !Number.isNaN(ms), 'must be a date or a date-time')
    .optional();

export const ordersQuerySchema = z.looseObject({
  user_id: z.uuid().optional(),
  order_ids: several,
  order_type: several,
  status: several,
  start_date: moment('00:00:00'),
  end_date: moment('23:59:59'),
  updated_start_date: moment('00:00:00'),
  updated_end_date: moment('00:00:00'),
  order_direction: z.enum(['asc', 'desc']).default('desc'),
  page: z.coerce.number().int().min(1).default(1),
  size: z.coerce.number().int().min(1).max(100).default(50),
});
export type OrdersQuery = z.infer<typeof ordersQuerySchema>;

export const simulateQuerySchema = z.looseObject({
  final_status: z.string().optional(),
  delay: z.coerce.number().int().min(0).optional(),
});

export const resendSchema = z.looseObject({
  order_ids: z.array(z.uuid()).nullish(),
  start_at: z.iso.datetime({ offset: true, local: true }).nullish(),
  end_at: z.iso.datetime({ offset: true, local: true }).nullish(),
});

const RADIUS = z.enum(['10', '20', '25', '50', '100']);

export const availabilityQuerySchema = z.looseObject({ start_date: z.iso.date().optional() });

export const pscAvailabilityQuerySchema = z.looseObject({
  lab: z.enum(['quest', 'sonora_quest']),
  start_date: z.iso.date().optional(),
  site_codes: several,
  zip_code: z
    .string()
    .regex(/^\d{5}$/)
    .optional(),
  radius: RADIUS.optional(),
});

export const areaQuerySchema = z.looseObject({
  zip_code: z.string().regex(/^\d{5}$/),
  radius: RADIUS.default('25'),
  lab: z.string().optional(),
  labs: several,
});

export const pscInfoQuerySchema = z.looseObject({
  zip_code: z.string().regex(/^\d{5}$/),
  lab_id: z.coerce.number().int(),
  radius: RADIUS.default('25'),
});

export const idSchema = z.uuid();

/** Parses a part of a request. Refuses with 422 and names each wrong field under `where`, but never its value. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, where: 'body' | 'query' | 'path'): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuseInput(
    parsed.error.issues.map((issue): FieldError => ({
      loc: [where, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))],
      msg: issue.message,
      type: `value_error.${issue.code}`,
    })),
  );
}
