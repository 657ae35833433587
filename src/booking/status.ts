import type { BookingStatus, BookingView } from './schema/view';

/** The rules of a booking's status. Pure: workflows import it. */

const NOT_CONFIRMED = ['compensating', 'cancelled', 'failed'] as const;

/**
 * Where a booking may go from each status. A booking that made nothing ends without `compensating`; any other that does
 * not complete passes through it. Nothing leads out of an end.
 */
export const TRANSITIONS: Readonly<Record<BookingStatus, readonly BookingStatus[]>> = {
  ordering: ['searching', ...NOT_CONFIRMED],
  // An appointment that is taken over skips the book call and keeps its phase.
  searching: ['booking', 'awaiting_confirmation', 'confirmed', 'in_progress', 'completed', ...NOT_CONFIRMED],
  booking: ['searching', 'awaiting_confirmation', 'confirmed', 'in_progress', 'completed', ...NOT_CONFIRMED],
  // Declined or out of time: another slot.
  awaiting_confirmation: ['searching', 'booking', 'confirmed', 'in_progress', 'completed', ...NOT_CONFIRMED],
  // The provider may cancel, and another slot may then be looked for.
  confirmed: [
    'searching',
    'awaiting_confirmation',
    'rescheduling',
    'in_progress',
    'completed',
    ...NOT_CONFIRMED,
  ],
  rescheduling: [
    'searching',
    'awaiting_confirmation',
    'confirmed',
    'in_progress',
    'completed',
    ...NOT_CONFIRMED,
  ],
  in_progress: ['searching', 'confirmed', 'completed', ...NOT_CONFIRMED],
  compensating: ['cancelled', 'failed'],
  completed: [],
  cancelled: [],
  failed: [],
};

/** Returns true when a booking may go from one status to the other. It may always stay where it is. */
export function mayMove(from: BookingStatus, to: BookingStatus): boolean {
  return from === to || TRANSITIONS[from].includes(to);
}

/** Returns true when a booking with this status is over for good. */
export function isEndStatus(status: BookingStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** Returns true when a booking with this status still runs. */
export function isOpen(status: BookingStatus): boolean {
  return !isEndStatus(status);
}

/** Returns true when a waiting caller can stop waiting: the booking is confirmed, has ended, or waits for a person. */
export function isSettled(view: StatusFields): boolean {
  return view.status === 'confirmed' || view.attention !== null || isFinal(view);
}

type StatusFields = Pick<BookingView, 'status' | 'attention' | 'compensation' | 'waitingFor'>;

/**
 * Returns true when nothing more happens to a booking: it has ended, and so has the clean-up after it, if there is one.
 */
export function isFinal({ status, attention, compensation, waitingFor }: StatusFields): boolean {
  const isPending = waitingFor !== null || compensation.some(({ outcome }) => outcome === 'pending');
  return isEndStatus(status) && !isPending && attention === null;
}
