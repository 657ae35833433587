import { readFileSync } from 'node:fs';
import pino from 'pino';
import {
  createAuditActivities,
  createCareActivities,
  createClaimActivities,
  createCoreActivities,
  createProviderActivities,
} from '../../activities';
import { createBookingClient, type BookingClient } from '../../src/client/booking-client';
import { createBookingCare } from '../../src/client/care';
import { createBookingClaims } from '../../src/client/claims';
import { timezoneOf, type Config } from '../../src/config';
import { createProviders, providerFor } from '../../src/providers';
import { workflowBundle } from '../../src/temporal/bundle';
import { loadKeys } from '../../src/temporal/keys';
import { QUICK_CAPABILITIES, QUICK_CLINIC, QUICK_LIMITS } from '../support/saga';
import { testConfig } from '../support/temporal';
import type { Client } from '@temporalio/client';
import { chanceOf, type Chance } from './chance';
import { keepDateFormats } from './formats';
import { createSandbox, type Sandbox } from './sdk-internals';
import { createClient } from './server/client';
import { createNamespace, type Namespace } from './server/namespace';
import { createQueues, type Queues } from './server/queues';
import { RULES, type ModelRules } from './server/rules';
import type { Run } from './server/run';
import { installTime, owner, timeOfStory, type Mortal, type VirtualTime } from './time';
import { createActivityWorker, type ActivityTable, type ActivityWorker } from './worker/activities';
import { createWorkflowWorker, type WorkflowWorker } from './worker/workflows';
import { createFaultBook, type FaultBook, type Rule } from './world/faults';
import { createNetwork, type Network } from './world/network';
import {
  createProvidersInMemory,
  JUNCTION_URL,
  OLIVER_URL,
  WEBHOOK_URL,
  type InMemoryProvider,
} from './world/sandboxes';

/** The whole saga in one process and in virtual time: one story after the other. */
export interface Simulation {
  /** Plays a story on a stage of its own; the same seed and story come to the same. */
  play<T>(seed: number, story: (stage: Stage) => Promise<T>, options?: StageOptions): Promise<T>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Spoils calls that no fault of the story does. */
  weather?: (call: string) => Rule | null;
  /** Takes the news that Junction sends; by default they are lost. */
  hearNews?: (stage: Stage, body: string) => void;
  /** Rules of the model that are broken on purpose. */
  rules?: Partial<ModelRules>;
  /** Checked after every step, with whatever may have changed. */
  check?: (stage: Stage, what: Changes) => Promise<void>;
}

/** What may have changed since the last check. */
export interface Changes {
  providers: boolean;
  /** Runs that came to the end of a task, or to their own. */
  runs: readonly Run[];
}

/** What a story is played on. */
export interface Stage {
  seed: number;
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
  /** A worker is lost with all that it was about to do. */
  loseWorker(): Promise<void>;
}

/** What is played instead of the saga as it is: a rule of it broken on purpose, to see that the stories notice. */
export interface Breaking {
  bundle?: (code: string) => string;
  activities?: (table: ActivityTable) => ActivityTable;
}

export async function createSimulation(breaking: Breaking = {}): Promise<Simulation> {
  const config = simulatedConfig();
  const code = (breaking.bundle ?? same)(await bundleCode());
  const time = installTime();
  const forgetFormats = keepDateFormats();
  const world = await createProvidersInMemory(time);
  // The names alone: nothing is called before a story brings a client.
  const names = Object.keys(activitiesOf(config, {} as unknown as Client));
  const sandbox = await createSandbox({ code, activityNames: new Set(names) });
  const realFetch = globalThis.fetch;
  return {
    play: (seed, story, options = {}) =>
      playOn({ config, time, world, sandbox, breaking }, seed, story, options),
    async close() {
      globalThis.fetch = realFetch;
      forgetFormats();
      time.uninstall();
      await sandbox.destroy();
    },
  };
}

interface Ground {
  config: Config;
  time: VirtualTime;
  world: { junction: InMemoryProvider; oliver: InMemoryProvider };
  sandbox: Sandbox;
  breaking: Breaking;
}

function same<T>(value: T): T {
  return value;
}

/** Stories begin within these years, at any hour: changes of the clocks and ends of years are among them. */
const FIRST_DAY_MS = Date.parse('2027-01-01T00:00:00Z');
const DAYS = 1_000;
const DAY_MS = 86_400_000;

async function playOn<T>(
  ground: Ground,
  seed: number,
  story: (stage: Stage) => Promise<T>,
  options: StageOptions,
): Promise<T> {
  const { world } = ground;
  const life: Mortal = { dead: false };
  const time = timeOfStory(ground.time, life);
  const chance = chanceOf(seed);
  time.reset(FIRST_DAY_MS + chance.int(0, DAYS * DAY_MS), seed);
  await time.play(Promise.all([world.junction.control('reset', {}), world.oliver.control('reset', {})]));
  const changes: { providers: boolean; runs: Set<Run> } = { providers: false, runs: new Set() };
  const broken: { error: unknown }[] = [];
  const stage = stageOf({ ...ground, time }, seed, chance, options, {
    touched: () => (changes.providers = true),
    changed: (run) => void changes.runs.add(run),
    failed: (error) => void broken.push({ error }),
  });
  try {
    return await time.play(owner.run(life, story, stage), async () => {
      const [first] = broken;
      if (first) throw first.error;
      if (!options.check || (!changes.providers && changes.runs.size === 0)) return;
      const what = { providers: changes.providers, runs: [...changes.runs] };
      changes.providers = false;
      changes.runs.clear();
      await options.check(stage, what);
    });
  } finally {
    life.dead = true;
    stage.activities.lose();
    await time.drain();
    await stage.workflows.evict();
  }
}

interface Watchers {
  touched(): void;
  changed(run: Run): void;
  failed(error: unknown): void;
}

function stageOf(
  { config, time, world, sandbox, breaking }: Ground,
  seed: number,
  chance: Chance,
  options: StageOptions,
  watchers: Watchers,
): Stage {
  const rules = { ...RULES, ...options.rules };
  const queues = createQueues(time, chance.stream('queues'));
  const workflows = createWorkflowWorker(sandbox, rules);
  const namespace = createNamespace({
    ...{ time, queues, rules, chance: chance.stream('runs'), worker: workflows },
    startActivity: (run, task) => activities.start(run, task),
    losses: () => activities.losses(),
    ...watchers,
  });
  const client: Client = createClient(namespace, {
    chance: chance.stream('client'),
    heartbeat: (token) =>
      namespace.all().some((run) => run.activities.heartbeat(token, null) !== 'not found'),
  });
  const activities = createActivityWorker({
    time,
    chance: chance.stream('activities'),
    client: () => client,
    activities: () => (breaking.activities ?? same)(activitiesOf(config, client)),
  });
  const faults = createFaultBook(options.weather);
  const network = createNetwork({
    ...{ time, faults, chance: chance.stream('network'), newsUrl: WEBHOOK_URL },
    providers: [world.junction, world.oliver],
    touched: () => watchers.touched(),
    hearNews: (body) => options.hearNews?.(stage, body),
  });
  globalThis.fetch = network.fetch;
  const stage: Stage = {
    ...{ seed, chance, time, namespace, queues, client, workflows, activities, faults, network },
    ...world,
    bookings: createBookingClient({ client, idKey: loadKeys(config).idKey }),
    async loseWorker() {
      activities.lose();
      await workflows.evict();
    },
  };
  return stage;
}

function activitiesOf(config: Config, client: Client): ActivityTable {
  const door = { client, idKey: loadKeys(config).idKey };
  const care = createBookingCare(door);
  const providers = createProviders(config, pino({ level: 'silent' }));
  return {
    ...createCoreActivities({ config, client }),
    ...createCareActivities(care),
    ...createClaimActivities(createBookingClaims(door, { lagMs: 200 }), config),
    ...createAuditActivities(care, config),
    ...createProviderActivities({
      providerFor: (name) => providerFor(providers, name),
      timezoneOf: (provider, account) => timezoneOf(config, provider, account),
    }),
  };
}

/** The settings of the tests on the real server, so that a story can be played there as well. */
function simulatedConfig(): Config {
  return testConfig({
    OLIVER_BASE_URL: OLIVER_URL,
    OLIVER_USERNAME: 'sandbox',
    OLIVER_PASSWORD: 'sandbox',
    OLIVER_PRACTICES: 'practice-1=1@America/Chicago',
    OLIVER_SWEEP_MAX_AGE_MS: '50',
    OLIVER_CAPABILITIES: JSON.stringify(QUICK_CLINIC),
    JUNCTION_API_KEY: 'sk_us_test',
    JUNCTION_BASE_URL: JUNCTION_URL,
    JUNCTION_CAPABILITIES: JSON.stringify(QUICK_CAPABILITIES),
    BOOKING_LIMITS: JSON.stringify(QUICK_LIMITS),
  });
}

async function bundleCode(): Promise<string> {
  const bundle = await workflowBundle();
  return 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
}
