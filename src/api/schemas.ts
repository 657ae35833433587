import type { FastifySchemaCompiler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MESSAGE_LIMITS } from '../booking/messages';
import { CHOICES, type Choice } from '../booking/failures';
import { PROVIDERS } from '../booking/vendors';
import { requestSchema, slotChoiceSchema, windowSchema } from '../booking/schema/request';
import { blankIsAbsent, prose, someProse, text, token } from '../booking/schema/text';
import { textErrors, tidied } from '../booking/schema/tidy';
import { bookingSummarySchema } from '../booking/schema/summary';
import { bookingViewSchema, slotSchema, statusSchema } from '../booking/schema/view';
import { idempotencyKeySchema } from './idempotency-key';
import { InvalidRequest, problemSchema } from './problems';
import { MAX_PAGE_SIZE } from '../client/executions/visibility';

/** The schemas of everything over HTTP, the single source of validation, types and OpenAPI. */

export const bookingSchema = bookingViewSchema.meta({ id: 'Booking' });
export const bookingRequestSchema = requestSchema.meta({ id: 'BookingRequest' });

/**
 * Validates by the routes' schemas, after tidying: null counts as absent, and blanks around a text are removed. A
 * booking request is let through, because the client parses it once and tells everything that is wrong; here its schema
 * only documents it. The same goes for the windows and the slot of a move.
 */
export const validator: FastifySchemaCompiler<z.core.$ZodType> = (route) => {
  if (route.schema === bookingRequestSchema) return (value: unknown) => ({ value });
  const schema = route.schema === rescheduleSchema ? moveSchema : route.schema;
  const validate = validatorCompiler({ ...route, schema });
  return (value: unknown) => {
    const meant = tidied(schema, value);
    const errors = textErrors(schema, meant);
    return errors.length > 0 ? { error: new InvalidRequest(errors) } : validate(meant);
  };
};

/**
 * A time in a query. A query turns a plus sign into a blank; before the offset of a time it can only have been a plus.
 */
const queriedTime = z.preprocess(
  (value) => (typeof value === 'string' ? value.replace(/ (?=\d\d:?\d\d$)/, '+') : value),
  z.iso.datetime({ offset: true }),
);

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const startHeadersSchema = z.object({
  'idempotency-key': idempotencyKeySchema.optional(),
  // A blank preference is ignored, like an unknown one.
  prefer: blankIsAbsent(z.string()).optional().meta({
    description: '`wait=N`: answer with the settled booking if that comes within N seconds, 60 at most.',
  }),
});

export const filterSchema = z.strictObject({
  status: statusSchema.optional(),
  provider: z.enum(PROVIDERS).optional(),
  account: z.string().optional(),
  attention: z.union([flag, z.string()]).optional().meta({
    description: 'true: waits for a person; false: does not; any other text: waits for this reason.',
  }),
  orderId: z.string().optional(),
  reference: z.string().optional(),
  startsFrom: queriedTime.optional(),
  startsTo: queriedTime.optional(),
  open: flag.optional().meta({ description: 'Whether it still runs.' }),
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).optional(),
  pageToken: z.string().optional(),
});

export const pageSchema = z.object({
  bookings: z.array(bookingSummarySchema.meta({ id: 'BookingSummary' })),
  nextPageToken: z.string().nullable(),
});

export const idSchema = z.object({ id: z.string() });

/** The sender's own token. It comes back in the booking's `lastRequest` as it was sent. */
const ownToken = token(MESSAGE_LIMITS.token).optional();

export const cancelSchema = z.strictObject({
  reason: blankIsAbsent(prose(MESSAGE_LIMITS.text)).optional(),
  order: z.enum(['cancel', 'keep']).optional(),
  acceptFees: z.boolean().optional(),
  id: ownToken,
});

/**
 * The question that a decision is about, as the booking showed it. It is refused (`attention_changed`) if that has
 * changed.
 */
const seen = {
  reason: text(MESSAGE_LIMITS.token)
    .optional()
    .meta({ description: 'The `reason` of the attention that this decides.' }),
  since: z.iso
    .datetime({ offset: true })
    .max(MESSAGE_LIMITS.token)
    .optional()
    .meta({ description: 'The `since` of the attention that this decides.' }),
};

export const retrySchema = z.strictObject({ ...seen, id: ownToken });

const CHOICE_NAMES = Object.keys(CHOICES).filter((name): name is Choice => name in CHOICES);

export const resolveSchema = z.strictObject({
  choice: z.enum(CHOICE_NAMES),
  why: someProse(MESSAGE_LIMITS.text).describe('For the record: why it was decided so.'),
  ...seen,
  id: ownToken,
});

export const rescheduleSchema = z.strictObject({
  windows: z.array(windowSchema).min(1).max(MESSAGE_LIMITS.windows).optional(),
  slot: slotChoiceSchema.optional(),
  acceptFees: z.boolean().optional(),
  id: ownToken,
});

/**
 * The parts of a move that are checked here. The client checks its windows and slot, because it knows relative days.
 */
const moveSchema = rescheduleSchema.extend({
  windows: z.unknown().optional(),
  slot: z.unknown().optional(),
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
