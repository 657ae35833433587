import { z } from 'zod';
import {
  anyFlag,
  count,
  flag,
  id,
  keyId,
  keyText,
  keyWords,
  listOf,
  listOrNone,
  soft,
  text,
  words,
} from '../reading';

/**
 * What comes back from Oliver, read as loosely as possible. Open times and the list are "proposed, subject to change"
 * in the contract, ids are integers in one answer and strings in the next, enums are open, unknown fields are let
 * through, and an odd element of a list costs only that element. Source: the contract's schemas and
 * docs/providers.md#times-ids-and-headers.
 */

/** The wrapping of every answer, errors included. */
export const envelopeWire = z.looseObject({
  success: flag,
  data: z.unknown().optional(),
  message: words,
  error: words,
});

/** The wrapping of a success. If its `success` cannot be read, it does not count as one. */
export const successWire = z.looseObject({ success: anyFlag.nullish(), data: z.unknown().optional() });

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

const openTime = z.looseObject({ date: text, times: listOrNone(timeSlot, 'uuid') });
export type OpenTimeWire = z.output<typeof openTime>;

/** Some languages write an empty list as `data: null`. */
export const openTimesWire = listOf(openTime, 'times')
  .nullable()
  .transform((days) => days ?? []);

/** An appointment. No field is required. */
export const appointmentWire = z.looseObject({
  id: soft(id),
  remote_id: soft(id),
  status: text,
  booking_date: text,
  end_date: text,
  created_at: text,
  updated_at: text,
  client_first_name: words,
  client_last_name: words,
  patient_name: words,
  remote_client_id: text,
  remote_patient_id: text,
});
export type AppointmentWire = z.output<typeof appointmentWire>;

/** The answer to create: the same fields, with a required id. */
export const createdWire = appointmentWire.extend({ id });

/**
 * A row of the list. If its id or people are present but unreadable, it may be anybody's, so the whole row is
 * unreadable.
 */
const appointmentRow = appointmentWire.extend({
  id: keyId,
  client_first_name: keyWords,
  client_last_name: keyWords,
  patient_name: keyWords,
  remote_client_id: keyText,
  remote_patient_id: keyText,
});

/** A page of a list. Its length tells what it does not say about itself. */
const pageOf = <T extends z.ZodType>(entry: T) =>
  z.looseObject({ content: listOf(entry, 'id'), per_page: count, total_pages: count, total_count: count });

export const appointmentPageWire = pageOf(appointmentRow);

const client = z.looseObject({ id, name: words, email: words, phone: text, remote_id: text });
export type ClientWire = z.output<typeof client>;
export const clientWire = client.nullable();

/** A list of clients. They are found by these fields, so an entry with an unreadable one counts as unreadable. */
export const clientsWire = listOf(
  client.extend({ name: keyWords, email: keyWords, phone: keyText, remote_id: keyText }),
  'id',
);

/** The contract's Patient has no remote id, but it is read if it comes. */
const patient = z.looseObject({ id, name: words, remote_id: keyText });
export type PatientWire = z.output<typeof patient>;
export const patientsWire = listOf(patient, 'id');

export const taskWire = z.looseObject({ id: soft(id), status: text, title: words, description: words });
export type TaskWire = z.output<typeof taskWire>;
/** A task of the list is found by its title. */
export const taskPageWire = pageOf(taskWire.extend({ title: keyWords }));
