import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { childEnv } from '../../config';

/** A worker in a process of its own, so that it can be killed. It ends with us, even when we are killed. */
export interface WorkerProcess {
  /** SIGKILL; resolves when it is gone. Safe to repeat. */
  kill(): Promise<void>;
}

/**
 * Starts `npm run worker` with these settings and resolves once it takes tasks. What it says goes to the log file,
 * which the error names when it does not start.
 */
export async function startWorkerProcess(
  settings: Record<string, string>,
  logFile: string,
): Promise<WorkerProcess> {
  const log = openSync(logFile, 'a', 0o600);
  const child = fork(require.resolve('../worker'), {
    env: childEnv(settings),
    stdio: ['ignore', log, log, 'ipc'],
    // Ctrl-C in the terminal is ours: the worker is stopped when its turn comes.
    detached: true,
  });
  closeSync(log);
  const gone = once(child, 'exit');
  const ready = once(child, 'message').then(() => true);
  if (!(await Promise.race([ready, gone.then(() => false)]))) {
    throw new Error(`The worker did not start; ${logFile} says why.`);
  }
  return { kill: () => kill(child, gone) };
}

async function kill(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await gone;
}
