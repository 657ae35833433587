import { z } from 'zod';
import { ANSWER_BYTES } from '../bytes';
import { VALUE_QUIRKS } from '../oddities';
import { SEED, FIRST_FREE_ID } from './seed';

/** All that the Oliver sandbox remembers. It is kept in a file, so it is read back through these schemas. */

/** The practices (locations, `X-Client-Id`) that the sandbox has; each sees only its own data. */
export const PRACTICES = ['1', '2'] as const;
export const practiceSchema = z.enum(PRACTICES);
export type Practice = (typeof PRACTICES)[number];

/** Digits; a file of an earlier build has a number. */
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
  /** The slot that it holds (see slots.ts); null when it was made without one. */
  slotKey: z.string().nullable(),
  startAt: z.string(),
  endAt: z.string(),
  /** One of Oliver's own words, or any other that a control gave. */
  status: z.string(),
  note: z.string().nullable(),
  /** Whether the practice's list shows it, as it should. */
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

/** What a practice does about what it is sent, set by `POST /_sandbox/clinic`. See clinic.ts for the modes. */
export const clinicSchema = z.strictObject({
  accept: z.enum(['auto', 'accept', 'confirm', 'decline', 'leave', 'delete']),
  /** Real ms until the clinic's word on a new appointment; null: a sandbox minute. */
  afterMs: z.number().int().min(0).nullable(),
  /** Whether it completes its staff tasks without being told. */
  completesTasks: z.boolean(),
  /** Real ms until it does; null: a sandbox minute. */
  afterTaskMs: z.number().int().min(0).nullable(),
  /** Whether its list shows what is created from now on. */
  listsNew: z.boolean(),
});
export type Clinic = z.infer<typeof clinicSchema>;

/** What could not be found out about Oliver, set by `POST /_sandbox/account`. */
export const accountSchema = z.strictObject({
  /** Whether a create for a slot that holds a live appointment is refused (docs/providers.md#the-list-of-appointments: unknown). */
  secondCreate: z.enum(['refused', 'allowed']),
});

/** An offset (`-07:00`) that a practice's clocks have all year, whatever its zone; null: the zone's own. */
export const offsetSchema = z
  .string()
  .regex(/^[+-]\d\d:\d\d$/)
  .nullable();

/**
 * Ways in which answers break the contract's word, set by `POST /_sandbox/quirks`. See quirks.ts, and for those that
 * all sandboxes have ../oddities.ts and ../bytes.ts.
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
    /** The start that was planned; the job is void once the appointment has moved. */
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
  /** Signs tokens, so that none can be made up. */
  tokenSecret: z.string(),
  /** Tokens of earlier generations have expired. */
  tokenGeneration: z.number(),
  /** Clients, patients, appointments and tasks share one row of numbers, so that no id can stand for another. */
  nextId: z.number(),
  clients: z.array(clientSchema),
  patients: z.array(patientSchema),
  appointments: z.array(appointmentSchema),
  tasks: z.array(taskSchema),
  // A file of an earlier build does not have the last field.
  clinics: z.record(practiceSchema, clinicSchema.extend({ listsNew: z.boolean().default(true) })),
  account: accountSchema,
  quirks: quirksSchema,
  // A file of an earlier build does not have it. Set by `POST /_sandbox/zone`.
  offsets: z.record(practiceSchema, offsetSchema).default({ '1': null, '2': null }),
  slots: z.object({
    /** Creates that will find their slot taken by somebody else. */
    snatch: z.number(),
    /** Searches that will find nothing. */
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

/** A sandbox as it is delivered: the seed's clients and patients, and nothing booked. */
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
