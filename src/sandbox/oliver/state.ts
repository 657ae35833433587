import { z } from 'zod';
import { ANSWER_BYTES } from '../bytes';
import { VALUE_QUIRKS } from '../oddities';
import { SEED, FIRST_FREE_ID } from './seed';

/** The state of the Oliver sandbox. It is kept in a file, so it is read back through these schemas. */

/** The practices (locations, `X-Client-Id`) that the sandbox has; each sees only its own data. */
export const PRACTICES = ['1', '2'] as const;
export const practiceSchema = z.enum(PRACTICES);
export type Practice = (typeof PRACTICES)[number];

/** An id is a text of digits; a file of an earlier build has a number. */
const idSchema = z.union([z.string(), z.int().transform(String)]);

export const clientSchema = z.object({
  id: idSchema,
  practice: practiceSchema,
  /** Null: not in the practice's own system (PIMS). */
  remoteId: z.string().nullable(),
  firstName: z.string(),
  lastName: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
});
export type ClientRecord = z.infer<typeof clientSchema>;

export const patientSchema = z.object({
  id: idSchema,
  clientId: idSchema,
  remoteId: z.string().nullable(),
  name: z.string(),
  species: z.string(),
  breed: z.string(),
});
export type PatientRecord = z.infer<typeof patientSchema>;

const appointmentSchema = z.object({
  id: idSchema,
  practice: practiceSchema,
  remoteId: z.string().nullable(),
  clientId: idSchema,
  patientId: idSchema,
  /** The slot that it holds (see slots.ts); null when it was made without a slot. */
  slotKey: z.string().nullable(),
  startAt: z.string(),
  endAt: z.string(),
  /** One of Oliver's own statuses, or any other text that a control set. */
  status: z.string(),
  note: z.string().nullable(),
  /** Whether the practice's list shows it; the real list should show every appointment. */
  listed: z.boolean().default(true),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** When the practice accepted it; null while it has not. */
  acceptedAt: z.string().nullable().default(null),
});
export type AppointmentRecord = z.infer<typeof appointmentSchema>;

export const TASK_STATUSES = ['pending', 'completed', 'canceled'] as const;
export const TASK_TYPES = ['task', 'rx_refill'] as const;

const taskSchema = z.object({
  id: idSchema,
  practice: practiceSchema,
  type: z.enum(TASK_TYPES),
  status: z.enum(TASK_STATUSES),
  title: z.string(),
  description: z.string(),
  clientId: idSchema.nullable(),
  patientId: idSchema.nullable(),
  referenceTimeAt: z.string().nullable(),
  finalizedAt: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type TaskRecord = z.infer<typeof taskSchema>;

/** How a practice reacts to new appointments and tasks, set by `POST /_sandbox/clinic`. See clinic.ts for the modes. */
export const clinicSchema = z.strictObject({
  accept: z.enum(['auto', 'accept', 'confirm', 'decline', 'leave', 'delete']),
  /** Real ms until the clinic acts on a new appointment; null: a sandbox minute. */
  afterMs: z.number().int().min(0).nullable(),
  /** Whether it completes its staff tasks by itself. */
  completesTasks: z.boolean(),
  /** Real ms until it completes a task; null: a sandbox minute. */
  afterTaskMs: z.number().int().min(0).nullable(),
  /** Whether its list shows appointments that are created from now on. */
  listsNew: z.boolean(),
});
export type Clinic = z.infer<typeof clinicSchema>;

/** Behaviour of Oliver that is unknown, set by `POST /_sandbox/account`. */
export const accountSchema = z.strictObject({
  /**
   * Whether a create for a slot that holds a live appointment is refused (docs/providers.md#the-list-of-appointments:
   * unknown).
   */
  secondCreate: z.enum(['refused', 'allowed']),
});

/** The offset (`-07:00`) of a practice's wall clocks all year, whatever its zone; null: the zone's own. */
export const offsetSchema = z
  .string()
  .regex(/^[+-]\d\d:\d\d$/)
  .nullable();

/**
 * Ways in which answers break the contract, set by `POST /_sandbox/quirks`. See quirks.ts; the quirks that all
 * sandboxes have are in ../oddities.ts and ../bytes.ts.
 */
export const QUIRKS = [
  'unknownStatus',
  'swappedIds',
  'missingOptional',
  'bareCreate',
  'missingRemoteIds',
  'nullOptional',
  'schemaTimes',
  'patientRemoteIds',
  'bigIds',
  'oddSlots',
  'oddDays',
  'midnightSlots',
  ...VALUE_QUIRKS,
  ...ANSWER_BYTES,
] as const;
export type Quirk = (typeof QUIRKS)[number];
export const quirksSchema = z.partialRecord(z.enum(QUIRKS), z.boolean());

const jobBase = { id: z.string(), dueAt: z.number() };

const jobSchema = z.discriminatedUnion('kind', [
  z.object({ ...jobBase, kind: z.literal('word'), appointmentId: idSchema, to: z.string() }),
  z.object({
    ...jobBase,
    kind: z.literal('visit'),
    appointmentId: idSchema,
    /** The start when the job was planned; the job does nothing once the appointment has another start. */
    startAt: z.string(),
    to: z.enum(['IN_PROGRESS', 'DONE']),
  }),
  z.object({ ...jobBase, kind: z.literal('task'), taskId: idSchema }),
]);
export type OliverJob = z.infer<typeof jobSchema>;

/** A job before the agenda gives it its id and time. */
export type NewJob = OliverJob extends infer J
  ? J extends OliverJob
    ? Omit<J, 'id' | 'dueAt'>
    : never
  : never;

export const oliverStateSchema = z.object({
  version: z.literal(1),
  /** Signs tokens, so that they cannot be forged. */
  tokenSecret: z.string(),
  /** Tokens of earlier generations have expired. */
  tokenGeneration: z.number(),
  /** Clients, patients, appointments and tasks share this counter, so that no two records have the same id. */
  nextId: z.number(),
  clients: z.array(clientSchema),
  patients: z.array(patientSchema),
  appointments: z.array(appointmentSchema),
  tasks: z.array(taskSchema),
  // A file of an earlier build does not have `listsNew`.
  clinics: z.record(practiceSchema, clinicSchema.extend({ listsNew: z.boolean().default(true) })),
  account: accountSchema,
  quirks: quirksSchema,
  // `POST /_sandbox/zone` sets it. A file of an earlier build does not have this field.
  offsets: z.record(practiceSchema, offsetSchema).default({ '1': null, '2': null }),
  slots: z.object({
    /** How many creates will find their slot taken by somebody else. */
    snatch: z.number(),
    /** How many searches will find nothing. */
    empty: z.number(),
    /** Slots that somebody else took. */
    taken: z.array(z.string()),
  }),
  jobs: z.array(jobSchema),
});
export type OliverState = z.infer<typeof oliverStateSchema>;

const OBLIGING: Clinic = {
  accept: 'auto',
  afterMs: null,
  completesTasks: true,
  afterTaskMs: null,
  listsNew: true,
};

/** Returns the state of a fresh sandbox: the seed's clients and patients, and nothing booked. */
export function freshState(tokenSecret: string): OliverState {
  return {
    version: 1,
    tokenSecret,
    tokenGeneration: 0,
    nextId: FIRST_FREE_ID,
    ...structuredClone(SEED),
    appointments: [],
    tasks: [],
    clinics: { '1': { ...OBLIGING }, '2': { ...OBLIGING } },
    account: { secondCreate: 'refused' },
    quirks: {},
    offsets: { '1': null, '2': null },
    slots: { snatch: 0, empty: 0, taken: [] },
    jobs: [],
  };
}
