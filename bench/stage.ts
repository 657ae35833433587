import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { createBookingClient, type BookingClient } from '../src/client/booking-client';
import { connectClient, localTarget, type TemporalTarget } from '../src/temporal/connection';
import { dataConverterOf } from '../src/temporal/encryption';
import { loadKeys, makeKeys } from '../src/temporal/keys';
import { freePort, startEmbeddedServer } from '../src/temporal/server/embedded';
import type { ArmName } from './arm-names';
import { startArms, type Arm } from './arms';
import { startChild, type Child, type ChildSettings } from './processes/child';
import { ourConfig } from './processes/our-settings';
import type { Account } from './request';

/** Everything that takes part, each in a process of its own: Temporal, the provider, the arms. The clients are in ours. */
export interface Stage {
  arms: Record<ArmName, Arm>;
  /** Where the provider answers, by account. */
  urls: Record<Account, string>;
  target: TemporalTarget;
  /** Reads and ends executions. */
  client: Client;
  bookings: BookingClient;
  serverPid: number;
  metricsPort: number;
  /** All processes that work for a booking. */
  pids: number[];
  /** Rejects when a process ends by itself; never resolves. */
  broken: Promise<never>;
}

/** Starts all of it, plays, and stops it however that ends. */
export async function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const stage = await setUp((stop) => stops.unshift(stop));
    return await Promise.race([play(stage), stage.broken]);
  } finally {
    for (const stop of stops) await stop();
  }
}

type Add = (stop: () => Promise<void>) => void;

async function setUp(add: Add): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'booking-saga-bench-'));
  add(() => rm(dataDir, { recursive: true, force: true }));
  const metricsPort = await freePort();
  const server = await startEmbeddedServer({ dataDir, port: 0, uiPort: 0, metricsPort, inMemory: true });
  add(() => server.stop());
  const target = localTarget(server.address, server.namespace);
  const children: Child[] = [];
  const start = async (module: string, given: ChildSettings | null): Promise<Child> => {
    const child = await startChild(module, given);
    children.push(child);
    add(() => child.stop());
    return child;
  };
  const sandbox = await start('sandbox', null);
  // The module tells an address for each account.
  const urls = sandbox.told as Record<Account, string>;
  const settings = { target, urls, dataDir };
  const config = ourConfig(settings);
  makeKeys(config);
  const client = await connected(target, {}, add);
  const own = await connected(target, dataConverterOf(config), add);
  const bookings = createBookingClient({ client: own, idKey: loadKeys(config).idKey });
  const arms = await startArms({ start: (module) => start(module, settings), client, bookings });
  return {
    ...{ arms, urls, target, client, bookings, metricsPort, serverPid: server.pid },
    pids: [server.pid, ...children.map(({ pid }) => pid)],
    broken: Promise.race(children.map((child) => child.broken)),
  };
}

async function connected(
  target: TemporalTarget,
  dataConverter: Parameters<typeof connectClient>[1],
  add: Add,
): Promise<Client> {
  const client = await connectClient(target, dataConverter);
  add(() => client.connection.close());
  return client;
}
