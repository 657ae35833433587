import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

/** A server's process, started by us or found running. */

const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 50;
/**
 * How much of both ends of the server's output is kept, for the error that says why it did not start: a log says it
 * last, and a panic says it first and then prints its stack.
 */
const SAID_CHARS = 2_000;

export interface ServerProcess {
  pid: number;
  isAlive(): boolean;
  /** Returns its output (of much only the beginning and the end); empty for a process that somebody else started. */
  said(): string;
  /** Ends it, and resolves once it is gone. It is killed when it does not end in time. Safe to repeat. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  /** The file for the server's output; null: only its beginning and end are kept, in memory. */
  logFile: string | null;
  /** Whether the server ends with this process in any case; else it lives on when this process is killed. */
  diesWithUs: boolean;
}

/**
 * Starts the server. With a log file it is detached, so that Ctrl-C in the terminal reaches only this process, which
 * stops the server last. Without one it is killed when this process exits.
 */
export function launch(
  binary: string,
  args: string[],
  { logFile, diesWithUs }: LaunchOptions,
): ServerProcess {
  const output = logFile === null ? null : openSync(logFile, 'a', 0o600);
  const saidBefore = output === null ? 0 : fstatSync(output).size;
  const child = spawn(binary, args, {
    detached: logFile !== null,
    stdio: ['ignore', output ?? 'ignore', output ?? 'pipe'],
  });
  if (output !== null) closeSync(output);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = bothEnds(said + chunk.toString());
  });
  let ended = false;
  let untie = (): void => undefined;
  child.once('error', (err) => {
    ended = true;
    said = err.message;
  });
  child.once('exit', () => {
    ended = true;
    untie();
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${binary} could not be started.`);
  if (diesWithUs) untie = tieToUs(pid);
  if (logFile === null) process.once('exit', () => child.kill('SIGKILL'));
  else child.unref();
  const words = (): string => (logFile === null ? said : bothEnds(addedTo(logFile, saidBefore))).trim();
  return processOf(pid, { isAlive: () => !ended, said: words });
}

/**
 * Makes a process die when this one ends, even by SIGKILL: the pipe to a waiting shell closes then. Returns a function
 * that unties it, to be called once the process is gone, before its id is used again. It needs `sh`; without one,
 * nothing is tied.
 */
function tieToUs(pid: number): () => void {
  const shell = spawn('sh', ['-c', 'read -r _; kill -KILL "$0"', String(pid)], {
    // It is in a group of its own, so that a signal to our group does not end it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.once('error', () => undefined);
  shell.unref();
  return () => void shell.kill('SIGKILL');
}

function addedTo(file: string, bytesBefore: number): string {
  return readFileSync(file).subarray(bytesBefore).toString();
}

const LEFT_OUT = '\n[...]\n';

function bothEnds(text: string): string {
  if (text.length <= 2 * SAID_CHARS + LEFT_OUT.length) return text;
  return text.slice(0, SAID_CHARS) + LEFT_OUT + text.slice(-SAID_CHARS);
}

/** Returns a process that an earlier parent started. */
export function found(pid: number): ServerProcess {
  return processOf(pid, { isAlive: () => isRunning(pid), said: () => '' });
}

/** Returns true when a process with that id runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/**
 * Returns true for a dead process that its parent has not collected, which in a container may never happen. Needs
 * /proc.
 */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith('Z') === true;
  } catch {
    return false;
  }
}

function processOf(pid: number, { isAlive, said }: Pick<ServerProcess, 'isAlive' | 'said'>): ServerProcess {
  const goneWithin = async (ms: number): Promise<boolean> => {
    const giveUpAtMs = performance.now() + ms;
    while (isAlive() && performance.now() < giveUpAtMs)
      await new Promise((done) => setTimeout(done, POLL_MS));
    return !isAlive();
  };
  return {
    pid,
    isAlive,
    said,
    async stop() {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if (!isAlive()) return;
        process.kill(pid, signal);
        if (await goneWithin(STOP_TIMEOUT_MS)) return;
      }
    },
  };
}
