import type { Appointment, Sighting } from '../../booking/model';
import { notesWithRef } from '../../booking/notes';
import { syncWindowMs } from '../../booking/request-parts';
import { unclear } from '../http';
import type { BookCall, Call, CancelCall, MoveCall, Where } from '../provider';
import { readOrder } from './orders';
import { toAppointment } from './parse';
import type { CancellationReasons } from './reasons';
import { ask, demand, type Session } from './session';
import { appointmentWire } from './wire';

/** The contract's limit for `appointment_notes`, in characters. */
export const MAX_NOTES_LENGTH = 1000;

/**
 * Takes a slot. The time limit grows by the window in which Junction itself waits for the confirmation. With a key the
 * answer may be a replay from when the key was first used; it does not say so.
 */
export async function book(session: Session, call: Call, booking: BookCall): Promise<Appointment> {
  const orderId = orderOf(booking.orderId);
  const key = session.dialect.bookTakesKey ? booking.key : null;
  const wire = await demand(
    session,
    { ...call, timeoutMs: call.timeoutMs + syncWindowMs(booking.request) },
    'book',
    appointmentWire,
    { orderId, body: bookBody(booking), key },
  );
  return toAppointment(wire, orderId, session.notice);
}

/**
 * Moves the order's current appointment to another slot (contract: AppointmentRescheduleRequest). There is no key and
 * no async confirmation. An unclear answer is looked up, and so is an answer that shows the appointment at another
 * time.
 */
export async function reschedule(session: Session, call: Call, move: MoveCall): Promise<Appointment> {
  const orderId = orderOf(move.orderId);
  const body = {
    booking_key: move.slotKey,
    appointment_notes: notesWithRef(move.request.notes, move.ref, MAX_NOTES_LENGTH),
  };
  const wire = await demand(session, call, 'reschedule', appointmentWire, { orderId, body });
  const moved = toAppointment(wire, orderId, session.notice);
  if (moved.startsAt === null || Date.parse(moved.startsAt) === Date.parse(move.startsAt)) return moved;
  throw unclear('write', 'accepted, but the answer shows the appointment at another time');
}

/**
 * Returns the order's appointment. If there is none, or only a cancelled one, the order is read as well: a wrong URL
 * answers 404 too, and only a readable order proves that there is no appointment.
 */
export async function lookUp(session: Session, call: Call, where: Pick<Where, 'orderId'>): Promise<Sighting> {
  const orderId = orderOf(where.orderId);
  const current = await appointmentOf(session, call, orderId);
  if (current && current.phase !== 'cancelled') return { order: null, live: [current], ended: [] };
  return { order: await readOrder(session, call, orderId), live: [], ended: current ? [current] : [] };
}

/**
 * Cancels the order's current appointment: Junction's call names the order, not the appointment. It neither looks first
 * nor reads after. "Already cancelled" counts as an accepted cancel, whose answer does not show the appointment.
 */
export async function cancelAppointment(
  session: Session,
  reasons: CancellationReasons,
  call: Call,
  cancel: CancelCall,
): Promise<Appointment | null> {
  const orderId = orderOf(cancel.orderId);
  const { reasonId, note } = await reasons.choose(call, cancel.reason);
  const reply = await ask(session, call, 'cancel_appointment', appointmentWire, {
    orderId,
    body: session.dialect.cancelBody(reasonId, note),
  });
  return reply.is === 'done' ? toAppointment(reply.value, orderId, session.notice) : null;
}

async function appointmentOf(session: Session, call: Call, orderId: string): Promise<Appointment | null> {
  const reply = await ask(session, call, 'appointment', appointmentWire, { orderId });
  return reply.is === 'done' ? toAppointment(reply.value, orderId, session.notice) : null;
}

function bookBody({ slotKey, ref, request }: BookCall): Record<string, unknown> {
  const body = {
    booking_key: slotKey,
    appointment_notes: notesWithRef(request.notes, ref, MAX_NOTES_LENGTH),
  };
  const { confirmation } = request;
  if (!confirmation?.async) return body;
  return {
    ...body,
    async_confirmation: true,
    sync_confirmation_timeout_millisecond: confirmation.syncTimeoutMs,
    async_confirmation_timeout_millisecond: confirmation.asyncTimeoutMs,
  };
}

/** Returns the order id. Every appointment at Junction serves an order, so a call without one is a bug of ours. */
function orderOf(orderId: string | null): string {
  if (orderId === null) throw new Error('Junction appointments need an order id');
  return orderId;
}
