import { z } from 'zod';
import { PROVIDERS } from '../vendors';

/** The zod schemas of a booking as callers see it. Workflows take the types only. */

export const STATUSES = [
  'ordering',
  'searching',
  'booking',
  'awaiting_confirmation',
  'confirmed',
  'rescheduling',
  'in_progress',
  'completed',
  'compensating',
  'cancelled',
  'failed',
] as const;
export const statusSchema = z.enum(STATUSES);

const time = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC' });

const offsetsSchema = z.object({ startsAt: z.string(), endsAt: z.string() }).optional().meta({
  description:
    'Offsets from UTC, ±HH:MM, by which the provider wrote the times. Only where they contradict the zone: the clock at the place is by them.',
});

const addressSchema = z.object({
  firstLine: z.string(),
  secondLine: z.string().nullish(),
  city: z.string(),
  state: z.string(),
  zip: z.string(),
  country: z.string().nullish(),
  accessNotes: z.string().nullish(),
});

const placeSchema = z.object({
  code: z.string().nullable(),
  name: z.string().nullable(),
  address: addressSchema.nullable(),
});

export const slotSchema = z.object({
  key: z.string(),
  startsAt: time,
  endsAt: time,
  expiresAt: time.nullable(),
  timezone: z.string().nullable(),
  offsets: offsetsSchema,
  price: z.number().nullable(),
  distance: z.number().nullable(),
  location: z.object({ lng: z.number(), lat: z.number() }).nullable(),
  place: placeSchema.nullable(),
});

export const appointmentViewSchema = z.object({
  id: z.string(),
  provider: z.string(),
  providerId: z.string().nullable(),
  externalId: z.string().nullable(),
  type: z.string(),
  status: z.string(),
  eventStatus: z.string().nullable(),
  startsAt: time.nullable(),
  endsAt: time.nullable(),
  timezone: z.string().nullable(),
  offsets: offsetsSchema,
  address: addressSchema.nullable(),
  location: z.object({ lng: z.number(), lat: z.number() }).nullable(),
  place: placeSchema.nullable(),
  canReschedule: z.boolean().nullable(),
  /** The id of the appointment that this one replaces, while both stand. */
  replaces: z.string().nullable(),
});

/**
 * `gone`: somebody else has the slot; `refused`: the call itself was refused, with no effect; `declined`: the provider
 * took it back; `released`: given back unconfirmed. `unknown` on a settled attempt: its call was never accounted for;
 * see the `cleanup` workflow.
 */
export const ATTEMPT_OUTCOMES = [
  'booking',
  'unknown',
  'held',
  'gone',
  'refused',
  'declined',
  'released',
  'confirmed',
] as const;
/**
 * Why a booking stands still and cannot say so itself. `task_failing`: its workflow task fails again and again;
 * `no_worker`: no worker takes its workflow task; `activity_waiting`: no worker takes its activity; `paused`: somebody
 * paused it, or its activity, in Temporal.
 */
export const STALLS = ['task_failing', 'no_worker', 'activity_waiting', 'paused'] as const;
export const UNDO_OUTCOMES = ['pending', 'undone', 'nothing_to_undo', 'left_to_person'] as const;

export const bookingViewSchema = z.object({
  id: z.string(),
  /** Grows with every change of the view. */
  revision: z.number().int(),
  /** Null, like the account, until the request was read, if it names no known one. */
  provider: z.enum(PROVIDERS).nullable(),
  account: z.string().nullable(),
  reference: z.string().nullable(),
  status: statusSchema,
  waitingFor: z.object({ what: z.string(), since: time, until: time.nullable() }).nullable(),
  order: z.object({ id: z.string(), origin: z.enum(['placed', 'adopted']), status: z.string() }).nullable(),
  appointment: appointmentViewSchema.nullable(),
  attempts: z.array(
    z.object({
      /** Null where the provider agrees on the time with the patient. */
      startsAt: time.nullable(),
      outcome: z.enum(ATTEMPT_OUTCOMES),
      reason: z.string().nullable(),
      at: time,
    }),
  ),
  /** How many of the oldest attempts are left out, so that a view stays small. */
  attemptsLeftOut: z.number().int(),
  compensation: z.array(
    z.object({
      step: z.enum(['appointment', 'order']),
      outcome: z.enum(UNDO_OUTCOMES),
      attempts: z.number().int(),
      at: time,
    }),
  ),
  attention: z
    .object({
      reason: z.string(),
      message: z.string(),
      since: time,
      tried: z.array(z.string()),
      /** How many of the oldest lines are left out. */
      triedLeftOut: z.number().int(),
      choices: z.array(z.string()),
    })
    .nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** What became of the last message from a caller. `id` is the sender's own, if it gave one. */
  lastRequest: z
    .object({
      kind: z.string(),
      outcome: z.enum(['accepted', 'refused']),
      code: z.string().nullable(),
      id: z.string().nullable(),
      by: z.string().nullable(),
      at: time,
    })
    .nullable(),
  createdAt: time,
  updatedAt: time,
  /** Set by the reader when Temporal shows that the booking cannot go on: then the view is out of date. */
  stalled: z.object({ since: time.nullable(), why: z.enum(STALLS) }).nullable(),
});

export type BookingStatus = z.infer<typeof statusSchema>;
export type BookingView = z.infer<typeof bookingViewSchema>;
export type AppointmentView = z.infer<typeof appointmentViewSchema>;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];
export type Stalled = NonNullable<BookingView['stalled']>;
export type UndoOutcome = (typeof UNDO_OUTCOMES)[number];
