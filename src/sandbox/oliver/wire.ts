import type { DateTime } from 'luxon';
import type { Context } from './context';
import { fullName, patientsOf } from './people';
import { quirky } from './quirks';
import type { OpenDay, Slot } from './slots';
import type { AppointmentRecord, ClientRecord, PatientRecord, TaskRecord } from './state';
import type { Paging } from './validation';

/** The shapes of answers as the contract defines them, before and after the quirks that are on. */

export type Wire = Record<string, unknown>;

/** Wraps the data of an answer. */
export function success(data: unknown, message?: string): Wire {
  return { success: true, data, ...(message === undefined ? {} : { message }) };
}

/** Returns one page of a list (contract: AppointmentResponse, StaffTaskListResponse). */
export function page<T>(all: T[], { page: number, per_page: size }: Paging, show: (item: T) => Wire): Wire {
  return {
    page: number,
    per_page: size,
    total_pages: Math.ceil(all.length / size),
    total_count: all.length,
    content: all.slice(number * size, (number + 1) * size).map(show),
  };
}

/** Returns the answer to a create: an integer id, `null` for absent values (contract: CreateAppointmentResponse). */
export function createdAnswer(context: Context, appointment: AppointmentRecord): Wire {
  const { id, remoteId } = appointment;
  const { client, patient, common } = partsOf(context, appointment);
  return quirky(context.state.quirks, 'created', {
    id: BigInt(id),
    remote_id: remoteId,
    remote_client_id: client.remoteId,
    remote_patient_id: patient.remoteId,
    ...common,
    referral_source: null,
    referral_campaign: null,
    referral_medium: null,
    client_email: client.email,
    client_phone: client.phone,
  });
}

/**
 * Returns an entry of the list (contract: Appointment). Its id is a string. It leaves out absent values, the note, and
 * Oliver's own ids of client and patient.
 */
export function listedAnswer(context: Context, appointment: AppointmentRecord): Wire {
  const { client, patient, common } = partsOf(context, appointment);
  return quirky(context.state.quirks, 'listed', {
    id: appointment.id,
    ...common,
    ...given('remote_id', appointment.remoteId),
    ...given('remote_client_id', client.remoteId),
    ...given('remote_patient_id', patient.remoteId),
    ...given('client_email', client.email),
    ...given('client_phone', client.phone),
  });
}

/** Returns everything that the sandbox knows of an appointment, for `GET /_sandbox/state`, without quirks. */
export function plainAppointment(appointment: AppointmentRecord): Wire {
  const { id, practice, clientId, patientId, status, note } = appointment;
  return {
    id,
    practice,
    client_id: clientId,
    patient_id: patientId,
    status,
    note,
    booking_date: appointment.startAt,
    end_date: appointment.endAt,
    created_at: appointment.createdAt,
    updated_at: appointment.updatedAt,
    accepted_at: appointment.acceptedAt,
  };
}

/** Returns a client with its patients (contract: Client). */
export function clientAnswer(context: Context, client: ClientRecord): Wire {
  return quirky(context.state.quirks, 'client', {
    id: client.id,
    name: fullName(client),
    ...given('email', client.email),
    ...given('phone', client.phone),
    ...given('remote_id', client.remoteId),
    patients: patientsOf(context, client).map((patient) => patientAnswer(context, patient)),
  });
}

/** Returns a patient (contract: Patient, which has no remote id). */
export function patientAnswer(context: Context, patient: PatientRecord): Wire {
  const { id, name, clientId, species, breed } = patient;
  const wire = { id, name, client_id: clientId, species, breed };
  const shown = context.state.quirks.patientRemoteIds ? { ...wire, remote_id: patient.remoteId } : wire;
  return quirky(context.state.quirks, 'patient', shown);
}

/** Returns a staff task (contract: StaffTask), quirks included. */
export function taskAnswer(context: Context, task: TaskRecord): Wire {
  return quirky(context.state.quirks, 'task', plainTask(task));
}

/** Returns a staff task as the contract defines it, without quirks. */
export function plainTask(task: TaskRecord): Wire {
  return {
    id: task.id,
    task_type: task.type,
    status: task.status,
    title: task.title,
    description: task.description,
    client_id: task.clientId,
    patient_id: task.patientId,
    cancellation_allowed: true,
    override_completion_action_text: null,
    reference_time_at: task.referenceTimeAt,
    finalized_at: task.finalizedAt,
    created_at: task.createdAt,
    updated_at: task.updatedAt,
  };
}

/** Returns a day's open times in the practice's wall time, in the formats of the descriptions (contract: OpenTime). */
export function openDayAnswer(context: Context, { day, slots }: OpenDay): Wire {
  return quirky(context.state.quirks, 'openDay', {
    date: day.toFormat('MM/dd/yyyy'),
    available: slots.length > 0,
    times: slots.map((slot) => ({ ...timeSlot(slot) })),
  });
}

/** Caches the wire form of slots: searches share the slots, and formatting them is slow. */
const written = new WeakMap<Slot, Wire>();

function timeSlot(slot: Slot): Wire {
  const known = written.get(slot);
  if (known) return known;
  const { start, end, vet, type, uuid } = slot;
  const wire = {
    start: wallTime(start),
    end: wallTime(end),
    label: start.toFormat('h:mm a').toLowerCase(),
    provider_id: vet.id,
    room_id: vet.roomId,
    appointment_type_ids: [type],
    value: start.toFormat('HH:mm'),
    uuid,
  };
  written.set(slot, wire);
  return wire;
}

function wallTime(time: DateTime): string {
  return time.toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

function partsOf(context: Context, appointment: AppointmentRecord) {
  const { clients, patients } = context.state;
  const client = clients.find(({ id }) => id === appointment.clientId);
  const patient = patients.find(({ id }) => id === appointment.patientId);
  if (!client || !patient) throw new Error('an appointment has lost its client or patient');
  const common = {
    status: appointment.status,
    booking_date: appointment.startAt,
    end_date: appointment.endAt,
    created_at: appointment.createdAt,
    updated_at: appointment.updatedAt,
    client_first_name: client.firstName,
    client_last_name: client.lastName,
    client_type: 'RETURNING',
    patient_name: patient.name,
  };
  return { client, patient, common };
}

function given(field: string, value: string | null): Wire {
  return value === null ? {} : { [field]: value };
}
