import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { createBookingClient, type BookingClient } from '../src/client/booking-client';
import { connectClient, localTarget, type TemporalTarget } from '../src/temporal/connection';
import { dataConverterOf } from '../src/temporal/encryption';
import { loadKeys, makeKeys } from '../src/temporal/keys';
import { freePort, startEmbeddedServer } from '../src/temporal/server/embedded';
import { startChild, type Child, type ChildSettings } from './processes/child';
import { ourConfig } from './processes/our-settings';
import type { Providers } from './processes/sandbox';

/** What every measurement stands on: Temporal and the providers, each in a process of its own, and clients in ours. */
export interface Ground extends Providers {
  /** Starts a module of processes/ and has it stopped in the end. */
  start(module: string): Promise<Child>;
  target: TemporalTarget;
  /** Plain payloads: reads and ends executions. */
  client: Client;
  /** Ours, encrypted. */
  own: Client;
  bookings: BookingClient;
  serverPid: number;
  metricsPort: number;
  /** Where the server's database is, when it is in a file. */
  dataDir: string;
  /** All processes that work for a booking and run now. */
  pids(): number[];
}

export interface GroundOptions {
  /** Whether the server keeps its data in memory, or in a file as under `npm start`. */
  inMemory: boolean;
}

/** Starts it, plays, and stops all that was started, however that ends. */
export async function onGround<T>(
  { inMemory }: GroundOptions,
  play: (ground: Ground) => Promise<T>,
): Promise<T> {
  const stops: (() => Promise<void>)[] = [];
  const broken = breakable();
  try {
    const ground = await setUp(inMemory, broken, (stop) => stops.unshift(stop));
    return await Promise.race([play(ground), broken.happens]);
  } finally {
    for (const stop of stops) await stop();
  }
}

interface Breakable {
  /** Rejects when a process ends by itself; never resolves. */
  happens: Promise<never>;
  by(err: unknown): void;
}

function breakable(): Breakable {
  let by: Breakable['by'] = () => undefined;
  const happens = new Promise<never>((_resolve, reject) => (by = reject));
  happens.catch(() => undefined); // told to whoever plays
  return { happens, by };
}

type Add = (stop: () => Promise<void>) => void;

async function setUp(inMemory: boolean, broken: Breakable, add: Add): Promise<Ground> {
  const dataDir = await mkdtemp(join(tmpdir(), 'booking-saga-bench-'));
  add(() => rm(dataDir, { recursive: true, force: true }));
  const metricsPort = await freePort();
  const server = await startEmbeddedServer({
    ...{ dataDir, metricsPort, inMemory },
    ...{ port: 0, uiPort: 0, diesWithUs: true },
  });
  add(() => server.stop());
  const running = new Set<Child>();
  const begin = async (module: string, given: ChildSettings | null): Promise<Child> => {
    const child = await startChild(module, given);
    running.add(child);
    void child.ended.then(() => running.delete(child));
    child.broken.catch(broken.by);
    add(() => child.stop());
    return child;
  };
  const sandbox = await begin('sandbox', null);
  const target = localTarget(server.address, server.namespace);
  // The module tells where the providers answer.
  const settings: ChildSettings = { target, dataDir, ...(sandbox.told as Providers) };
  const config = ourConfig(settings);
  makeKeys(config);
  const own = await connected(target, dataConverterOf(config), add);
  return {
    ...settings,
    start: (module) => begin(module, settings),
    client: await connected(target, {}, add),
    own,
    bookings: createBookingClient({ client: own, idKey: loadKeys(config).idKey }),
    metricsPort,
    serverPid: server.pid,
    pids: () => [server.pid, ...[...running].map(({ pid }) => pid)],
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
