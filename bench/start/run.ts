import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { childEnv } from '../../src/config';
import { freePort } from '../../src/temporal/server/embedded';
import { memoryOf } from '../measure/memory';

/** What `npm start` costs whoever tries it: how long it takes, and what it holds while nothing happens. */
export interface StartFigures {
  /** From the command to the first answer that all is ready, in a new data directory; one for each start. */
  readyMs: readonly number[];
  /** Memory of its processes after the last start, by what they are, in bytes. */
  idleBytes: readonly { process: string; bytes: number }[];
}

export interface StartPlan {
  starts: number;
  idleMs: number;
}

const ROOT = resolve(__dirname, '../..');
const READY_WITHIN_MS = 120_000;
const ENDS_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 50;

export async function measureStart(
  { starts, idleMs }: StartPlan,
  tell: (text: string) => void,
): Promise<StartFigures> {
  const readyMs: number[] = [];
  let idleBytes: StartFigures['idleBytes'] = [];
  for (let n = 1; n <= starts; n += 1) {
    await started(async ({ pid, ms }) => {
      tell(`ready after ${(ms / 1_000).toFixed(1)} s`);
      readyMs.push(ms);
      if (n < starts) return;
      await pause(idleMs);
      idleBytes = await memoryUnder(pid);
    });
  }
  return { readyMs, idleBytes };
}

/** Starts it with a new data directory and free ports, and ends it as Ctrl-C does. */
async function started(look: (ready: { pid: number; ms: number }) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'booking-saga-bench-'));
  const env = await freshSettings(dataDir);
  const beganMs = performance.now();
  // A group of its own, as a terminal gives it one.
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-MAX_SAID)));
  const { pid } = child;
  if (pid === undefined) throw new Error('npm could not be started.');
  try {
    await untilReady(child, env.PORT ?? '', () => said);
    await look({ pid, ms: performance.now() - beganMs });
  } finally {
    await ended(child, pid);
    await rm(dataDir, { recursive: true, force: true });
  }
}

const MAX_SAID = 2_000;

async function freshSettings(dataDir: string): Promise<NodeJS.ProcessEnv> {
  const ports = ['PORT', 'BOOKING_CODEC_PORT', 'BOOKING_TEMPORAL_PORT', 'BOOKING_TEMPORAL_UI_PORT'];
  const settings: Record<string, string> = { BOOKING_DATA_DIR: dataDir };
  for (const name of [...ports, 'JUNCTION_SANDBOX_PORT', 'OLIVER_SANDBOX_PORT'])
    settings[name] = String(await freePort());
  return childEnv(settings);
}

async function untilReady(child: ChildProcess, port: string, said: () => string): Promise<void> {
  const giveUpAtMs = performance.now() + READY_WITHIN_MS;
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`npm start ended by itself: ${said()}`);
    if (performance.now() > giveUpAtMs) throw new Error(`npm start is not ready: ${said()}`);
    await pause(LOOK_EVERY_MS);
  }
}

async function isReady(port: string): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}

/** Ends it, and by force whatever is left of it after a while. */
async function ended(child: ChildProcess, pid: number): Promise<void> {
  const all = await processesUnder(pid);
  const gone = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
  signal(-pid, 'SIGINT');
  await Promise.race([gone, pause(ENDS_WITHIN_MS, undefined, { ref: false })]);
  for (const left of all) signal(left.pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}

interface Running {
  pid: number;
  parent: number;
  name: string;
}

/** A process and all that it has started, as far as they run. */
async function processesUnder(pid: number): Promise<Running[]> {
  const all = await runningNow();
  const under = (parent: number): Running[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...under(one.pid)]);
  return [...all.filter((one) => one.pid === pid), ...under(pid)];
}

async function runningNow(): Promise<Running[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = pids.map(async (name): Promise<Running[]> => {
    try {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8');
      const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [
        {
          pid: Number(name),
          parent: Number(after[1]),
          name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
        },
      ];
    } catch {
      return []; // it has just ended
    }
  });
  return (await Promise.all(read)).flat();
}

async function memoryUnder(pid: number): Promise<StartFigures['idleBytes']> {
  const all = await processesUnder(pid);
  const sizes = await Promise.all(
    all.map(async ({ pid: one, name }) => ({ process: name, bytes: (await memoryOf(one)).bytes })),
  );
  return sizes.sort((one, other) => other.bytes - one.bytes);
}
