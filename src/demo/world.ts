import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createBookingClient, type BookingClient } from '../client/booking-client';
import { loadConfig, SANDBOX } from '../config';
import { quietPort } from '../run/ports';
import { startStack } from '../run/stack';
import { loadKeys, makeKeys } from '../temporal/keys';
import { accountOf, vendorOf } from './requests';
import type { Scene, WorkerControl } from './scene';
import { startStandIn, type StandIn } from './stand-in';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

/** The processes that the scenes run on, with free ports, a data directory of their own and short limits. */

export interface World {
  client: BookingClient;
  worker: WorkerControl;
  standInOf: (scene: Scene) => StandIn;
  /** Where data and logs lie. */
  dataDir: string;
  /** Ends every process, and removes the data unless `keepData`. */
  close(options: { keepData: boolean }): Promise<void>;
}

/** Polling is slower than the news that a scene waits for, so that the scene shows which of the two came. */
const LIMITS = { pollFirstMs: 4_000, pollMaxMs: 4_000, patienceMs: 40_000, undoPatienceMs: 40_000 };
const LATE_COMMIT_WINDOW_MS = 12_000;
/** How long a call may take, even on a busy machine. Scenes that show a timeout have a limit of their own. */
const CALL_TIMEOUT_MS = 30_000;
/** A key of another environment, which the provider refuses. */
const WRONG_KEY = 'pk_us_of_another_environment';

const PRACTICE = {
  username: SANDBOX.oliverUser,
  password: SANDBOX.oliverPassword,
  locationId: '1',
  timezone: 'America/Chicago',
};

/** Starts everything. If a part does not start, those before it are stopped. */
export async function openWorld(scenes: readonly Scene[], tell: (text: string) => void): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'booking-saga-demo-'));
  const closers: (() => Promise<void>)[] = [];
  const close: World['close'] = async ({ keepData }) => {
    for (let one = closers.pop(); one; one = closers.pop()) await one();
    if (!keepData) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    return { ...(await open(scenes, dataDir, tell, closers)), dataDir, close };
  } catch (err) {
    await close({ keepData: false });
    throw err;
  }
}

async function open(
  scenes: readonly Scene[],
  dataDir: string,
  tell: (text: string) => void,
  closers: (() => Promise<void>)[],
): Promise<Pick<World, 'client' | 'worker' | 'standInOf'>> {
  const port = await quietPort();
  const standIns = new Map<Scene, StandIn>();
  closers.push(() => closeAll(standIns));
  for (const scene of scenes) {
    standIns.set(scene, await startStandIn(vendorOf(scene), `http://127.0.0.1:${port}/webhooks/junction`));
  }
  const settings = { ...settingsOf(dataDir, port), ...accountsOf(standIns, keyAtFirst) };
  const config = loadConfig(settings);
  makeKeys(config);
  const log = pino({ level: 'warn' }, pino.destination({ dest: join(dataDir, 'demo.log'), sync: true }));
  const stack = await startStack({
    config,
    target: null,
    told: new Promise(() => undefined), // its server is our own, so nobody waits for one
    log,
    tell,
    withWorkers: false,
    leavesNothing: true,
  });
  closers.push(() => stack.stop());

  tell('Starting a worker …');
  const { address: TEMPORAL_ADDRESS } = stack.temporal.target;
  const startWorker = (accounts: Accounts): Promise<WorkerProcess> =>
    startWorkerProcess({ ...settings, ...accounts, TEMPORAL_ADDRESS }, join(dataDir, 'worker.log'));
  let worker = await startWorker(accountsOf(standIns, keyAtFirst));
  closers.push(() => worker.kill());
  return {
    client: createBookingClient({ client: stack.client, idKey: loadKeys(config).idKey }),
    worker: {
      kill: () => worker.kill(),
      restart: async () => {
        worker = await startWorker(accountsOf(standIns, () => SANDBOX.junctionKey));
      },
    },
    standInOf(scene) {
      const standIn = standIns.get(scene);
      if (!standIn) throw new Error(`The scene "${scene.name}" has no stand-in.`);
      return standIn;
    },
  };
}

function settingsOf(dataDir: string, port: number): Record<string, string> {
  return {
    BOOKING_DATA_DIR: dataDir,
    BOOKING_LIMITS: JSON.stringify(LIMITS),
    BOOKING_TEMPORAL_PORT: '0',
    BOOKING_TEMPORAL_UI_PORT: '0',
    BOOKING_CODEC_PORT: '0',
    JUNCTION_WEBHOOK_SECRET: SANDBOX.webhookSecret,
    LOG_LEVEL: 'warn',
    PORT: String(port),
  };
}

function keyAtFirst({ hasWrongKey }: Scene): string {
  return hasWrongKey ? WRONG_KEY : SANDBOX.junctionKey;
}

type Accounts = Record<'JUNCTION_ACCOUNTS' | 'OLIVER_ACCOUNTS', string>;

/** Returns every scene's account, at its sandbox. */
function accountsOf(standIns: ReadonlyMap<Scene, StandIn>, keyOf: (scene: Scene) => string): Accounts {
  const accountsAt = (
    vendor: ReturnType<typeof vendorOf>,
    credentialsOf: (scene: Scene) => object,
  ): string => {
    const own = [...standIns].filter(([scene]) => vendorOf(scene) === vendor);
    const accounts = own.map(([scene, { url: baseUrl }]) => [
      accountOf(scene),
      { baseUrl, capabilities: capabilitiesOf(scene), ...credentialsOf(scene) },
    ]);
    return JSON.stringify(Object.fromEntries(accounts));
  };
  return {
    JUNCTION_ACCOUNTS: accountsAt('junction', (scene) => ({ apiKey: keyOf(scene) })),
    OLIVER_ACCOUNTS: accountsAt('oliver', () => PRACTICE),
  };
}

function capabilitiesOf({ callTimeoutMs = CALL_TIMEOUT_MS }: Scene): object {
  return { lateCommitWindowMs: LATE_COMMIT_WINDOW_MS, callTimeoutMs };
}

async function closeAll(standIns: ReadonlyMap<Scene, StandIn>): Promise<void> {
  await Promise.all([...standIns.values()].map((standIn) => standIn.close()));
}
