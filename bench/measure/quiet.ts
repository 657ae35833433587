import { setTimeout as pause } from 'node:timers/promises';
import { SEARCH_EVERY_MS } from '../../src/api/webhooks/waiting-orders';
import { cpuMsOf } from './cpu';

/** One look's length, and how little CPU time a process at rest may use in it. */
const LOOK_MS = 600;
const AT_REST_MS = 45;
/** After that something is wrong: what was asked for has been had. */
const WITHIN_MS = 60_000;

/** How long nobody must work until it is certain that nothing more is to come. */
export const QUIET = {
  /** What was told to end is ending. */
  atOnce: LOOK_MS,
  /** The server's metrics lag behind what it does by up to a second. */
  metrics: 1_000 + LOOK_MS,
  /** A receiver rests between two searches for the bookings that news is about. */
  news: SEARCH_EVERY_MS + LOOK_MS,
} as const;

/**
 * Resolves once none of the processes has worked for so long: webhooks have come and have been taken in, and what follows a
 * booking has been done. Their CPU time tells, so that it makes no difference what else the machine does.
 */
export async function untilQuiet(pids: readonly number[], forMs: number): Promise<void> {
  const giveUpAtMs = performance.now() + WITHIN_MS;
  let before = await cpuOfEach(pids);
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < forMs) {
    if (performance.now() > giveUpAtMs) throw new Error('The processes of the bench do not come to rest.');
    await pause(LOOK_MS);
    const now = await cpuOfEach(pids);
    const isAtRest = now.every((ms, index) => ms - (before[index] ?? 0) <= AT_REST_MS);
    if (!isAtRest) sinceMs = performance.now();
    before = now;
  }
}

function cpuOfEach(pids: readonly number[]): Promise<number[]> {
  return Promise.all(pids.map(cpuMsOf));
}
