import type { Appointment } from '../src/booking/model';
import type { AppointmentView, BookingView } from '../src/booking/schema/view';
import { smallView } from '../src/booking/small-view';
import type { BookingTraces } from '../src/booking/traces';
import type { Booking, BookingState } from './state';

/** The booking as callers see it, small enough for the memo. Pure; answers the query at any moment. */
export function viewOf(state: BookingState): BookingView {
  return smallView(wholeView(state));
}

function wholeView(state: BookingState): BookingView {
  const { request, attention } = state;
  return {
    id: state.id,
    revision: state.revision,
    provider: state.named.provider,
    account: state.named.account,
    reference: request.reference ?? null,
    status: state.status,
    waitingFor: state.waitingFor,
    order: state.order.known && {
      id: state.order.known.id,
      origin: state.order.known.origin,
      status: state.order.known.status,
    },
    appointment: state.appointment && appointmentView(state.appointment, state.replaces),
    attempts: state.attempts.map(({ startsAt, outcome, reason, at }) => ({ startsAt, outcome, reason, at })),
    attemptsLeftOut: 0,
    compensation: state.compensation,
    attention: attention,
    failure: state.failure,
    lastRequest: state.lastRequest,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    stalled: null,
  };
}

/** What the booking knows of its own calls beyond the view. */
export function tracesOf({ state, opened }: Pick<Booking, 'state' | 'opened'>): BookingTraces {
  const { replaces } = state;
  return {
    opened,
    ownAppointmentIds: state.ownAppointmentIds,
    leftIds: state.leftIds,
    inferredIds: state.inferredIds,
    acceptedCancels: state.acceptedCancels,
    askedOfStaff: state.askedOfStaff,
    openWrites: state.openWrites,
    unansweredStarts: state.unansweredStarts,
    acceptedRunId: state.acceptedRunId,
    seenBefore: state.seenBefore,
    ...(state.partlySeenStarts && { partlySeenStarts: state.partlySeenStarts }),
    tookOver: state.tookOver,
    takenOver: state.takenOver,
    orderRefused: state.order.isRefused,
    orderLeft: state.order.isLeft,
    unknownBook: state.unknownBook,
    unknownOrderSince: state.order.unknownSince,
    undoCalls: state.undoCalls,
    cancel: state.cancel,
    acceptFees: state.acceptFees,
    standing: state.appointment?.standing ?? null,
    replaces: replaces && { id: replaces.id, startsAt: replaces.startsAt, standing: replaces.standing },
  };
}

function appointmentView(appointment: Appointment, replaces: BookingState['replaces']): AppointmentView {
  const { orderId: _orderId, standing: _standing, ref: _ref, reason: _reason, ...rest } = appointment;
  const { isNearMatch: _isNearMatch, ...shown } = rest;
  return { ...shown, replaces: replaces?.id ?? null };
}
