/** The fixed public names: workflow types, ids, queues, search attributes. Other teams' queries depend on them. */

export const WORKFLOW_TYPE = { booking: 'booking', cleanup: 'cleanup', slots: 'slots' } as const;

export const TASK_QUEUE = {
  bookings: 'bookings',
  junction: 'bookings-junction',
  oliver: 'bookings-oliver',
} as const;

const BOOKING_PREFIX = 'booking:';

export function workflowIdOf(bookingId: string): string {
  return `${BOOKING_PREFIX}${bookingId}`;
}

/** The booking id in a workflow id; null when it is not a booking's. */
export function bookingIdOf(workflowId: string): string | null {
  return workflowId.startsWith(BOOKING_PREFIX) ? workflowId.slice(BOOKING_PREFIX.length) : null;
}

export function cleanupIdOf(bookingId: string): string {
  return `cleanup:${bookingId}`;
}

/** Search attributes and their Temporal types. Never encrypted, so none may identify a patient. */
export const SEARCH_ATTRIBUTES = {
  BookingStatus: 'KEYWORD',
  BookingProvider: 'KEYWORD',
  BookingAccount: 'KEYWORD',
  BookingOrderId: 'KEYWORD',
  BookingReference: 'KEYWORD',
  BookingStartsAt: 'DATETIME',
  BookingAttention: 'KEYWORD',
} as const;

/** Memo fields of a booking: HMACs, so that repeats are told apart without storing what was asked. */
export const MEMO = { key: 'bookingKey', request: 'bookingRequest' } as const;

/**
 * What an unencrypted payload looks like after our codec decoded it: an object with this one property. The
 * guards refuse it; a codec that throws would make Temporal retry the task for ever.
 */
export const PLAINTEXT_MARK = '$unencrypted';
