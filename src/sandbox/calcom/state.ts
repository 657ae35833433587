import { z } from 'zod';
import { ANSWER_BYTES, WEBHOOK_BYTES } from '../bytes';
import { VALUE_QUIRKS } from '../oddities';
import { messageSchema } from '../webhooks';
import { SEED } from './seed';

/** The state of the Cal.com sandbox. It is kept in a file, so it is read back through these schemas. */

export const userSchema = z.object({
  id: z.number(),
  name: z.string(),
  email: z.string(),
  username: z.string(),
  timeZone: z.string(),
});
export type UserRecord = z.infer<typeof userSchema>;

/** What of an event type can be changed by `POST /_sandbox/event-types/{id}`. */
export const eventTypeSettings = {
  requiresConfirmation: z.boolean(),
  /** Whether a pending booking holds its time; the vendor's default is that it does not. */
  pendingHolds: z.boolean(),
  /** Whose wall clocks its schedule follows (8:00 to 18:00, Monday to Friday). */
  timeZone: z.string(),
  lengthMinutes: z.number().int().min(5).max(480),
  /** How far ahead of its start a booking must be, in minutes of real time. */
  noticeMinutes: z.number().int().min(0),
  allowsCancelling: z.boolean(),
  /** The slugs of booking fields that a create must answer. */
  requiredFields: z.array(z.string()),
  /** How many accepted bookings one e-mail may have; null: any number. */
  maxActivePerEmail: z.number().int().min(1).nullable(),
};

const eventTypeSchema = z.object({
  id: z.number(),
  slug: z.string(),
  title: z.string(),
  ownerId: z.number(),
  ...eventTypeSettings,
});
export type EventTypeRecord = z.infer<typeof eventTypeSchema>;

export const metadataSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const attendeeSchema = z.object({
  name: z.string(),
  email: z.string(),
  phoneNumber: z.string().nullable(),
  timeZone: z.string(),
  language: z.string(),
  absent: z.boolean(),
});

const bookingSchema = z.object({
  id: z.number(),
  uid: z.string(),
  eventTypeId: z.number(),
  hostId: z.number(),
  /** In UTC with milliseconds, as on the wire. */
  start: z.string(),
  end: z.string(),
  /** One of the vendor's own, or any other text that a control set. */
  status: z.string(),
  attendee: attendeeSchema,
  metadata: metadataSchema,
  responses: z.record(z.string(), z.unknown()),
  location: z.string().nullable(),
  cancellationReason: z.string().nullable(),
  cancelledBy: z.string().nullable(),
  reschedulingReason: z.string().nullable(),
  rescheduledBy: z.string().nullable(),
  fromUid: z.string().nullable(),
  toUid: z.string().nullable(),
  absentHost: z.boolean(),
  /** Whether reads show it at all. */
  listed: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string().nullable(),
});
export type BookingRecord = z.infer<typeof bookingSchema>;

/** What hosts do about pending bookings, set by `POST /_sandbox/host`. */
export const hostSchema = z.strictObject({
  acts: z.enum(['confirm', 'decline', 'leave']),
  /** Real ms until they do; null: a sandbox minute. */
  afterMs: z.number().int().min(0).nullable(),
});

/**
 * Ways in which answers break the contract, set by `POST /_sandbox/quirks`. See quirks.ts; the quirks that all
 * sandboxes have are in ../oddities.ts and ../bytes.ts.
 */
export const QUIRKS = [
  'unknownStatus',
  'missingOptional',
  'nullOptional',
  'missingMetadata',
  'recurring',
  'oddSlots',
  'oddDays',
  'midnightSlots',
  ...VALUE_QUIRKS,
  ...ANSWER_BYTES,
  ...WEBHOOK_BYTES,
] as const;
export type Quirk = (typeof QUIRKS)[number];
export const quirksSchema = z.partialRecord(z.enum(QUIRKS), z.boolean());

const jobBase = { id: z.string(), dueAt: z.number() };

const jobSchema = z.discriminatedUnion('kind', [
  z.object({ ...jobBase, kind: z.literal('word'), uid: z.string(), acts: z.enum(['confirm', 'decline']) }),
  z.object({ ...jobBase, kind: z.literal('deliver'), message: messageSchema, attempt: z.number() }),
]);
export type CalcomJob = z.infer<typeof jobSchema>;

/** A job before the agenda gives it its id and time. */
export type NewJob = CalcomJob extends infer J
  ? J extends CalcomJob
    ? Omit<J, 'id' | 'dueAt'>
    : never
  : never;

export const calcomStateSchema = z.object({
  version: z.literal(1),
  nextId: z.number(),
  users: z.array(userSchema),
  eventTypes: z.array(eventTypeSchema),
  bookings: z.array(bookingSchema),
  host: hostSchema,
  /** Keys that no longer work. */
  revokedKeys: z.array(z.string()),
  /** Calls a key may make in a sandbox minute; null: any number. */
  callsAMinute: z.number().nullable(),
  /** Whether reads show the bookings that are made from now on. */
  listsNew: z.boolean(),
  /** By how much the copy of the database that reads are made from lags, in real ms. */
  lagMs: z.number(),
  quirks: quirksSchema,
  slots: z.object({
    /** How many creates and moves will find their slot taken by somebody else. */
    snatch: z.number(),
    /** How many searches will find nothing. */
    empty: z.number(),
    /** Times that somebody else took, as `<host>|<start>`. */
    taken: z.array(z.string()),
  }),
  jobs: z.array(jobSchema),
});
export type CalcomState = z.infer<typeof calcomStateSchema>;

/** The limit of a key for which no other is set (docs/providers.md#pace-of-calcom). */
const CALLS_A_MINUTE = 120;

const FIRST_ID = 9_001;

/** Returns the state of a fresh sandbox: the seed's users and event types, and nothing booked. */
export function freshState(): CalcomState {
  return {
    version: 1,
    nextId: FIRST_ID,
    ...structuredClone(SEED),
    bookings: [],
    host: { acts: 'confirm', afterMs: null },
    revokedKeys: [],
    callsAMinute: CALLS_A_MINUTE,
    listsNew: true,
    lagMs: 0,
    quirks: {},
    slots: { snatch: 0, empty: 0, taken: [] },
    jobs: [],
  };
}
