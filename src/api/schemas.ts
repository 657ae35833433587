import type { FastifySchemaCompiler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MESSAGE_LIMITS } from '../booking/messages';
import { CHOICES, type Choice } from '../booking/failures';
import { PROVIDERS } from '../booking/model';
import { requestSchema, slotChoiceSchema, windowSchema } from '../booking/schema/request';
import { bookingSummarySchema } from '../booking/schema/summary';
import { bookingViewSchema, slotSchema, statusSchema } from '../booking/schema/view';
import { problemSchema } from './problems';
import { MAX_PAGE_SIZE } from '../client/visibility';

/** What goes in and out over HTTP: validation, types and OpenAPI have this one source. */

export const bookingSchema = bookingViewSchema.meta({ id: 'Booking' });
export const bookingRequestSchema = requestSchema.meta({ id: 'BookingRequest' });

/**
 * Validates by the routes' schemas. A booking request is let through: the client parses it, once and with
 * everything that is wrong with it; here its schema only documents it.
 */
export const validator: FastifySchemaCompiler<z.core.$ZodType> = (route) =>
  route.schema === bookingRequestSchema ? (value: unknown) => ({ value }) : validatorCompiler(route);

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const startHeadersSchema = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable ASCII characters without spaces')
    .optional()
    .meta({ description: 'Makes the start repeatable: the same key and request give the same booking.' }),
  prefer: z.string().optional().meta({
    description: '`wait=N`: answer with the settled booking if that comes within N seconds, 60 at most.',
  }),
});

export const filterSchema = z.strictObject({
  status: statusSchema.optional(),
  provider: z.enum(PROVIDERS).optional(),
  account: z.string().optional(),
  attention: z
    .union([flag, z.string()])
    .optional()
    .meta({ description: 'true: waits for a person; false: does not; else the reason it waits for.' }),
  orderId: z.string().optional(),
  reference: z.string().optional(),
  startsFrom: z.iso.datetime({ offset: true }).optional(),
  startsTo: z.iso.datetime({ offset: true }).optional(),
  open: flag.optional().meta({ description: 'Whether it still runs.' }),
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).optional(),
  pageToken: z.string().optional(),
});

export const pageSchema = z.object({
  bookings: z.array(bookingSummarySchema.meta({ id: 'BookingSummary' })),
  nextPageToken: z.string().nullable(),
});

export const idSchema = z.object({ id: z.string() });

/** The sender's own token: it comes back in the booking's `lastRequest`. */
const token = z.string().max(MESSAGE_LIMITS.token).optional();

export const cancelSchema = z.strictObject({
  reason: z.string().max(MESSAGE_LIMITS.text).optional(),
  order: z.enum(['cancel', 'keep']).optional(),
  acceptFees: z.boolean().optional(),
  id: token,
});

/** What a decision is about, as the booking showed it: refused (`attention_changed`) when that has changed. */
const seen = {
  reason: z
    .string()
    .max(MESSAGE_LIMITS.token)
    .optional()
    .meta({ description: 'The `reason` of the attention that this decides.' }),
  since: z.iso
    .datetime({ offset: true })
    .max(MESSAGE_LIMITS.token)
    .optional()
    .meta({ description: 'The `since` of the attention that this decides.' }),
};

export const retrySchema = z.strictObject({ ...seen, id: token });

const CHOICE_NAMES = Object.keys(CHOICES).filter((name): name is Choice => name in CHOICES);

export const resolveSchema = z.strictObject({
  choice: z.enum(CHOICE_NAMES),
  why: z
    .string()
    .min(1)
    .max(MESSAGE_LIMITS.text)
    .meta({ description: 'For the record: why it was decided so.' }),
  ...seen,
  id: token,
});

export const rescheduleSchema = z.strictObject({
  windows: z.array(windowSchema).min(1).max(MESSAGE_LIMITS.windows).optional(),
  slot: slotChoiceSchema.optional(),
  acceptFees: z.boolean().optional(),
  id: token,
});

export const slotsSchema = z.object({
  slots: z.array(slotSchema.meta({ id: 'Slot' })),
  complete: z.boolean().meta({
    description: 'False when the search stopped at its limit of calls: later days may have more.',
  }),
});

/** Every route may answer with a problem. */
export const problems = {
  default: {
    description: 'A problem (RFC 9457)',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
} as const;
