import { z } from 'zod';
import { ANSWER_BYTES, WEBHOOK_BYTES } from '../bytes';
import { VALUE_QUIRKS } from '../oddities';
import { messageSchema } from '../webhooks';
import { MODALITIES } from './rules';
import { createOrderSchema, usAddressSchema } from './validation';

/** The state of the Junction sandbox. It is kept in a file, so it is read back through these schemas. */

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
  /** Oldest first; the last event is the order's status. */
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
  /** The slot that it holds; null when it was made without a slot. */
  slotId: z.string().nullable(),
  status: z.string(),
  notes: z.string().nullable(),
  createdAt: z.string(),
  events: z.tuple([appointmentEventSchema], appointmentEventSchema),
});
export type AppointmentRecord = z.infer<typeof appointmentSchema>;

/** How the next bookings are confirmed, set by `POST /_sandbox/confirmation`. See confirmation.ts for the modes. */
export const confirmationPlanSchema = z.strictObject({
  mode: z.enum(['sync', 'async', 'decline', 'never', 'reserve']),
  /** Real ms until the provider decides; a sandbox minute by default. */
  afterMs: z.number().int().min(0).optional(),
  /** How many bookings it applies to. */
  times: z.number().int().min(1).default(1),
  /** Whether a booking without async confirmation goes on after its call was answered with 500. */
  held: z.boolean().default(false),
  reason: z.string().default('provider_declined'),
});
export type ConfirmationPlan = z.infer<typeof confirmationPlanSchema>;

/** The features of the account at Junction, set by `POST /_sandbox/account`. */
export const accountSchema = z.strictObject({
  /** A closed beta: an account has it, has its fields ignored, or is refused. */
  asyncConfirmation: z.enum(['on', 'ignored', 'refused']).default('on'),
  bookBeforeRequisition: z.boolean().default(false),
  pscScheduling: z.boolean().default(true),
  pscIdempotency: z.boolean().default(true),
  /** When false, one patient can have several live appointments at one provider. */
  oneAppointmentPerPatient: z.boolean().default(true),
  /** When false, a second book call on an order succeeds: nothing documents that it is refused. */
  oneAppointmentPerOrder: z.boolean().default(true),
  physicianRequired: z.boolean().default(false),
});

/**
 * Ways in which answers break the contract, set by `POST /_sandbox/quirks`. See quirks.ts; the quirks that all
 * sandboxes have are in ../oddities.ts and ../bytes.ts.
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

/** The clocks and zone names of the places, set by `POST /_sandbox/zone`. Null: as delivered. */
export const zoneSchema = z.strictObject({
  /**
   * The offset (`-07:00`) of the wall clocks all year. All times come with it, as from a vendor whose zone data are
   * newer than the reader's.
   */
  offset: z
    .string()
    .regex(/^[+-]\d\d:\d\d$/)
    .nullable()
    .default(null),
  /** The zone's name in answers: another zone, an abbreviation, or an empty text for no name (null on the wire). */
  name: z.string().nullable().default(null),
});

const slotControlsSchema = z.object({
  /** How many book calls will find their slot taken by somebody else. */
  snatch: z.number(),
  /** How many searches will find nothing. */
  empty: z.number(),
  /** Slots that somebody else took. */
  taken: z.array(z.string()),
  /** How many places every slot has; null: one to three at home, one at a PSC. */
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
    /** The start when the job was planned; the job does nothing once the appointment has another start. */
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
  /** Signs booking keys, so that they cannot be forged. */
  keySecret: z.string(),
  orders: z.record(z.string(), orderSchema),
  appointments: z.record(z.string(), appointmentSchema),
  nextEventId: z.number(),
  answers: z.record(z.string(), z.object({ status: z.number(), body: z.unknown(), at: z.number() })),
  unknownUsers: z.array(z.string()),
  confirmations: z.array(confirmationPlanSchema),
  account: accountSchema,
  quirks: quirksSchema,
  // A file of an earlier build does not have this field.
  zone: zoneSchema.default({ offset: null, name: null }),
  slots: slotControlsSchema,
  advanceOrders: z.boolean(),
  jobs: z.array(jobSchema),
});
export type JunctionState = z.infer<typeof junctionStateSchema>;

/** Returns the state of an empty sandbox. */
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
