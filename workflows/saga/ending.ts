import { ApplicationFailure, ActivityFailure, TimeoutFailure, isCancellation } from '@temporalio/workflow';
import {
  FAILURES,
  Failure,
  failureRow,
  isFailureCode,
  type FailureCode,
  type FailureFacts,
} from '../../src/booking/failures';

/** What ends the forward steps of a booking: thrown through them, caught once in ../booking.ts. */
export class Ending extends Error {
  override readonly name = 'Ending';
  constructor(
    readonly status: 'cancelled' | 'failed',
    readonly code: FailureCode,
    readonly facts: FailureFacts = {},
  ) {
    super(FAILURES[code].text);
  }
}

/** Returns true when a failure ends the booking by itself (its owner is the request, the order or the slot). */
export function endsBooking(failure: Failure): boolean {
  const { owner } = failureRow(failure.code);
  return owner === 'request' || owner === 'order' || owner === 'slot';
}

/**
 * Returns the failure of the table that an error carries, and null when it carries none: a bug of the workflow, a
 * cancel or an ending. A bug inside an activity is `activity_failed`, which pauses the booking.
 */
export function failureOf(err: unknown): Failure | null {
  if (err instanceof Failure) return err;
  if (isCancellation(err) || !(err instanceof ActivityFailure)) return null;
  const { cause } = err;
  if (cause instanceof ApplicationFailure && isFailureCode(cause.type)) {
    return new Failure(cause.type, factsOf(cause.details));
  }
  if (cause instanceof TimeoutFailure)
    return new Failure('provider_unavailable', { said: 'no answer in time' });
  return new Failure('activity_failed', { said: err.activityType });
}

/** Returns true when a write was lost on its way: timed out, or gone with its worker. Its effect is unknown. */
export function isLostWrite(err: unknown): boolean {
  return err instanceof ActivityFailure && err.cause instanceof TimeoutFailure;
}

function factsOf(details: unknown[] | null | undefined): FailureFacts {
  const facts = details?.[0];
  // toApplicationFailure of activities/failures.ts is the only writer of these details.
  return typeof facts === 'object' && facts !== null ? facts : {};
}
