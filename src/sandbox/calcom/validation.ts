import { IANAZone } from 'luxon';
import { z } from 'zod';
import { badRequest } from './errors';

/**
 * The input that the sandbox accepts (contract: CreateBookingInput_2024_08_13 and its like). Unknown fields are refused
 * (code: create-booking-pipe).
 */

const moment = z.iso.datetime({ offset: true, local: true });
/** A date, or a moment: searches take both (code: get-slots-input). */
const dayOrMoment = z.union([z.iso.date(), moment]);
const zone = z
  .string()
  .refine((name) => IANAZone.isValidZone(name), 'timeZone must be a valid IANA time-zone');
const integer = z.coerce.number().int();

export const slotsQuerySchema = z.strictObject({
  eventTypeId: integer,
  start: dayOrMoment,
  end: dayOrMoment,
  timeZone: zone.optional(),
  duration: integer.optional(),
  format: z.enum(['range', 'time']).default('time'),
  bookingUidToReschedule: z.string().optional(),
});
export type SlotsQuery = z.infer<typeof slotsQuerySchema>;

const MOST_KEYS = 50;
const metadataSchema = z
  .record(z.string().max(40), z.union([z.string().max(500), z.number(), z.boolean()]))
  .refine(
    (metadata) => Object.keys(metadata).length <= MOST_KEYS,
    'Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters.',
  );

const attendeeSchema = z
  .strictObject({
    name: z.string(),
    email: z.email().optional(),
    timeZone: zone,
    phoneNumber: z
      .string()
      .regex(/^\+\d{5,15}$/, 'Invalid phone number format. Please use international format.')
      .optional(),
    language: z.string().default('en'),
  })
  .refine(
    ({ email, phoneNumber }) => email !== undefined || phoneNumber !== undefined,
    'Attendee must have at least one contact method (email or phone number)',
  );

export const createSchema = z.strictObject({
  start: moment,
  eventTypeId: z.int(),
  attendee: attendeeSchema,
  bookingFieldsResponses: z.record(z.string(), z.unknown()).default({}),
  guests: z.array(z.string()).optional(),
  location: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  metadata: metadataSchema.default({}),
  lengthInMinutes: z.int().min(1).optional(),
  emailVerificationCode: z.string().optional(),
});
export type CreateBooking = z.infer<typeof createSchema>;

export const rescheduleSchema = z.strictObject({
  start: moment,
  rescheduledBy: z.email().optional(),
  reschedulingReason: z.string().optional(),
  emailVerificationCode: z.string().optional(),
});
export type Reschedule = z.infer<typeof rescheduleSchema>;

export const cancelSchema = z
  .strictObject({
    cancellationReason: z.string().optional(),
    cancelSubsequentBookings: z.boolean().optional(),
  })
  .default({});
export type Cancel = z.infer<typeof cancelSchema>;

export const declineSchema = z.looseObject({ reason: z.string().optional() }).default({});

export const absentSchema = z.looseObject({
  host: z.boolean().optional(),
  attendees: z.array(z.looseObject({ email: z.string(), absent: z.boolean() })).optional(),
});
export type MarkAbsent = z.infer<typeof absentSchema>;

const GROUPS = ['upcoming', 'recurring', 'past', 'cancelled', 'unconfirmed'] as const;
export type Group = (typeof GROUPS)[number];
const order = z.enum(['asc', 'desc']).optional();
const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));

export const listSchema = z.looseObject({
  status: list.pipe(z.array(z.enum(GROUPS))).optional(),
  attendeeEmail: z.string().optional(),
  attendeeName: z.string().optional(),
  bookingUid: z.string().optional(),
  eventTypeIds: list
    .transform((parts) => parts.map(Number))
    .pipe(z.array(z.int()))
    .optional(),
  eventTypeId: integer.optional(),
  afterStart: moment.optional(),
  beforeEnd: moment.optional(),
  afterCreatedAt: moment.optional(),
  beforeCreatedAt: moment.optional(),
  afterUpdatedAt: moment.optional(),
  beforeUpdatedAt: moment.optional(),
  sortStart: order,
  sortEnd: order,
  sortCreated: order,
  sortUpdatedAt: order,
  take: integer.min(1).max(250).default(100),
  skip: integer.min(0).default(0),
});
export type ListQuery = z.infer<typeof listSchema>;

/** Parses a body or a query. Refuses with 400 in the vendor's words, which name each field but never its value. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw badRequest(parsed.error.issues.flatMap(complaints).join(', '));
}

function complaints(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${key} property is wrong,property ${key} should not exist `);
  return [`${issue.path.join('.')} property is wrong,${issue.message} `];
}
