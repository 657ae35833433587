import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createBookingClient, type BookingClient } from '../client/booking-client';
import { VENDOR_NAMES, webhookPathOf } from '../booking/vendors';
import { accountsSetting, loadConfig, webhookSecretSetting } from '../config';
import { quietPort } from '../run/ports';
import { startStack } from '../run/stack';
import { loadKeys, makeKeys } from '../temporal/keys';
import { vendorAt } from '../vendors';
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
    const vendor = vendorOf(scene);
    standIns.set(scene, await startStandIn(vendor, `http://127.0.0.1:${port}${webhookPathOf(vendor)}`));
  }
  const settings = { ...settingsOf(dataDir, port), ...accountsOf(standIns, true) };
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
  let worker = await startWorker(accountsOf(standIns, true));
  closers.push(() => worker.kill());
  return {
    client: createBookingClient({ client: stack.client, idKey: loadKeys(config).idKey }),
    worker: {
      kill: () => worker.kill(),
      restart: async () => {
        worker = await startWorker(accountsOf(standIns, false));
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
    ...webhookSecrets(),
    LOG_LEVEL: 'warn',
    PORT: String(port),
  };
}

/** Returns the settings of the secrets that the sandboxes sign their webhooks with. */
function webhookSecrets(): Record<string, string> {
  const secrets = VENDOR_NAMES.flatMap((vendor) => {
    const { news } = vendorAt(vendor);
    return news ? [[webhookSecretSetting(vendor), news.sandboxSecret] as const] : [];
  });
  return Object.fromEntries(secrets);
}

type Accounts = Record<string, string>;

/** Returns every scene's account, at its sandbox; with the wrong credentials that some begin with, or the right ones. */
function accountsOf(standIns: ReadonlyMap<Scene, StandIn>, isAtFirst: boolean): Accounts {
  const settings = VENDOR_NAMES.map((vendor) => {
    const own = [...standIns].filter(([scene]) => vendorOf(scene) === vendor);
    const accounts = own.map(([scene, { url: baseUrl }]) => [
      accountOf(scene),
      {
        baseUrl,
        capabilities: capabilitiesOf(scene),
        ...vendorAt(vendor).sandbox.account,
        ...(isAtFirst && scene.wrongAtFirst),
      },
    ]);
    return [accountsSetting(vendor), JSON.stringify(Object.fromEntries(accounts))] as const;
  });
  return Object.fromEntries(settings);
}

function capabilitiesOf({ callTimeoutMs = CALL_TIMEOUT_MS }: Scene): object {
  return { lateCommitWindowMs: LATE_COMMIT_WINDOW_MS, callTimeoutMs };
}

async function closeAll(standIns: ReadonlyMap<Scene, StandIn>): Promise<void> {
  await Promise.all([...standIns.values()].map((standIn) => standIn.close()));
}
