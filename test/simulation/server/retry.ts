import { temporal } from '@temporalio/proto';
import { msOf, type Failure } from './payloads';

/** When the server tries an activity again. Pure. */

export import RetryState = temporal.api.enums.v1.RetryState;
export import TimeoutType = temporal.api.enums.v1.TimeoutType;

/** The retry policy of an activity, its lengths in ms. */
export interface RetryPolicy {
  initialMs: number;
  coefficient: number;
  /** Longest pause; 0 for a hundred times the first. */
  maximumMs: number;
  /** 0: as many as it takes. */
  maximumAttempts: number;
  nonRetryableTypes: readonly string[];
}

const DEFAULT_INITIAL_MS = 1_000;
const DEFAULT_COEFFICIENT = 2;
const MAXIMUM_OVER_INITIAL = 100;

export function policyOf(given: temporal.api.common.v1.IRetryPolicy | null | undefined): RetryPolicy {
  return {
    initialMs: msOf(given?.initialInterval) || DEFAULT_INITIAL_MS,
    coefficient: given?.backoffCoefficient || DEFAULT_COEFFICIENT,
    maximumMs: msOf(given?.maximumInterval),
    maximumAttempts: given?.maximumAttempts ?? 0,
    nonRetryableTypes: given?.nonRetryableErrorTypes ?? [],
  };
}

/** A try that failed. */
export interface FailedTry {
  policy: RetryPolicy;
  /** The number of the try, from 1. */
  attempt: number;
  failure: Failure;
  nowMs: number;
  /** When the whole activity is to be over; null for never. */
  expiresMs: number | null;
}

export type Verdict = { again: true; afterMs: number } | { again: false; why: number };

/** Whether there is another try, and after which pause; else why there is none, as the protocol's RetryState. */
export function verdictOn({ policy, attempt, failure, nowMs, expiresMs }: FailedTry): Verdict {
  if (failure.timeoutFailureInfo?.timeoutType === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE)
    return { again: false, why: RetryState.RETRY_STATE_TIMEOUT };
  if (!isRetryable(failure, policy.nonRetryableTypes))
    return { again: false, why: RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE };
  if (policy.maximumAttempts > 0 && attempt >= policy.maximumAttempts)
    return { again: false, why: RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED };
  const afterMs = msOf(failure.applicationFailureInfo?.nextRetryDelay) || pauseMs(policy, attempt);
  if (expiresMs !== null && nowMs + afterMs > expiresMs)
    return { again: false, why: RetryState.RETRY_STATE_TIMEOUT };
  return { again: true, afterMs };
}

/** The pause after a try: it grows with each, up to the policy's maximum. */
export function pauseMs({ initialMs, coefficient, maximumMs }: RetryPolicy, attempt: number): number {
  const longestMs = maximumMs || initialMs * MAXIMUM_OVER_INITIAL;
  return Math.min(initialMs * coefficient ** (attempt - 1), longestMs);
}

/** A try that ran out of its own time is made again; one that nobody picked up in time, or whose activity is over, is not. */
const RETRYABLE_TIMEOUTS: readonly unknown[] = [
  TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE,
  TimeoutType.TIMEOUT_TYPE_HEARTBEAT,
];

function isRetryable(failure: Failure, nonRetryableTypes: readonly string[]): boolean {
  const { applicationFailureInfo: application, timeoutFailureInfo: timeout } = failure;
  if (failure.canceledFailureInfo || failure.terminatedFailureInfo) return false;
  if (timeout) return RETRYABLE_TIMEOUTS.includes(timeout.timeoutType);
  if (application) return !application.nonRetryable && !nonRetryableTypes.includes(application.type ?? '');
  return true;
}
