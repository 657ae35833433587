import type { Appointment } from '../src/booking/model';
import type { AppointmentView, BookingView } from '../src/booking/schema/view';
import type { BookingState } from './state';

/** The booking as callers see it. Pure; answers the query at any moment. */
export function viewOf(state: BookingState): BookingView {
  const { request } = state;
  return {
    id: state.id,
    revision: state.revision,
    provider: request.provider,
    account: request.account,
    reference: request.reference ?? null,
    status: state.status,
    waitingFor: state.waitingFor,
    order: state.order && { id: state.order.id, origin: state.order.origin, status: state.order.status },
    appointment: state.appointment && appointmentView(state.appointment, state.replaces),
    attempts: state.attempts.map(({ startsAt, outcome, reason, at }) => ({ startsAt, outcome, reason, at })),
    compensation: state.compensation,
    attention: state.attention,
    failure: state.failure,
    lastRequest: state.lastRequest,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
  };
}

function appointmentView(appointment: Appointment, replaces: Appointment | null): AppointmentView {
  const { orderId: _orderId, standing: _standing, ref: _ref, reason: _reason, ...shown } = appointment;
  return { ...shown, replaces: replaces?.id ?? null };
}
