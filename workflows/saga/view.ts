import type { Appointment } from '../../src/booking/model';
import type { AppointmentView, BookingView } from '../../src/booking/schema/view';
import { smallView } from '../../src/booking/small-view';
import type { BookingTraces } from '../../src/booking/traces';
import type { AppointmentPart } from './parts/appointment';
import type { Begun, BegunState } from './state';

/**
 * Returns the booking as callers see it, small enough for the memo. It is pure, so it can answer the query at any time.
 */
export function viewOf(state: BegunState): BookingView {
  return smallView(wholeView(state));
}

function wholeView(state: BegunState): BookingView {
  const { request } = state.terms;
  const attention = state.attention.question;
  return {
    id: state.id,
    revision: state.revision,
    provider: state.terms.named.provider,
    account: state.terms.named.account,
    reference: request?.reference ?? null,
    status: state.progress.status,
    waitingFor: state.progress.waitingFor,
    order: state.order.known && {
      id: state.order.known.id,
      origin: state.order.known.origin,
      status: state.order.known.status,
    },
    appointment:
      state.appointment.held && appointmentView(state.appointment.held, state.appointment.replaces),
    attempts: state.search.attempts.map(({ startsAt, outcome, reason, at }) => ({
      startsAt,
      outcome,
      reason,
      at,
    })),
    attemptsLeftOut: 0,
    compensation: [...state.undo.compensation],
    attention: attention,
    failure: state.progress.failure,
    lastRequest: state.callers.lastRequest,
    createdAt: state.life.createdAt,
    updatedAt: state.updatedAt,
    stalled: null,
  };
}

/** Returns what the booking knows of its own calls beyond the view. */
export function tracesOf({ state }: Pick<Begun, 'state'>): BookingTraces {
  const { replaces } = state.appointment;
  return {
    opened: state.terms.request !== null,
    ownAppointmentIds: state.appointment.ownIds,
    leftIds: state.appointment.leftIds,
    inferredIds: state.appointment.inferredIds,
    acceptedCancels: state.undo.acceptedCancels,
    askedOfStaff: state.undo.askedOfStaff,
    openWrites: state.doubts.openWrites,
    unansweredStarts: state.doubts.unansweredStarts,
    acceptedRunId: state.life.acceptedRunId,
    ...(state.life.isAfterReset && { isAfterReset: true }),
    seenBefore: state.doubts.seenBefore,
    partlySeenStarts: state.doubts.partlySeenStarts,
    inferredUntil: state.doubts.inferredUntil ?? null,
    tookOver: state.appointment.tookOver,
    takenOver: state.appointment.takenOver,
    orderRefused: state.order.isRefused,
    orderLeft: state.order.isLeft,
    unknownBook: state.doubts.unknownBook,
    unknownOrderSince: state.order.unknownSince,
    undoCalls: state.undo.calls,
    cancel: state.callers.cancel,
    acceptFees: state.callers.acceptFees,
    phase: state.appointment.held?.phase ?? null,
    replaces: replaces && { id: replaces.id, startsAt: replaces.startsAt, phase: replaces.phase },
  };
}

function appointmentView(appointment: Appointment, replaces: AppointmentPart['replaces']): AppointmentView {
  const { orderId: _orderId, phase: _phase, ref: _ref, reason: _reason, ...rest } = appointment;
  const { isNearMatch: _isNearMatch, ...shown } = rest;
  return { ...shown, replaces: replaces?.id ?? null };
}
