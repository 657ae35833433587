import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { VENDOR_NAMES } from '../../src/booking/vendors';
import { childEnv, sandboxPortSetting } from '../../src/config';
import { quietPort } from '../../src/run/ports';

/** `npm start` as a user runs it, on free ports and a data directory of its own. */

const PORTS = [
  'PORT',
  'JUNCTION_SANDBOX_PORT',
  'OLIVER_SANDBOX_PORT',
  'BOOKING_CODEC_PORT',
  'BOOKING_TEMPORAL_PORT',
  'BOOKING_TEMPORAL_UI_PORT',
] as const;

/** Those ports, and the ones of vendors that no test names. */
const ALL_PORTS: readonly string[] = [...new Set([...PORTS, ...VENDOR_NAMES.map(sandboxPortSetting)])];

export type Settings = Record<(typeof PORTS)[number] | 'BOOKING_DATA_DIR', string> & Record<string, string>;

export async function freshSettings(): Promise<Settings> {
  const ports = await Promise.all(ALL_PORTS.map(async (name) => [name, String(await quietPort())] as const));
  const limits = { pollFirstMs: 1_000, pollMaxMs: 1_000 };
  // Object.fromEntries loses the names of the ports, which are all there.
  const named = Object.fromEntries(ports) as Record<(typeof PORTS)[number], string> & Record<string, string>;
  return {
    ...named,
    BOOKING_DATA_DIR: mkdtempSync(join(tmpdir(), 'booking-saga-start-')),
    BOOKING_LIMITS: JSON.stringify(limits),
    LOG_LEVEL: 'warn',
  };
}

export interface Running {
  child: ChildProcess;
  /** What it has said so far, on both streams. */
  said(): string;
  /** Its exit code; null when a signal ended it. */
  ended: Promise<number | null>;
}

/** Starts it, in a process group of its own so that all of it can be killed. */
export function launch(settings: Settings): Running {
  const child = spawn(process.execPath, [require.resolve('tsx/cli'), 'src/run/start.ts'], {
    env: childEnv(settings),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  return { child, said: () => said, ended };
}

/** Resolves once it runs; throws with what it said when it ends instead. */
export async function running(stack: Running): Promise<void> {
  const hasEnded = (): boolean => stack.child.exitCode !== null || stack.child.signalCode !== null;
  const runs = (): boolean => stack.said().includes('Stop with Ctrl-C');
  await until(() => runs() || hasEnded(), Boolean);
  if (!runs()) throw new Error(`npm start ended with ${String(await stack.ended)}: ${stack.said()}`);
}

/** SIGKILL for npm start and all that it started, but not for the Temporal server, which is a group of its own. */
export async function killAll({ child, ended }: Running): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, 'SIGKILL');
  }
  await ended;
}

/** Ends a Temporal server that was left behind. */
export function killTemporal({ BOOKING_DATA_DIR }: Settings): void {
  const record = join(BOOKING_DATA_DIR, 'temporal.pid.json');
  if (!existsSync(record)) return;
  const { pid } = JSON.parse(readFileSync(record, 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
}

const WITHIN_MS = 60_000;

/** Looks again until it is as wanted, and answers what it saw; throws when that takes longer than a minute. */
export async function until<T>(look: () => T | Promise<T>, isWanted: (seen: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + WITHIN_MS;
  while (Date.now() < giveUpAt) {
    const seen = await look();
    if (isWanted(seen)) return seen;
    await pause(100);
  }
  throw new Error('What the test waits for did not come.');
}
