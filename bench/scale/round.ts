import type { Ground } from '../ground';
import type { Load } from '../load';
import { cpuMsOf } from '../measure/cpu';
import { endAll } from '../measure/executions';
import { percentile } from '../measure/statistics';
import type { Child } from '../processes/child';
import { ourClients } from '../processes/driver';

/** Bookings by several workers, once. CPU is a booking's share of what was used while bookings were asked for. */
export interface ScaleRound {
  bookings: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** All workers together. */
  workerCpuMs: number;
  receiverCpuMs: number;
  serverCpuMs: number;
  /** How many cores all processes of the bench used, its own with the clients among them. */
  cores: number;
}

export interface Crew {
  workers: readonly Child[];
  receiver: Child;
}

/** Beside somebody in trouble a booking may wait for long: that is what is measured. */
const SETTLED_WITHIN_MS = 900_000;

/** Plays a load at the account `prompt`, and waits for no other bookings: some may be stuck meanwhile. */
export async function scaleRound(ground: Ground, crew: Crew, load: Load): Promise<ScaleRound> {
  const before = await cpuOf(ground, crew);
  const clients = ourClients(ground.bookings, SETTLED_WITHIN_MS);
  const { latenciesMs, tookMs, executions } = await clients({ load, account: 'prompt' });
  const after = await cpuOf(ground, crew);
  await endAll(ground.client, executions);
  const bookings = latenciesMs.length;
  const share = (of: keyof typeof before): number => (after[of] - before[of]) / bookings;
  return {
    bookings,
    perSecond: (bookings * 1_000) / tookMs,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    workerCpuMs: share('workers'),
    receiverCpuMs: share('receiver'),
    serverCpuMs: share('server'),
    cores: (after.all - before.all) / tookMs,
  };
}

async function cpuOf({ serverPid, pids }: Ground, { workers, receiver }: Crew) {
  const sumOf = async (all: readonly number[]): Promise<number> =>
    (await Promise.all(all.map(cpuMsOf))).reduce((sum, ms) => sum + ms, 0);
  return {
    workers: await sumOf(workers.map(({ pid }) => pid)),
    receiver: await cpuMsOf(receiver.pid),
    server: await cpuMsOf(serverPid),
    all: await sumOf([process.pid, ...pids()]),
  };
}
