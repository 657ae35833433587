import { testActivities } from '../support/activities';
import { readFileSync } from 'node:fs';
import { TASK_QUEUE } from '../../src/booking/names';
import { queueOf, VENDOR_NAMES, type VendorName } from '../../src/booking/vendors';
import { createBookingClient, type BookingClient } from '../../src/client/booking-client';
import type { Config } from '../../src/config';
import type { Provider } from '../../src/providers/provider';
import { workflowBundle } from '../../src/temporal/bundle';
import { loadKeys } from '../../src/temporal/keys';
import { rigConfig } from '../support/saga';
import { standInNetwork } from '../support/stand-in-network';
import type { Client, WorkflowService } from '@temporalio/client';
import type { DataConverter, LoadedDataConverter } from '@temporalio/common';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Chance } from './chance';
import { keepDateFormats } from './formats';
import { createSandbox, type Sandbox } from './sdk-internals';
import { createClient, createConnection, IN_THE_CLEAR } from './server/client';
import { createNamespace, type Namespace } from './server/namespace';
import { createQueues, type Queues } from './server/queues';
import { RULES, type ModelRules } from './server/rules';
import { createService } from './server/service';
import type { Run } from './server/run';
import { installTime, type VirtualTime } from './time';
import { createActivityWorker, type ActivityTable, type ActivityWorker } from './worker/activities';
import { createWorkflowWorker, type WorkflowWorker } from './worker/workflows';
import { createFaultBook, type FaultBook, type Rule } from './world/faults';
import { createNetwork, type Effect, type Network, type Sent } from './world/network';
import {
  createProvidersInMemory,
  createStandInInMemory,
  JUNCTION_URL,
  OLIVER_URL,
  WEBHOOK_URL,
  type InMemoryProvider,
  type InMemoryProviders,
  type Place,
} from './world/sandboxes';

export interface StageOptions {
  /** Spoils calls that no fault of the story does. */
  weather?: (call: string) => Rule | null;
  /** Takes the news that Junction sends; by default they are lost. */
  hearNews?: (stage: Stage, body: string) => void;
  /** What the workers' settings are instead of the ground's. */
  settings?: (config: Config) => Config;
  /** Longest way of a call to a provider, and of its answer, in ms. */
  wayMs?: number;
  /** Told of every call that may have changed a provider. */
  effect?: (effect: Effect) => void;
  /** Told of every request that leaves. */
  sent?: (sent: Sent) => void;
  /** How far the clock of each worker that begins is ahead of the server's and the providers', in ms. */
  skewMs?: () => number;
  /** Rules of the model that are broken on purpose, or set for a story. */
  rules?: Partial<ModelRules>;
  /** Whether workflow tasks that fail are tried again; by default they fail the story. */
  areTasksRetried?: boolean;
  /** How payloads travel, by the settings of whoever sends and reads them; in the clear by default. */
  converterOf?: (config: Config) => DataConverter;
}

/** What a story is played on. */
export interface Stage {
  chance: Chance;
  time: VirtualTime;
  namespace: Namespace;
  queues: Queues;
  client: Client;
  bookings: BookingClient;
  workflows: WorkflowWorker;
  activities: ActivityWorker;
  junction: InMemoryProvider;
  oliver: InMemoryProvider;
  faults: FaultBook;
  network: Network;
  service: WorkflowService;
  /** How often anything has become of a run so far: whoever waits for a view need not look before it is more. */
  changes(): number;
  /** A worker is lost with all that it was about to do. */
  loseWorker(): Promise<void>;
  /** Others take the place of the workers that were stopped, with settings of their own if given. */
  startWorkers(config?: Config): void;
}

/** What is played instead of the saga as it is: a rule of it broken on purpose, to see that the stories notice. */
export interface Breaking {
  bundle?: (code: string) => string;
  activities?: (table: ActivityTable) => ActivityTable;
  provider?: (provider: Provider) => Provider;
}

/** What stages are set up on: one at a time, in a process whose time is virtual from here on. */
export interface Ground {
  config: Config;
  time: VirtualTime;
  world: InMemoryProviders;
  /** More of both providers, each pair for itself. */
  others: readonly InMemoryProviders[];
  /** The stand-ins of other vendors that were asked for. */
  also: readonly InMemoryProvider[];
  sandbox: Sandbox;
  breaking: Breaking;
  close(): Promise<void>;
}

export interface GroundOptions {
  config?: Config;
  breaking?: Breaking;
  /** Another bundle than the project's own. */
  bundle?: WorkflowBundleOption;
  /** Where more of both providers are. */
  others?: readonly Place[];
  /** Other vendors that have stand-ins too. */
  also?: readonly VendorName[];
}

export async function openGround({
  config = simulatedConfig(),
  breaking = {},
  bundle,
  others: places = [],
  also: vendors = [],
}: GroundOptions): Promise<Ground> {
  const code = (breaking.bundle ?? same)(codeOf(bundle ?? (await workflowBundle())));
  const time = installTime();
  const forgetFormats = keepDateFormats();
  const world = await createProvidersInMemory(time);
  const others: InMemoryProviders[] = [];
  for (const place of places) others.push(await createProvidersInMemory(time, place));
  const also: InMemoryProvider[] = [];
  for (const vendor of vendors) also.push(await createStandInInMemory(time, vendor));
  // The names alone: nothing is called before a story brings a client.
  const names = Object.keys(activitiesOf(config, {} as unknown as Client));
  const sandbox = await createSandbox({ code, activityNames: new Set(names) });
  const realFetch = globalThis.fetch;
  return {
    ...{ config, time, world, others, also, sandbox, breaking },
    async close() {
      globalThis.fetch = realFetch;
      forgetFormats();
      time.uninstall();
      await sandbox.destroy();
    },
  };
}

function same<T>(value: T): T {
  return value;
}

/** Who is told of what happens on a stage. */
export interface Watchers {
  touched(): void;
  changed(run: Run): void;
  failed(error: unknown): void;
}

export function openStage(
  { config, time, world, others, also, sandbox, breaking }: Ground,
  chance: Chance,
  options: StageOptions,
  watchers: Watchers,
): Stage {
  const rules = { ...RULES, ...options.rules };
  let changes = 0;
  const queues = createQueues(time, chance.stream('queues'), [
    TASK_QUEUE.bookings,
    ...VENDOR_NAMES.map(queueOf),
  ]);
  const workflows = createWorkflowWorker({
    ...{ sandbox, rules },
    runLocal: (run, of) => activities.runLocal(run, of),
    converter: () => converter(),
    keys: () => workers.config.encryptionKeys,
  });
  const namespace = createNamespace({
    ...{ time, queues, rules, chance: chance.stream('runs') },
    worker: workflows,
    startActivity: (run, task) => activities.start(run, task),
    losses: () => activities.losses(),
    areTasksRetried: options.areTasksRetried ?? false,
    ...watchers,
    changed(run) {
      changes += 1;
      watchers.changed(run);
    },
  });
  const service = createService(namespace, {
    failed: (error) => watchers.failed(error),
    ...{ queues, chance: chance.stream('client') },
    heartbeat: (token) =>
      namespace.all().some((run) => run.activities.heartbeat(token, null) !== 'not found'),
  });
  const clientOf = (settings: Config): Client =>
    createClient(createConnection(service), namespace.name, (options.converterOf ?? inTheClear)(settings));
  const given = options.settings?.(config) ?? config;
  let workers = { config: given, client: clientOf(given) };
  const converter = (): LoadedDataConverter => workers.client.options.loadedDataConverter;
  const activities = createActivityWorker({
    ...{ time, converter, chance: chance.stream('activities') },
    client: () => workers.client,
    activities: () => activitiesOf(workers.config, workers.client, breaking),
    ...(options.skewMs && { skewMs: options.skewMs }),
  });
  const faults = createFaultBook(options.weather);
  const network = createNetwork({
    ...{ time, faults, chance: chance.stream('network'), newsUrl: WEBHOOK_URL },
    ...(options.wayMs !== undefined && { longestWayMs: options.wayMs }),
    providers: [...[world, ...others].flatMap(({ junction, oliver }) => [junction, oliver]), ...also],
    touched: (effect) => {
      watchers.touched();
      options.effect?.(effect);
    },
    ...(options.sent && { sent: options.sent }),
    hearNews: (body) => options.hearNews?.(stage, body),
  });
  globalThis.fetch = network.fetch;
  const { client } = workers;
  const stage: Stage = {
    ...{ chance, time, namespace, queues, service, client, workflows, activities, faults, network },
    ...world,
    bookings: createBookingClient({ client, idKey: loadKeys(config).idKey }),
    changes: () => changes,
    async loseWorker() {
      activities.lose();
      await workflows.evict();
    },
    startWorkers(settings = given) {
      workers = { config: settings, client: clientOf(settings) };
      activities.replace();
    },
  };
  return stage;
}

function inTheClear(): DataConverter {
  return IN_THE_CLEAR;
}

function activitiesOf(
  config: Config,
  client: Client,
  { provider = same, activities = same }: Breaking = {},
): ActivityTable {
  const { core, junction } = testActivities(config, client, provider, standInNetwork);
  return activities({ ...core, ...junction });
}

/**
 * The settings of the tests on the real server, so that a story can be played there as well, and a second account at which
 * undoing costs a fee for a month before the visit.
 */
function simulatedConfig(): Config {
  const accounts = { [DEAR_ACCOUNT]: { feeWindowMs: MONTH_MS } };
  return rigConfig({ accounts }, { junction: JUNCTION_URL, oliver: OLIVER_URL });
}

export const DEAR_ACCOUNT = 'dear';
const MONTH_MS = 30 * 86_400_000;

/** Returns the text of a bundle. */
export function codeOf(bundle: WorkflowBundleOption): string {
  return 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
}
