import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { CoreActivities, ProviderActivities } from '../activities/contract';
import { TASK_QUEUE } from '../src/booking/names';
import { publish } from './publish';
import type { Booking } from './state';

/**
 * How the saga calls the world: the options of every activity, in one place.
 *
 * Reads are retried by the server until patience runs out. Writes get one attempt: only the workflow decides
 * what follows an unclear one. Polls fail softly and are retried by the server for as long as they are wanted.
 * None has a schedule-to-start or schedule-to-close limit: with no worker about, a booking waits and loses nothing.
 */

const SECOND_MS = 1_000;
const RETRY_FIRST_MS = SECOND_MS;
const RETRY_MAX_MS = 60 * SECOND_MS;

/** Calls that one activity may make one after another (look, list pages, write, read back). */
const CALLS_IN_AN_ACTIVITY = 3;

const CORE_OPTIONS: ActivityOptions = {
  taskQueue: TASK_QUEUE.bookings,
  startToCloseTimeout: 10 * SECOND_MS,
  retry: { initialInterval: RETRY_FIRST_MS, maximumInterval: RETRY_MAX_MS, backoffCoefficient: 2 },
};

/** Activities of the project's own queue. */
export function core(summary: string) {
  return proxyActivities<CoreActivities>({ ...CORE_OPTIONS, summary });
}

/** Reads at the provider, retried until `patienceMs` is used up. */
export function reads(b: Booking, summary: string) {
  publish(b);
  const { capabilities, limits } = b.state;
  return proxyActivities<ProviderActivities>({
    taskQueue: capabilities.taskQueue,
    startToCloseTimeout: capabilities.callTimeoutMs * CALLS_IN_AN_ACTIVITY,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: {
      initialInterval: RETRY_FIRST_MS,
      maximumInterval: RETRY_MAX_MS,
      backoffCoefficient: 2,
      maximumAttempts: attemptsWithin(b.compensating ? limits.undoPatienceMs : limits.patienceMs),
    },
    summary,
  });
}

/** Writes at the provider: one attempt, short, never heartbeat. Call them shielded. */
export function writes(b: Booking, summary: string) {
  publish(b);
  const { capabilities, request } = b.state;
  const syncWindowMs = request.confirmation?.async ? (request.confirmation.syncTimeoutMs ?? 2_500) : 0;
  return proxyActivities<ProviderActivities>({
    taskQueue: capabilities.taskQueue,
    startToCloseTimeout: capabilities.callTimeoutMs * CALLS_IN_AN_ACTIVITY + syncWindowMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { maximumAttempts: 1 },
    summary,
  });
}

/** Polls at the provider: fail softly until there is something to see. */
export function polls(b: Booking, summary: string, everyMs?: number) {
  publish(b);
  const { capabilities, limits } = b.state;
  return proxyActivities<ProviderActivities>({
    taskQueue: capabilities.taskQueue,
    startToCloseTimeout: capabilities.callTimeoutMs * CALLS_IN_AN_ACTIVITY,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: {
      initialInterval: everyMs ?? limits.pollFirstMs,
      maximumInterval: everyMs ?? limits.pollMaxMs,
      backoffCoefficient: 1.5,
    },
    summary,
  });
}

/** Attempts whose pauses (1 s, 2 s, 4 s, … 60 s) add up to at least `patienceMs`; at least 2. */
export function attemptsWithin(patienceMs: number): number {
  let attempts = 1;
  let pauseMs = RETRY_FIRST_MS;
  for (let spentMs = 0; spentMs < patienceMs; attempts += 1) {
    spentMs += pauseMs;
    pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS);
  }
  return Math.max(2, attempts);
}
