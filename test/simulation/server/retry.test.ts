import type { Failure } from './payloads';
import { pauseMs, policyOf, RetryState, TimeoutType, verdictOn, type FailedTry } from './retry';

/** When the model of the server tries an activity again: what Temporal's documentation says of retry policies. */

const POLICY = policyOf({
  initialInterval: { nanos: 500_000_000 },
  backoffCoefficient: 3,
  maximumInterval: { nanos: 0, seconds: null },
});

const FAILED: Failure = { message: 'no', applicationFailureInfo: { type: 'provider_unavailable' } };

function verdict(over: Partial<FailedTry> = {}) {
  return verdictOn({ policy: POLICY, attempt: 1, failure: FAILED, nowMs: 1_000, expiresMs: null, ...over });
}

test('a policy that says nothing begins with a second and doubles, without an end', () => {
  expect(policyOf(null)).toEqual({
    initialMs: 1_000,
    coefficient: 2,
    maximumMs: 0,
    maximumAttempts: 0,
    nonRetryableTypes: [],
  });
});

test.each([
  [1, 500],
  [2, 1_500],
  [3, 4_500],
])('the pause after try %i grows by the coefficient', (attempt, ms) => {
  expect(pauseMs(POLICY, attempt)).toBe(ms);
});

test('the pause grows up to the maximum, or a hundred times the first', () => {
  expect(pauseMs({ ...POLICY, maximumMs: 2_000 }, 9)).toBe(2_000);
  expect(pauseMs(POLICY, 99)).toBe(50_000);
});

test('a failure that names its own pause has it, however long', () => {
  const failure = { applicationFailureInfo: { nextRetryDelay: { nanos: 250_000_000 } } };
  const policy = { ...POLICY, maximumMs: 100 };
  expect(verdict({ failure, policy })).toEqual({ again: true, afterMs: 250 });
});

test.each<[string, Partial<FailedTry>, RetryState]>([
  [
    'that says so itself',
    { failure: { applicationFailureInfo: { nonRetryable: true } } },
    RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
  ],
  [
    'of a type that the policy names',
    { policy: { ...POLICY, nonRetryableTypes: ['provider_unavailable'] } },
    RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
  ],
  [
    'of the last try',
    { policy: { ...POLICY, maximumAttempts: 4 }, attempt: 4 },
    RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
  ],
  ['whose pause would end after the whole activity', { expiresMs: 1_499 }, RetryState.RETRY_STATE_TIMEOUT],
  [
    'of which the whole activity is over',
    { failure: { timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE } } },
    RetryState.RETRY_STATE_TIMEOUT,
  ],
  [
    'that nobody picked up in time',
    { failure: { timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START } } },
    RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
  ],
])('a failure %s is the last', (_what, over, why) => {
  expect(verdict(over)).toEqual({ again: false, why });
});

test.each([TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE, TimeoutType.TIMEOUT_TYPE_HEARTBEAT])(
  'a try that ran out of its own time (%i) is made again',
  (timeoutType) => {
    expect(verdict({ failure: { timeoutFailureInfo: { timeoutType } } })).toEqual({
      again: true,
      afterMs: 500,
    });
  },
);
