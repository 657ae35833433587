import { Failure } from '../../booking/failures';
import { cutAtGrapheme } from '../../booking/graphemes';
import type { Appointment } from '../../booking/model';
import { isSameTime } from '../../booking/times';
import { unclear } from '../http';
import type { BookCall, Call, CancelCall, MoveCall } from '../provider';
import { attendeeOf } from './attendee';
import { REF_KEY, toAppointment } from './parse';
import { accountOf, ask, demand, type Session } from './session';
import { eventTypeOf } from './slots';
import { rfc3339, timeOf } from './times';
import { bookingWire } from './wire';

/** Cal.com's three writes. None takes an idempotency key, and each names what it is about by uid. */

/** Takes a slot. The ref goes into the metadata, which comes back and goes along when the booking is moved. */
export async function book(session: Session, call: Call, booking: BookCall): Promise<Appointment> {
  const account = accountOf(session, call);
  const { request, ref, slotKey } = booking;
  const { data } = await demand(session, call, 'book', bookingWire, {
    body: {
      start: startOf(slotKey),
      eventTypeId: eventTypeOf(request),
      attendee: attendeeOf(request, account.timezone),
      metadata: { [REF_KEY]: ref },
      ...(request.notes !== undefined && { bookingFieldsResponses: { notes: request.notes } }),
    },
  });
  const taken = toAppointment(data, account, session.notice);
  if (taken.ref === null || taken.ref === ref) return taken;
  throw unclear('write', "answered with a booking that carries another call's reference");
}

/**
 * Moves a booking. The answer is a new one, which has the metadata of the old one and so its ref. An answer that shows
 * another time does not say that it moved.
 */
export async function reschedule(session: Session, call: Call, move: MoveCall): Promise<Appointment> {
  const { data } = await demand(session, call, 'reschedule', bookingWire, {
    uid: move.appointmentId,
    body: { start: startOf(move.slotKey) },
  });
  const moved = toAppointment(data, accountOf(session, call), session.notice);
  if (moved.startsAt === null || isSameTime(moved.startsAt, move.startsAt)) return moved;
  throw unclear('write', 'accepted, but the answer shows the booking at another time');
}

/** Cancels a booking. "Already cancelled" counts as accepted: a read tells whether it ended, or was moved. */
export async function cancelAppointment(
  session: Session,
  call: Call,
  { appointmentId, reason }: CancelCall,
): Promise<Appointment | null> {
  const reply = await ask(session, call, 'cancel', bookingWire, {
    uid: appointmentId,
    body: { cancellationReason: cutAtGrapheme(reason ?? '', MAX_REASON_LENGTH).trim() || REASON },
  });
  return reply.is === 'done'
    ? toAppointment(reply.value.data, accountOf(session, call), session.notice)
    : null;
}

/** The key of a host must give a reason, so every cancel has one (docs/providers.md#cancelling-at-calcom). */
const REASON = 'The booking was given up.';

/** No limit is documented. */
const MAX_REASON_LENGTH = 500;

/** Returns a slot's start in UTC. A key that is no time is none of ours, and nothing is sent. */
function startOf(slotKey: string): string {
  const start = timeOf(slotKey);
  if (!start?.isExact) throw new Failure('slot_key_invalid', { sent: 'no' });
  return rfc3339(start.ms);
}
