import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BulkProgress, CutOff } from '../src/booking/ops';
import type { FoundSlots } from '../src/booking/model';
import type { MessageReceipt } from '../src/booking/messages';
import type { BookingTraces } from '../src/booking/traces';
import type { BookingView } from '../src/booking/schema/view';

/**
 * The message definitions of the workflows: fixed public names. Every body is `unknown` here, because any
 * Temporal client can send anything; saga/guard.ts makes sense of it.
 */

/** Wake up and read the provider once; they carry no state. */
export const appointmentUpdated = defineSignal<[unknown?]>('appointmentUpdated');
export const orderUpdated = defineSignal<[unknown?]>('orderUpdated');

export const reschedule = defineSignal<[unknown?]>('reschedule');
export const cancel = defineSignal<[unknown?]>('cancel');
export const retry = defineSignal<[unknown?]>('retry');
export const resolve = defineSignal<[unknown?]>('resolve');

/** The same bodies as the signals; answer once the message is accepted, refuse with its failure code as type. */
export const rescheduleBooking = defineUpdate<MessageReceipt, [unknown?]>('rescheduleBooking');
export const cancelBooking = defineUpdate<MessageReceipt, [unknown?]>('cancelBooking');
export const retryBooking = defineUpdate<MessageReceipt, [unknown?]>('retryBooking');
export const resolveBooking = defineUpdate<MessageReceipt, [unknown?]>('resolveBooking');

/** The booking as callers see it, for plain Temporal clients; ours read the memo. Refused while it would play events ahead of their task: ask again then (interceptors/guarded-reads.ts). */
export const bookingQuery = defineQuery<BookingView>('booking');

/** Output of the `slots` workflow: a search without a booking. */
export type SlotSearchResult = FoundSlots;

/** One more request to resume the incident of a `bulk` workflow under way; the body is a `BulkInput`. */
export const resumeAgain = defineSignal<[unknown?]>('resumeAgain');

/** How far the `bulk` workflow has come. */
export const bulkProgress = defineQuery<BulkProgress>('bulkProgress');

/** Input of the `cleanup` workflow. */
export type CleanupInput = LateEffect | AfterCutOff;

/** An ended booking whose unanswered call may have taken effect after all. */
export interface LateEffect {
  bookingId: string;
  /** The final view's `createdAt`: with the id it makes up the refs of that booking. */
  createdAt: string;
  request: unknown;
  orderId: string | null;
  /** What it knew of its own calls; an earlier build gives none. */
  traces?: BookingTraces | null;
}

/** A booking's run that was cut off before the booking's own end. */
export interface AfterCutOff {
  bookingId: string;
  cutOff: CutOff;
}
