import { z } from 'zod';
import { ANSWER_BYTES, WEBHOOK_BYTES } from '../bytes';
import { VALUE_QUIRKS } from '../oddities';
import { messageSchema } from '../webhooks';
import { MODALITIES } from './rules';
import { createOrderSchema, usAddressSchema } from './validation';

/** All that the Junction sandbox remembers. It is kept in a file, so it is read back through these schemas. */

export const VISIT_KINDS = ['phlebotomy', 'psc'] as const;
export type VisitKind = (typeof VISIT_KINDS)[number];

const orderEventSchema = z.object({ id: z.number(), created_at: z.string(), status: z.string() });

const orderSchema = z.object({
  id: z.string(),
  detailId: z.string(),
  transactionId: z.string(),
  sampleId: z.string(),
  modality: z.enum(MODALITIES),
  labTestId: z.string(),
  request: createOrderSchema,
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Oldest first; the last one is where the order stands. */
  events: z.tuple([orderEventSchema], orderEventSchema),
});
export type OrderRecord = z.infer<typeof orderSchema>;

const appointmentEventSchema = z.object({
  created_at: z.string(),
  status: z.string(),
  data: z.record(z.string(), z.unknown()).nullable(),
});

const appointmentSchema = z.object({
  id: z.string(),
  orderId: z.string(),
  userId: z.string(),
  kind: z.enum(VISIT_KINDS),
  provider: z.string(),
  providerId: z.string(),
  externalId: z.string().nullable(),
  address: usAddressSchema,
  location: z.object({ lng: z.number(), lat: z.number() }),
  timezone: z.string(),
  startAt: z.string().nullable(),
  endAt: z.string().nullable(),
  /** The slot that it holds; null when it was made without one. */
  slotId: z.string().nullable(),
  status: z.string(),
  notes: z.string().nullable(),
  createdAt: z.string(),
  events: z.tuple([appointmentEventSchema], appointmentEventSchema),
});
export type AppointmentRecord = z.infer<typeof appointmentSchema>;

/** What the next bookings meet, set by `POST /_sandbox/confirmation`. See confirmation.ts for the modes. */
export const confirmationPlanSchema = z.strictObject({
  mode: z.enum(['sync', 'async', 'decline', 'never', 'reserve']),
  /** Real ms until the provider's word; without it, a sandbox minute. */
  afterMs: z.number().int().min(0).optional(),
  /** Bookings that it holds for. */
  times: z.number().int().min(1).default(1),
  /** Whether a booking without async confirmation that answers 500 goes on behind the caller's back. */
  held: z.boolean().default(false),
  reason: z.string().default('provider_declined'),
});
export type ConfirmationPlan = z.infer<typeof confirmationPlanSchema>;

/** What the account at Junction has, set by `POST /_sandbox/account`. */
export const accountSchema = z.strictObject({
  /** Closed beta: accounts may have it, ignore its fields, or be refused. */
  asyncConfirmation: z.enum(['on', 'ignored', 'refused']).default('on'),
  bookBeforeRequisition: z.boolean().default(false),
  pscScheduling: z.boolean().default(true),
  pscIdempotency: z.boolean().default(true),
  /** Without it several live appointments of one patient at one provider are let through. */
  oneAppointmentPerPatient: z.boolean().default(true),
  /** Without it a second book call on an order is let through: nothing documents that it is refused. */
  oneAppointmentPerOrder: z.boolean().default(true),
  physicianRequired: z.boolean().default(false),
});

/**
 * Ways in which answers break the contract's word, set by `POST /_sandbox/quirks`. See quirks.ts, and for those that
 * all sandboxes have ../oddities.ts and ../bytes.ts.
 */
export const QUIRKS = [
  'noOffsetTimes',
  'missingOrderId',
  'appointmentIdIsOrderId',
  'nullTimes',
  'nullTimezone',
  'missingAppointmentEvents',
  'missingEventStatus',
  'pendingBesideScheduled',
  'unknownEnums',
  'streetAddresses',
  'emptySecondLine',
  'missingNotes',
  'missingNames',
  'missingDetailsData',
  'missingLastEvent',
  'onlyTopLevelStatus',
  'orderCompletedName',
  'wrappedOrderAnswer',
  'areaTiers',
  'slotConflict404',
  'oddSlots',
  'oddDays',
  'midnightSlots',
  ...VALUE_QUIRKS,
  ...ANSWER_BYTES,
  ...WEBHOOK_BYTES,
] as const;
export type Quirk = (typeof QUIRKS)[number];
export const quirksSchema = z.partialRecord(z.enum(QUIRKS), z.boolean());

/** What the places' clocks and names of zones are, set by `POST /_sandbox/zone`. Null is as delivered. */
export const zoneSchema = z.strictObject({
  /**
   * The offset (`-07:00`) that the walls' clocks have all year. All times come with it, as from a vendor whose zone
   * data are newer than the reader's.
   */
  offset: z
    .string()
    .regex(/^[+-]\d\d:\d\d$/)
    .nullable()
    .default(null),
  /** What answers call the zone: another one, an abbreviation, or an empty text for none (null on the wire). */
  name: z.string().nullable().default(null),
});

const slotControlsSchema = z.object({
  /** Book calls that will find their slot taken by somebody else. */
  snatch: z.number(),
  /** Searches that will find nothing. */
  empty: z.number(),
  /** Slots that somebody else took. */
  taken: z.array(z.string()),
  /** Places of every slot; null: one to three at home, one at a PSC. */
  capacity: z.number().nullable(),
  /** Keys of earlier generations have expired. */
  keyGeneration: z.number(),
});

const jobBase = { id: z.string(), dueAt: z.number() };

export const jobSchema = z.discriminatedUnion('kind', [
  z.object({ ...jobBase, kind: z.literal('advance_order'), orderId: z.string(), to: z.string() }),
  z.object({
    ...jobBase,
    kind: z.literal('simulate'),
    orderId: z.string(),
    steps: z.array(z.string()),
    everyMs: z.number(),
  }),
  z.object({
    ...jobBase,
    kind: z.literal('decide'),
    appointmentId: z.string(),
    to: z.enum(['confirmed', 'cancelled']),
    reason: z.string().nullable(),
  }),
  z.object({ ...jobBase, kind: z.literal('requisition_due'), appointmentId: z.string() }),
  z.object({
    ...jobBase,
    kind: z.literal('visit'),
    appointmentId: z.string(),
    /** The start that was planned; the job is void once the appointment has moved. */
    startAt: z.string(),
    to: z.enum(['in_progress', 'completed']),
  }),
  z.object({ ...jobBase, kind: z.literal('deliver'), message: messageSchema, attempt: z.number() }),
]);
export type JunctionJob = z.infer<typeof jobSchema>;

/** A job before the agenda gives it its id and time. */
export type NewJob = JunctionJob extends infer J
  ? J extends JunctionJob
    ? Omit<J, 'id' | 'dueAt'>
    : never
  : never;

export const junctionStateSchema = z.object({
  version: z.literal(1),
  teamId: z.string(),
  /** Signs booking keys, so that none can be made up. */
  keySecret: z.string(),
  orders: z.record(z.string(), orderSchema),
  appointments: z.record(z.string(), appointmentSchema),
  nextEventId: z.number(),
  answers: z.record(z.string(), z.object({ status: z.number(), body: z.unknown(), at: z.number() })),
  unknownUsers: z.array(z.string()),
  confirmations: z.array(confirmationPlanSchema),
  account: accountSchema,
  quirks: quirksSchema,
  // A file of an earlier build does not have it.
  zone: zoneSchema.default({ offset: null, name: null }),
  slots: slotControlsSchema,
  advanceOrders: z.boolean(),
  jobs: z.array(jobSchema),
});
export type JunctionState = z.infer<typeof junctionStateSchema>;

/** A sandbox with nothing in it. */
export function emptyState(advanceOrders: boolean, keySecret: string): JunctionState {
  return {
    version: 1,
    teamId: '6353bcab-3526-4838-8c92-063fa760fb6b',
    keySecret,
    orders: {},
    appointments: {},
    nextEventId: 1,
    answers: {},
    unknownUsers: [],
    confirmations: [],
    account: accountSchema.parse({}),
    quirks: {},
    zone: { offset: null, name: null },
    slots: { snatch: 0, empty: 0, taken: [], capacity: null, keyGeneration: 0 },
    advanceOrders,
    jobs: [],
  };
}
