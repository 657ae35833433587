import { RetryState } from '@temporalio/common';
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import type { CoreActivities, ProviderActivities } from '../../activities/contract';
import { triesWithin } from '../../src/booking/backoff';
import { CALLS_IN_A_WRITE, CALLS_IN_AN_ACTIVITY } from '../../src/booking/limits';
import { TASK_QUEUE } from '../../src/booking/names';
import { syncWindowMs } from '../../src/booking/request-parts';
import { nowMs } from './clock';
import { publish, publishAll } from './publish';
import { patienceMsOf, type Booking } from './state';

/**
 * How the saga calls the world: the options of every activity, in one place.
 *
 * Reads are tried again by the server until patience runs out. Writes get one attempt: only the workflow decides
 * what follows an unclear one. Polls fail softly and are retried by the server for as long as they are wanted.
 * None has a schedule-to-start or schedule-to-close limit: with no worker about, a booking waits and loses nothing.
 */

const SECOND_MS = 1_000;

/** What Temporal adds to an activity's own limit, so that a read which ends itself can still say how long it tried. */
const LEEWAY_MS = 2 * SECOND_MS;

/** How many tries a read has beyond those that fit into its patience. */
const SPARE_TRIES = 3;

const LONGEST_PAUSE_MS = 60 * SECOND_MS;
const RETRY = { initialInterval: SECOND_MS, maximumInterval: LONGEST_PAUSE_MS, backoffCoefficient: 2 };

const CORE_OPTIONS: ActivityOptions = {
  taskQueue: TASK_QUEUE.bookings,
  startToCloseTimeout: 10 * SECOND_MS,
  retry: RETRY,
};

/** Activities of the project's own queue. */
export function core(summary: string) {
  return proxyActivities<CoreActivities>({ ...CORE_OPTIONS, summary });
}

/** Activities that read only the settings and the clock, and call no provider. */
type SettingsActivities = Pick<CoreActivities, 'openBooking' | 'openReschedule'>;

/** Such an activity takes milliseconds. It has to end well before its workflow task, which has 10 s. */
const LOCAL_OPTIONS: LocalActivityOptions = {
  startToCloseTimeout: 5 * SECOND_MS,
  retry: RETRY,
  // A pause does not hold up a task: each pause is a timer, after which another worker may try.
  localRetryThreshold: 0,
};

/**
 * Returns the activities that call no provider. They are local activities: the worker that runs the workflow task runs
 * them within it, and the history has one event for each, a marker, instead of six. Their input is not recorded.
 */
export function local(summary: string): SettingsActivities {
  const calls = proxyLocalActivities<SettingsActivities>({ ...LOCAL_OPTIONS, summary });
  return {
    openBooking: (input) => asCall('openBooking', calls.openBooking(input)),
    openReschedule: (input) => asCall('openReschedule', calls.openReschedule(input)),
  };
}

/** Rejects as another activity does. Core tells what a local one threw as it is, without saying that it was a call. */
async function asCall<T>(activityType: keyof SettingsActivities, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (err) {
    if (!(err instanceof ApplicationFailure)) throw err;
    const { message } = err;
    throw new ActivityFailure(
      message,
      activityType,
      undefined,
      RetryState.NON_RETRYABLE_FAILURE,
      undefined,
      err,
    );
  }
}

/** The longest time in which visibility must show what other bookings know, tries and pauses included. */
const SLOW_CORE_MS = 120 * SECOND_MS;

/** Activities of the project's own queue that wait for Temporal's visibility. */
export function slowCore(summary: string) {
  return proxyActivities<CoreActivities>({ ...CORE_OPTIONS, startToCloseTimeout: SLOW_CORE_MS, summary });
}

/**
 * Reads at the provider. A read says itself how long to pause and when to give up (activities/patience.ts). The pauses
 * here follow a try that could not say so, because it was lost with its worker or its worker did not know the activity.
 * As many such tries as the limit allows point to a bug, which a person has to see.
 */
export function reads(b: Booking, summary: string) {
  return readsWithin(b, summary, triesWithin(patienceMsOf(b), SECOND_MS, LONGEST_PAUSE_MS) + SPARE_TRIES);
}

/** A read with a single try, for a caller that must not wait through retries. */
export function readsOnce(b: Booking, summary: string) {
  return readsWithin(b, summary, 1);
}

function readsWithin(b: Booking, summary: string, maximumAttempts: number) {
  publish(b);
  const { taskQueue } = b.state.terms.capabilities;
  return proxyActivities<ProviderActivities>({
    taskQueue,
    startToCloseTimeout: callLimitMs(b) + LEEWAY_MS,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { ...RETRY, maximumAttempts },
    summary,
  });
}

/**
 * Writes at the provider. A write is short, has one attempt, and heartbeats only once (the fence,
 * src/providers/provider.ts). Call it shielded.
 */
export function writes(b: Booking, summary: string) {
  publishAll(b);
  const { capabilities, request } = b.state.terms;
  return proxyActivities<ProviderActivities>({
    taskQueue: capabilities.taskQueue,
    startToCloseTimeout: writeLimitMs(b) + syncWindowMs(request) + LEEWAY_MS,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { maximumAttempts: 1 },
    summary,
  });
}

/** How a poll is repeated. */
interface Repeated {
  /** The pause after a try that failed, in ms; left out: as the limits say. */
  failedPauseMs?: number;
  /** When the poll is to look and return in any case; null: never. */
  until: string | null;
}

/** How long after that the server gives the poll up, in ms: its try may be lost, or the provider may be away. */
const LATE_MS = 60 * SECOND_MS;

/** Polls at the provider. A poll fails and is retried until there is something to see. */
export function polls(b: Booking, summary: string, { failedPauseMs, until }: Repeated) {
  publish(b);
  const { capabilities, limits } = b.state.terms;
  return proxyActivities<ProviderActivities>({
    taskQueue: capabilities.taskQueue,
    startToCloseTimeout: callLimitMs(b),
    ...(until !== null && { scheduleToCloseTimeout: Date.parse(until) - nowMs() + LATE_MS }),
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: {
      initialInterval: failedPauseMs ?? limits.pollFirstMs,
      maximumInterval: failedPauseMs ?? limits.pollMaxMs,
      backoffCoefficient: 1.5,
    },
    summary,
  });
}

/** Returns the longest time that one read runs. */
function callLimitMs({ state }: Booking): number {
  const { capabilities } = state.terms;
  return capabilities.callTimeoutMs * CALLS_IN_AN_ACTIVITY;
}

/** Returns the longest time that a write runs, with its looks but without a wait for the provider's verdict. */
export function writeLimitMs({ state }: Booking): number {
  const { capabilities } = state.terms;
  return capabilities.callTimeoutMs * CALLS_IN_A_WRITE;
}
