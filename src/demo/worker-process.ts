import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { childEnv } from '../config';

/** How long a worker may take to bundle its workflows and to connect, in ms. */
const READY_WITHIN_MS = 60_000;
/** How much of the log of a worker that did not start is quoted. */
const SAID_CHARS = 2_000;

/** A worker in a process of its own, so that it can be killed. It ends with this process, even when this is killed. */
export interface WorkerProcess {
  /** Kills it with SIGKILL; resolves when it is gone. Safe to repeat. */
  kill(): Promise<void>;
}

/**
 * Starts `npm run worker` with these settings and resolves once it takes tasks. Its output goes to the log file and,
 * when it does not start, into the error.
 */
export async function startWorkerProcess(
  settings: Record<string, string>,
  logFile: string,
): Promise<WorkerProcess> {
  const log = openSync(logFile, 'a', 0o600);
  const child = fork(require.resolve('../run/worker'), {
    env: childEnv(settings),
    stdio: ['ignore', log, log, 'ipc'],
    // Ctrl-C in the terminal must reach only this process, which stops the worker in its turn.
    detached: true,
  });
  closeSync(log);
  const gone = once(child, 'exit');
  const limit = new AbortController();
  const isReady = await Promise.race([
    once(child, 'message').then(() => true),
    gone.then(() => false),
    pause(READY_WITHIN_MS, false, { signal: limit.signal }),
  ]);
  limit.abort();
  if (!isReady) {
    await kill(child, gone);
    throw new Error(`The worker did not start: ${readFileSync(logFile, 'utf8').slice(-SAID_CHARS)}`);
  }
  return { kill: () => kill(child, gone) };
}

async function kill(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await gone;
}
