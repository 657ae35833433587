import { setTimeout as pause } from 'node:timers/promises';
import { cpuMsOf } from './cpu';

/**
 * One look's length, how little CPU time a process at rest may use in it, and how many such looks make it quiet: in all more
 * than the second by which the server's metrics lag behind what it does.
 */
const LOOK_MS = 600;
const AT_REST_MS = 45;
const LOOKS = 2;
/** After that something is wrong: what was asked for has been had. */
const WITHIN_MS = 60_000;

/**
 * Resolves once none of the processes works any more: webhooks have come and have been taken in, and what follows a
 * booking has been done. Their CPU time tells, so that it makes no difference what else the machine does.
 */
export async function untilQuiet(pids: readonly number[]): Promise<void> {
  const giveUpAtMs = performance.now() + WITHIN_MS;
  let before = await cpuOfEach(pids);
  for (let quiet = 0; quiet < LOOKS;) {
    if (performance.now() > giveUpAtMs) throw new Error('The processes of the bench do not come to rest.');
    await pause(LOOK_MS);
    const now = await cpuOfEach(pids);
    const isQuiet = now.every((ms, index) => ms - (before[index] ?? 0) <= AT_REST_MS);
    quiet = isQuiet ? quiet + 1 : 0;
    before = now;
  }
}

function cpuOfEach(pids: readonly number[]): Promise<number[]> {
  return Promise.all(pids.map(cpuMsOf));
}
