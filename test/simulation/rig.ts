import { createBookingClient } from '../../src/client/booking-client';
import { TASK_QUEUE } from '../../src/booking/names';
import { queueOf, VENDOR_NAMES } from '../../src/booking/vendors';
import { clientOn } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { loadKeys } from '../../src/temporal/keys';
import { clinicHand } from '../support/clinic';
import { sandboxHand } from '../support/sandbox';
import { rigConfig, type RigOptions, type SagaRig } from '../support/saga';
import type { TestServer } from '../support/temporal';
import { chanceOf } from './chance';
import { createDriver, type Driver } from './driver';
import { openGround, openStage, type Stage } from './stage';
import { createConnection, targetIn } from './server/client';
import { owner, timeOfStory, type Mortal } from './time';
import { JUNCTION_URL, OLIVER_URL, standInUrl, type Place } from './world/sandboxes';
import { untilView } from './stories/hands';

/** Tests of the saga that are written for the real server, played in the simulator: the same rig, and time does not pass. */

const SEED = 1;
/** When it begins: an ordinary working day. */
const BEGINS_MS = Date.parse('2027-03-02T15:00:00Z');

/** `others`: where more of both providers are, for those whose bookings must not meet. */
export async function startSimulatedSaga(
  options: RigOptions = {},
  others: readonly Place[] = [],
): Promise<SagaRig> {
  const config = rigConfig(options, { junction: JUNCTION_URL, oliver: OLIVER_URL }, standInUrl);
  const wrap = options.wrap;
  const ground = await openGround({
    config,
    ...(options.bundle && { bundle: options.bundle }),
    others,
    also: options.also,
    breaking: { activities: (table) => (wrap ? wrapped(table, wrap) : table) },
  });
  const life: Mortal = { dead: false };
  const time = timeOfStory(ground.time, life);
  time.reset(BEGINS_MS, SEED);
  const broken: { error: unknown }[] = [];
  const driver = createDriver(time, async () => {
    const [first] = broken;
    if (first) throw first.error;
  });
  const stage = openStage(
    { ...ground, time },
    chanceOf(SEED),
    { converterOf: dataConverterOf, areTasksRetried: true },
    {
      touched: () => undefined,
      changed: () => undefined,
      failed: (error) => void broken.push({ error }),
    },
  );
  globalThis.fetch = waitedFor(stage.network.fetch, driver);
  const queues = [TASK_QUEUE.bookings, ...VENDOR_NAMES.map(queueOf)];
  const stopped = options.providersApart ? [TASK_QUEUE.bookings] : queues;
  const stopWorkers = async (): Promise<void> => {
    stopped.forEach((queue) => stage.queues.setOpen(queue, false));
    if (!options.providersApart) await driver.drive(stage.activities.shutdown());
    await stage.workflows.evict();
  };
  const target = targetIn(stage.namespace.name);
  const connection = createConnection(driver.driven(stage.service));
  const client = clientOn(connection, target, dataConverterOf(config));
  const rig: Omit<SagaRig, 'restartProviders' | 'createWorkers'> = {
    // Nothing of a server is there to be stopped but by the rig.
    server: { config, client, target, connection } as unknown as TestServer,
    config,
    bookings: driver.driven(createBookingClient({ client, idKey: loadKeys(config).idKey })),
    sandbox: driver.driven(sandboxHand(JUNCTION_URL)),
    clinic: driver.driven(clinicHand(OLIVER_URL)),
    at: (vendor, handOn) => driver.driven(handOn(standInUrl(vendor))),
    stopWorkers,
    async startWorkers(settings) {
      if (!options.providersApart) stage.startWorkers(settings);
      stopped.forEach((queue) => stage.queues.setOpen(queue, true));
    },
    until: (id, fits, timeoutMs = 20_000) => driver.drive(untilView(stage, id, fits, timeoutMs)),
    async stop() {
      try {
        if (options.replays !== false) await everythingReplays(stage);
      } finally {
        life.dead = true;
        stage.activities.lose();
        await time.drain();
        await stage.workflows.evict();
        await ground.close();
      }
    },
  };
  // What else a rig has is for tests of workers beside each other, which stay on the real server.
  return rig as SagaRig;
}

/** What a test itself asks of a provider is waited for; what a worker asks is waited for by nobody. */
function waitedFor(asked: typeof fetch, { drive }: Driver): typeof fetch {
  return (...request) => (owner.getStore() ? asked(...request) : drive(asked(...request)));
}

async function everythingReplays({ workflows, namespace }: Stage): Promise<void> {
  for (const { info, tasks } of namespace.all()) await workflows.verify(info, tasks);
}

type Wrap = NonNullable<RigOptions['wrap']>;
type Table = Parameters<NonNullable<Parameters<typeof openGround>[0]['breaking']>['activities'] & object>[0];

/** Test doubles are laid over the whole table: its parts are told apart by name only. */
function wrapped(table: Table, wrap: Wrap): Table {
  // The table holds the activities of both, by name.
  const both = table as unknown as Parameters<Wrap>[0]['core'] & Parameters<Wrap>[0]['junction'];
  const { core, junction } = wrap({ core: both, junction: both });
  const changed = (over: object): object =>
    Object.fromEntries(Object.entries(over).filter(([name, fn]) => table[name] !== fn));
  return { ...table, ...changed(core), ...changed(junction) };
}
