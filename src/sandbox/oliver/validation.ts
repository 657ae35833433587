import { z } from 'zod';
import { refuseInput } from './errors';
import { TASK_STATUSES, TASK_TYPES } from './state';

/** The input that the sandbox accepts, as the contract defines it. Unknown fields pass: nothing forbids them. */

export const signInSchema = z.looseObject({ username: z.string(), password: z.string(), role: z.string() });
export type SignIn = z.infer<typeof signInSchema>;

export const APPOINTMENT_TYPES = ['wellness', 'sick', 'technician', 'recheck'] as const;
export type AppointmentType = (typeof APPOINTMENT_TYPES)[number];

const moment = z.iso.datetime({ offset: true });

export const openTimesSchema = z.looseObject({
  search_from_date: moment,
  appointment_type: z.enum(APPOINTMENT_TYPES),
});
export type OpenTimesQuery = z.infer<typeof openTimesSchema>;

/** An integer of any size, as digits. */
const integerId = z.union([z.int(), z.bigint()]).transform(String);

export const createSchema = z.looseObject({
  slot_id: z.string(),
  client_id: integerId.optional(),
  client_remote_id: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  phone: z.string().optional(),
  email: z.string().optional(),
  patient_id: integerId.optional(),
  patient_remote_id: z.string().optional(),
  note: z.string().optional(),
  status: z.enum(['REQUESTED', 'ACCEPTED', 'CONFIRMED']).optional(),
});
export type CreateAppointment = z.infer<typeof createSchema>;

/** Pages count from 0. The contract limits a page to 100 entries, so a larger size is refused. */
const paging = {
  page: z.coerce.number().int().min(0).default(0),
  per_page: z.coerce.number().int().min(1).max(100).default(50),
};
export interface Paging {
  page: number;
  per_page: number;
}

export const listSchema = z.looseObject({
  updated_at_start: moment,
  updated_at_end: moment.optional(),
  ...paging,
});
export type ListQuery = z.infer<typeof listSchema>;

export const clientsQuerySchema = z.looseObject({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
});
export type ClientsQuery = z.infer<typeof clientsQuerySchema>;

export const patientsQuerySchema = z.looseObject({ client_id: z.string(), name: z.string().optional() });
export type PatientsQuery = z.infer<typeof patientsQuerySchema>;

export const createTaskSchema = z.looseObject({
  title: z.string().min(1),
  description: z.string().default(''),
  task_type: z.enum(TASK_TYPES).default('task'),
  client_id: z.string().optional(),
  patient_id: z.string().optional(),
  reference_time_at: moment.optional(),
});
export type CreateTask = z.infer<typeof createTaskSchema>;

export const updateTaskSchema = z.looseObject({
  title: z.string().min(1).optional(),
  description: z.string().optional(),
  task_type: z.enum(TASK_TYPES).optional(),
  status: z.enum(TASK_STATUSES).optional(),
  client_id: z.string().optional(),
  patient_id: z.string().optional(),
  reference_time_at: moment.optional(),
});
export type UpdateTask = z.infer<typeof updateTaskSchema>;

export const tasksQuerySchema = z.looseObject({ status: z.enum(TASK_STATUSES).optional(), ...paging });
export type TasksQuery = z.infer<typeof tasksQuerySchema>;

/** Parses a body or a query. Refuses with 400 and names each wrong field, but never its value. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuseInput(
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}
