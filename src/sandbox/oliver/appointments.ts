import { planWord, statusAtCreate } from './clinic';
import { isLive, newId, timestamp, type Context } from './context';
import { REFUSALS } from './errors';
import { namedClient, namedPatient } from './people';
import { claim, slotOf } from './slots';
import type { AppointmentRecord, Practice } from './state';
import type { CreateAppointment, ListQuery } from './validation';

/** Creates appointments, lists them by when they changed, and changes them. Every change goes through here. */

/** Books a slot. Refuses an unknown client or patient before it looks at the slot. */
export function create(context: Context, practice: Practice, body: CreateAppointment): AppointmentRecord {
  const client = namedClient(context, practice, body);
  const patient = namedPatient(context, client, body);
  const slot = slotOf(context, practice, body.slot_id);
  claim(context, slot);
  const appointment = add(context, {
    practice,
    clientId: client.id,
    patientId: patient.id,
    slotKey: slot.key,
    startAt: slot.start.toUTC().toISO() ?? '',
    endAt: slot.end.toUTC().toISO() ?? '',
    status: body.status ?? statusAtCreate(context, practice),
    note: body.note ?? null,
    listed: context.state.clinics[practice].listsNew,
  });
  planWord(context, appointment);
  return appointment;
}

/** Adds an appointment that somebody at the practice's desk made, not a create. */
export function add(
  context: Context,
  made: Omit<AppointmentRecord, 'id' | 'remoteId' | 'createdAt' | 'updatedAt' | 'acceptedAt'>,
): AppointmentRecord {
  const at = timestamp(context);
  const acceptedAt = isAccepted(made.status) ? at : null;
  const times = { createdAt: at, updatedAt: at, acceptedAt };
  const appointment = { id: newId(context), remoteId: null, ...made, ...times };
  context.state.appointments.push(appointment);
  planVisit(context, appointment);
  return appointment;
}

/** Returns a practice's appointments that last changed within the window, in the order of their last changes. */
export function list(context: Context, practice: Practice, query: ListQuery): AppointmentRecord[] {
  const from = Date.parse(query.updated_at_start);
  const to = query.updated_at_end === undefined ? context.clock.now() : Date.parse(query.updated_at_end);
  return context.state.appointments
    .filter(({ practice: theirs, listed, updatedAt }) => {
      const at = Date.parse(updatedAt);
      return listed && theirs === practice && at >= from && at <= to;
    })
    .sort((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt));
}

/** Returns the appointment of an id. Refuses with 404 when there is none. */
export function appointmentOf(context: Context, id: string): AppointmentRecord {
  const found = context.state.appointments.find((appointment) => appointment.id === id);
  if (!found) throw REFUSALS.noAppointment();
  return found;
}

/** Gives an appointment a status, other times, or both; it counts as changed now. */
export function change(
  context: Context,
  appointment: AppointmentRecord,
  to: Partial<Pick<AppointmentRecord, 'status' | 'startAt' | 'endAt' | 'slotKey' | 'listed'>>,
): void {
  const moved = to.startAt !== undefined && to.startAt !== appointment.startAt;
  const at = timestamp(context);
  const acceptedAt = appointment.acceptedAt ?? (isAccepted(to.status) ? at : null);
  Object.assign(appointment, to, { updatedAt: at, acceptedAt });
  if (moved) planVisit(context, appointment);
}

function isAccepted(status: string | undefined): boolean {
  return status === 'ACCEPTED' || status === 'CONFIRMED';
}

/** Plans the start and end of a live appointment's visit at its own times: visits take place in real time. */
function planVisit(context: Context, appointment: AppointmentRecord): void {
  if (!isLive(appointment)) return;
  const { id: appointmentId, startAt, endAt } = appointment;
  const visit = { kind: 'visit', appointmentId, startAt } as const;
  context.plan({ ...visit, to: 'IN_PROGRESS' }, Date.parse(startAt) - context.clock.now());
  context.plan({ ...visit, to: 'DONE' }, Date.parse(endAt) - context.clock.now());
}
