import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { pino } from 'pino';
import type { CoreActivities, ProviderActivities } from '../../activities/contract';
import type { Order } from '../../src/booking/model';
import { TASK_QUEUE } from '../../src/booking/names';
import type { Config } from '../../src/config';
import { clientOn } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { checkKeys } from '../../src/temporal/key-list';
import { installRuntime } from '../../src/temporal/runtime';
import { createWorkers, type WorkersOptions } from '../../src/temporal/worker';
import { testBundle } from '../support/bundles';
import { startTestServer, startTimeSkippingServer, type TestServer } from '../support/temporal';

const DAY_MS = 86_400_000;
const TIMEOUT_MS = 60_000;

const notUsed = () => Promise.reject(new Error('not used here'));
const core: CoreActivities = {
  openBooking: notUsed,
  isBookingOpen: notUsed,
  othersClaims: notUsed,
  isOrderUsedElsewhere: notUsed,
  refuseReset: notUsed,
  openReschedule: notUsed,
  readMessage: notUsed,
};
const order: Order = {
  id: 'order-1',
  status: 'received.at_home_phlebotomy.requisition_created',
  phase: 'ready',
  kind: 'at_home_phlebotomy',
  passthrough: null,
  userId: null,
  address: null,
  dob: null,
  createdAt: null,
  hasAppointmentSince: null,
};
const junction: ProviderActivities = {
  placeOrder: notUsed,
  findOrder: notUsed,
  readOrder: ({ orderId }) => Promise.resolve({ order: { ...order, id: orderId }, ahead: null }),
  cancelOrder: notUsed,
  awaitOrderChange: notUsed,
  searchSlots: notUsed,
  chooseTier: notUsed,
  requestVisit: notUsed,
  bookSlot: notUsed,
  lookUp: notUsed,
  awaitAppointmentChange: notUsed,
  cancelAppointment: notUsed,
  moveAppointment: notUsed,
  findOtherVisit: notUsed,
};

let server: TestServer;
let workflowBundle: WorkflowBundleOption;

const logged: string[] = [];

beforeAll(async () => {
  installRuntime(pino({ level: 'trace' }, { write: (line) => void logged.push(line) }));
  server = await startTestServer();
  workflowBundle = await testBundle(require.resolve('./fixtures/workflows'));
}, TIMEOUT_MS);

afterAll(() => server.stop());

/** Runs `body` beside workers, and resolves once these have stopped. */
async function withWorkers(more: Partial<WorkersOptions>, body: () => Promise<void>): Promise<void> {
  const workers = await createWorkers({
    config: server.config,
    connection: server.connection,
    namespace: server.target.namespace,
    activities: { core },
    workflowBundle,
    ...more,
  });
  const running = workers.run();
  try {
    await body();
  } finally {
    workers.shutdown();
    await running;
  }
}

function start(client: Client, type: string, ...args: unknown[]) {
  return client.workflow.start(type, { workflowId: randomUUID(), taskQueue: TASK_QUEUE.bookings, args });
}

/** Fails when it does not become so in time. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + TIMEOUT_MS / 3;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error('What the test waits for did not come.');
    await setTimeout(50);
  }
}

/** Resolves once the history tells of a workflow task that failed. */
async function taskFailureOf(handle: WorkflowHandle): Promise<void> {
  const isFailure = ({
    workflowTaskFailedEventAttributes: failed,
  }: {
    workflowTaskFailedEventAttributes?: unknown;
  }) => Boolean(failed);
  while (!(await handle.fetchHistory()).events?.some(isFailure)) await setTimeout(50);
}

test('the work of a provider is done on its own queue', async () => {
  await withWorkers({ activities: { core, junction } }, async () => {
    const handle = await start(server.client, 'ask', 'order-1');
    await expect(handle.result()).resolves.toMatchObject({ order: { id: 'order-1' } });
    const { events } = await handle.fetchHistory();
    const queues = events?.map((event) => event.activityTaskScheduledEventAttributes?.taskQueue?.name);
    expect(queues?.filter(Boolean)).toEqual(['bookings-junction']);
  });
});

test(
  'a booking under a key that the workers lack pauses, and goes on once they have it',
  async () => {
    const rotated: Config = {
      ...server.config,
      encryptionKeys: [{ id: 'next', key: Buffer.alloc(32, 7) }, ...server.config.encryptionKeys],
    };
    const client = clientOn(server.connection, server.target, dataConverterOf(rotated));
    const handle = await start(client, 'nap', 1);
    await withWorkers({}, async () => {
      await taskFailureOf(handle);
      expect((await handle.describe()).status.name).toBe('RUNNING');
    });
    expect(logged.join('')).toContain(
      'is encrypted with the key \\"next\\", which this process does not have or has otherwise',
    );
    await withWorkers({ config: rotated }, async () => {
      await expect(handle.result()).resolves.toBeGreaterThanOrEqual(0);
    });
  },
  TIMEOUT_MS,
);

test(
  'the server that skips time runs a day at once, search attributes included',
  async () => {
    const skipping = await startTimeSkippingServer(server.config);
    await withWorkers({ connection: skipping.nativeConnection, namespace: 'default' }, async () => {
      const began = Date.now();
      const handle = await start(skipping.client, 'nap', DAY_MS);
      await expect(handle.result()).resolves.toBeGreaterThanOrEqual(DAY_MS);
      expect(Date.now() - began).toBeLessThan(TIMEOUT_MS);
    });
    await skipping.teardown();
  },
  TIMEOUT_MS,
);

describe('an activity whose input is under a key that its worker lacks', () => {
  /** A started `ask` whose activity was scheduled under another key than the server's, by a worker that is gone. */
  async function askedUnder(keyId: string): Promise<WorkflowHandle> {
    const [own] = server.config.encryptionKeys;
    const config: Config = {
      ...server.config,
      encryptionKeys: [{ id: keyId, key: Buffer.alloc(32, 8) }, ...(own ? [own] : [])],
    };
    const handle = await start(server.client, 'ask', 'order-1');
    await withWorkers({ config }, () => scheduledBy(handle));
    return handle;
  }

  async function scheduledBy(handle: WorkflowHandle): Promise<void> {
    await until(async () => {
      const { events } = await handle.fetchHistory();
      return events?.some((one) => one.activityTaskScheduledEventAttributes) ?? false;
    });
  }

  const at = () => ({ connection: server.connection, namespace: server.target.namespace });
  const check = (...keys: Config['encryptionKeys']) =>
    checkKeys(at(), [...keys, ...server.config.encryptionKeys], (text) => {
      throw new Error(text);
    });
  const timesLogged = (keyId: string) =>
    logged.filter((line) => line.includes('cannot be read by anybody') && line.includes(keyId)).length;

  test(
    'that is not on the list stops nothing else, and is logged once',
    async () => {
      await check();
      const lost = [await askedUnder('lost'), await askedUnder('lost')];
      await withWorkers({ activities: { core, junction } }, async () => {
        await until(() => timesLogged('lost') > 0);
        const other = await start(server.client, 'ask', 'order-2');
        await expect(other.result()).resolves.toMatchObject({ order: { id: 'order-2' } });
        // Both were given to the worker.
        for (const handle of lost) await until(() => isTaken(handle));
        const another = await start(server.client, 'ask', 'order-3');
        await expect(another.result()).resolves.toMatchObject({ order: { id: 'order-3' } });
      });
      expect(timesLogged('lost')).toBe(1);
      for (const handle of lost) {
        expect((await handle.describe()).status.name).toBe('RUNNING');
        await handle.terminate();
      }
    },
    TIMEOUT_MS,
  );

  test(
    'that is on the list drains it',
    async () => {
      await check({ id: 'missed', key: Buffer.alloc(32, 8) });
      const handle = await askedUnder('missed');
      const workers = await createWorkers({
        config: server.config,
        connection: server.connection,
        namespace: server.target.namespace,
        activities: { core, junction },
        workflowBundle,
      });
      await expect(workers.run()).rejects.toThrow(/the key "missed"/);
      expect(timesLogged('missed')).toBe(0);
      await handle.terminate();
    },
    TIMEOUT_MS,
  );

  async function isTaken(handle: WorkflowHandle): Promise<boolean> {
    const { raw } = await handle.describe();
    return raw.pendingActivities?.some(({ attempt, lastStartedTime }) => attempt && lastStartedTime) ?? false;
  }
});
