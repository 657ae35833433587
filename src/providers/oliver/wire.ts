import { z } from 'zod';
import { MAX_ID_LENGTH } from '../bounded';

/**
 * What comes back from Oliver, read as loosely as it can be: open times and the list are "proposed, subject to
 * change" in the contract, ids are integers in one answer and strings in the next, enums are open, fields that we
 * do not know are let through. Source: the contract's schemas and providers.md, "Oliver".
 */

/** A field that may be missing, null or of a shape we do not know. */
const soft = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

/** Both id types as one. */
const id = z.union([z.string().min(1).max(MAX_ID_LENGTH), z.number().transform(String)]);
const text = soft(z.union([z.string(), z.number().transform(String)]));
const number = soft(z.number());

/** Entries that are no objects at all are dropped; one of them must not cost the whole answer. */
const listOf = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry.nullable().catch(null))
    .transform((entries) => entries.filter((one): one is NonNullable<typeof one> => one !== null));

/** What every answer is wrapped in, errors included. */
export const envelopeWire = z.looseObject({
  success: soft(z.boolean()),
  data: z.unknown().optional(),
  message: text,
  error: text,
});

export const tokenWire = z.looseObject({ token: z.string().min(1) });

const timeSlot = z.looseObject({
  uuid: text,
  start: text,
  end: text,
  value: text,
  provider_id: text,
  room_id: text,
});
export type TimeSlotWire = z.output<typeof timeSlot>;

const openTime = z.looseObject({ date: text, times: listOf(timeSlot).nullish().catch(null) });
export type OpenTimeWire = z.output<typeof openTime>;
export const openTimesWire = listOf(openTime);

/** An appointment of the list. No field is required there. */
export const appointmentWire = z.looseObject({
  id: soft(id),
  remote_id: soft(id),
  status: text,
  booking_date: text,
  end_date: text,
  created_at: text,
  updated_at: text,
  client_first_name: text,
  client_last_name: text,
  patient_name: text,
  remote_client_id: text,
  remote_patient_id: text,
});
export type AppointmentWire = z.output<typeof appointmentWire>;

/** The answer to create: the same fields, and an id that we cannot work without. */
export const createdWire = appointmentWire.extend({ id });

/** A page; whatever it does not say about itself is told from its length. */
const pageOf = <T extends z.ZodType>(entry: T) =>
  z.looseObject({ content: listOf(entry), per_page: number, total_pages: number, total_count: number });

export const appointmentPageWire = pageOf(appointmentWire);

const client = z.looseObject({ id, name: text, email: text, phone: text, remote_id: text });
export type ClientWire = z.output<typeof client>;
export const clientWire = client.nullable();
export const clientsWire = listOf(client);

/** The contract's Patient has no remote id; it is read where it comes all the same. */
const patient = z.looseObject({ id, name: text, remote_id: text });
export type PatientWire = z.output<typeof patient>;
export const patientsWire = listOf(patient);

export const taskWire = z.looseObject({ id: soft(id), status: text, title: text, description: text });
export type TaskWire = z.output<typeof taskWire>;
export const taskPageWire = pageOf(taskWire);
