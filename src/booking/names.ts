/** The fixed public names: workflow types, ids, queues, search attributes. Other teams' queries depend on them. */

export const WORKFLOW_TYPE = {
  booking: 'booking',
  cleanup: 'cleanup',
  slots: 'slots',
  sweep: 'sweep',
  audit: 'audit',
  bulk: 'bulk',
} as const;

/** The Temporal Schedule that looks for bookings that were cut off. */
export const SWEEP_SCHEDULE_ID = 'booking-sweep';

/** The Temporal Schedule, paused, that lists the encryption keys in use (src/temporal/key-list.ts). */
export const KEYS_SCHEDULE_ID = 'booking-keys';

/** The queue of the bookings themselves. Each vendor has one of its own: `queueOf` (vendors.ts). */
export const TASK_QUEUE = { bookings: 'bookings' } as const;

/** The Worker Deployment that builds with a `BOOKING_BUILD_ID` are versions of. */
export const DEPLOYMENT_NAME = 'bookings';

/** The activities with which a booking waits for a change at its provider. */
export const POLLS = ['awaitOrderChange', 'awaitAppointmentChange'] as const;

const BOOKING_PREFIX = 'booking:';

export function workflowIdOf(bookingId: string): string {
  return `${BOOKING_PREFIX}${bookingId}`;
}

/** Returns the booking id in a workflow id, or null when the workflow is not a booking. */
export function bookingIdOf(workflowId: string): string | null {
  return workflowId.startsWith(BOOKING_PREFIX) ? workflowId.slice(BOOKING_PREFIX.length) : null;
}

const CLEANUP_PREFIX = 'cleanup:';

export function cleanupIdOf(bookingId: string): string {
  return `${CLEANUP_PREFIX}${bookingId}`;
}

/** Returns the booking id in the workflow id of a booking or a clean-up; null for any other workflow. */
export function bookingIdIn(workflowId: string): string | null {
  if (workflowId.startsWith(CLEANUP_PREFIX)) return workflowId.slice(CLEANUP_PREFIX.length);
  return bookingIdOf(workflowId);
}

/** Returns the id of the workflow that resumes an incident: only one does at a time. */
export function bulkIdOf(incident: { reason: string; provider: string; account: string }): string {
  return `bulk:${incident.reason}:${incident.provider}:${incident.account}`;
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

/**
 * Memo fields of a booking. `key` and `request` are HMACs, which tell repeats apart without storing the request. `view`
 * is the booking as callers see it, and `traces` what a clean-up needs beside it. Both are read by describing the
 * execution, so that a read needs no worker.
 */
export const MEMO = {
  key: 'bookingKey',
  request: 'bookingRequest',
  view: 'bookingView',
  traces: 'bookingTraces',
} as const;

/** Memo field of a clean-up: the run of the booking that it cleans up after. */
export const AFTER_RUN_MEMO = 'afterRun';

/** Memo field of a clean-up: the run of the booking that was cut off, so that no run is cleaned up after twice. */
export const CUT_OFF_MEMO = 'cutOffRun';

/**
 * Marks an unencrypted payload: our codec decodes it to an object with this one property, and the guards refuse that. A
 * codec that throws would make Temporal retry the task for ever.
 */
export const PLAINTEXT_MARK = '$unencrypted';

/**
 * Marks a payload that our codec could not decrypt, because its key is unknown here or differs: an object with this one
 * property (see unreadable.ts). The codec encodes it to the ciphertext that it was.
 */
export const UNREADABLE_MARK = '$undecryptable';
