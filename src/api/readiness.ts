import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../booking/names';
import type { StuckReport } from '../booking/ops';
import { lastPollOf } from '../client/executions/pollers';

/** Whether bookings can be taken and will move. */
export interface Readiness {
  temporal: boolean;
  /** Whether a worker polls the queue `bookings`. */
  worker: boolean;
}

/** A worker's poll lasts a minute; Temporal remembers a poller for five, so only fresh ones count. In ms. */
const POLLER_FRESH_MS = 90_000;

/** Asks Temporal whether it is there and who polls for bookings. Never throws. */
export async function temporalReadiness(client: Client): Promise<Readiness> {
  try {
    const lastPoll = await lastPollOf(client, TASK_QUEUE.bookings, 'workflow');
    return { temporal: true, worker: lastPoll !== null && lastPoll.ageMs < POLLER_FRESH_MS };
  } catch {
    return { temporal: false, worker: false };
  }
}

/** How long a look is reused, in ms: probes come often. */
const LOOK_COUNTS_MS = 30_000;

/**
 * Returns a look that is made at most every 30 s, however often it is called. It never throws; it returns null instead.
 */
export function seldom<T>(look: () => Promise<T>): () => Promise<T | null> {
  let last: { atMs: number; seen: Promise<T | null> } | null = null;
  return () => {
    if (!last || performance.now() - last.atMs >= LOOK_COUNTS_MS) {
      const seen = Promise.resolve()
        .then(look)
        .catch(() => null);
      last = { atMs: performance.now(), seen };
    }
    return last.seen;
  };
}

/**
 * Returns, in words, what is stuck although everything runs. A look that fails gives no warning, and does not make the
 * app unready.
 */
export function warningsOf(look: () => Promise<StuckReport | null>): () => Promise<string[]> {
  return async () => {
    const stuck = await look();
    return stuck ? wordsOf(stuck) : [];
  };
}

const WORDS = {
  task_failing: 'whose workflow task keeps failing',
  activity_waiting: 'whose activity nobody picks up',
  cut_off_unsettled: 'that were cut off and whose clean-up does not begin',
  not_described: 'that Temporal does not describe',
} as const;

function wordsOf({ stuck, unattendedQueues, sweepFails }: StuckReport): string[] {
  const counts = Object.entries(WORDS).map(([cause, words]) => {
    const count = new Set(stuck.filter((one) => one.cause === cause).map(({ bookingId }) => bookingId));
    return count.size === 0 ? '' : `${count.size} bookings ${words}`;
  });
  return [
    ...counts,
    ...unattendedQueues.map((queue) => `no worker on ${queue}`),
    sweepFails ? `the newest sweep ended badly (${sweepFails})` : '',
  ].filter(Boolean);
}
