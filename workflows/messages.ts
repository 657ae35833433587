import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BulkProgress, CutOff } from '../src/booking/ops';
import type { FoundSlots } from '../src/booking/model';
import type { MessageReceipt } from '../src/booking/messages';
import type { BookingTraces } from '../src/booking/traces';
import type { BookingView } from '../src/booking/schema/view';

/**
 * The message definitions of the workflows, with fixed public names. Every body is `unknown`, because any Temporal
 * client can send anything; saga/guard.ts reads it.
 */

/** These signals wake the booking, so that it reads the provider once. They carry no state. */
export const appointmentUpdated = defineSignal<[unknown?]>('appointmentUpdated');
export const orderUpdated = defineSignal<[unknown?]>('orderUpdated');

export const reschedule = defineSignal<[unknown?]>('reschedule');
export const cancel = defineSignal<[unknown?]>('cancel');
export const retry = defineSignal<[unknown?]>('retry');
export const resolve = defineSignal<[unknown?]>('resolve');

/**
 * The updates take the signals' bodies. They answer once the message is accepted, or fail with a failure code as type.
 */
export const rescheduleBooking = defineUpdate<MessageReceipt, [unknown?]>('rescheduleBooking');
export const cancelBooking = defineUpdate<MessageReceipt, [unknown?]>('cancelBooking');
export const retryBooking = defineUpdate<MessageReceipt, [unknown?]>('retryBooking');
export const resolveBooking = defineUpdate<MessageReceipt, [unknown?]>('resolveBooking');

/**
 * The booking as callers see it, for plain Temporal clients; our own client reads the memo. The query is refused while
 * it would play events ahead of their task (interceptors/guarded-reads.ts): then ask again.
 */
export const bookingQuery = defineQuery<BookingView>('booking');

/** Output of the `slots` workflow: a search without a booking. */
export type SlotSearchResult = FoundSlots;

/** Asks a running `bulk` workflow to resume its incident once more; the body is a `BulkInput`. */
export const resumeAgain = defineSignal<[unknown?]>('resumeAgain');

/** How far the `bulk` workflow has come. */
export const bulkProgress = defineQuery<BulkProgress>('bulkProgress');

/** Input of the `cleanup` workflow. */
export type CleanupInput = LateEffect | AfterCutOff;

/** An ended booking whose unanswered call may have taken effect after all. */
export interface LateEffect {
  bookingId: string;
  /** The final view's `createdAt`. Together with the id it forms the refs of that booking. */
  createdAt: string;
  request: unknown;
  orderId: string | null;
  /** What the booking knew of its own calls; absent from earlier builds. */
  traces?: BookingTraces | null;
}

/** A booking's run that was cut off before the booking's own end. */
export interface AfterCutOff {
  bookingId: string;
  cutOff: CutOff;
}
