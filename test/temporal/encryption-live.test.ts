import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { pino } from 'pino';
import type { CoreActivities } from '../../activities/contract';
import { PLAINTEXT_MARK, TASK_QUEUE } from '../../src/booking/names';
import { connectClient } from '../../src/temporal/connection';
import { installRuntime } from '../../src/temporal/runtime';
import { createWorkers, type Workers } from '../../src/temporal/worker';
import { testBundle } from '../support/bundles';
import { startTestServer, type TestServer } from '../support/temporal';

const SECRET = 'Ana-Reyes';

const core: CoreActivities = {
  openBooking: () => Promise.reject(new Error('not used here')),
  openReschedule: () => Promise.reject(new Error('not used here')),
  refuseReset: () => Promise.reject(new Error('not used here')),
  readMessage: () => Promise.reject(new Error('not used here')),
  othersClaims: () => Promise.reject(new Error('not used here')),
  isOrderUsedElsewhere: () => Promise.reject(new Error('not used here')),
  isBookingOpen: ({ bookingId }) => {
    if (bookingId.startsWith('fail'))
      throw ApplicationFailure.nonRetryable(`${SECRET} failed`, 'no_slot', SECRET);
    return Promise.resolve(true);
  },
};

const logged: string[] = [];
const log = pino({ level: 'trace' }, { write: (line) => void logged.push(line) });

let server: TestServer;
let workers: Workers;
let running: Promise<void>;

beforeAll(async () => {
  installRuntime(log);
  server = await startTestServer();
  workers = await createWorkers({
    config: server.config,
    connection: server.connection,
    namespace: server.target.namespace,
    activities: { core },
    workflowBundle: await testBundle(require.resolve('./fixtures/workflows')),
  });
  running = workers.run();
}, 60_000);

afterAll(async () => {
  workers.shutdown();
  await running;
  await server.stop();
});

function start(type: string, args: unknown[]) {
  return server.client.workflow.start(type, {
    workflowId: randomUUID(),
    taskQueue: TASK_QUEUE.bookings,
    args,
    memo: { note: SECRET },
    staticSummary: SECRET,
    staticDetails: SECRET,
  });
}

/** What Temporal stores of a workflow: its history and its description, every payload's bytes as text too. */
async function storedOf(workflowId: string): Promise<string> {
  const handle = server.client.workflow.getHandle(workflowId);
  const stored = [
    historyToJSON(await handle.fetchHistory()),
    JSON.stringify((await handle.describe()).raw),
  ].join('\n');
  const decoded = [...stored.matchAll(/"(?:data|encoding)":\s*"([^"]+)"/g)].map(([, data]) =>
    Buffer.from(data ?? '', 'base64').toString('latin1'),
  );
  return [stored, ...decoded].join('\n');
}

test('inputs, results, memo and summaries come through and are unreadable in Temporal', async () => {
  const handle = await start('echo', [{ bookingId: SECRET }]);
  await expect(handle.result()).resolves.toEqual({
    input: { bookingId: SECRET },
    isOpen: true,
    memo: { note: SECRET },
  });
  await expect(handle.query('input')).resolves.toEqual({ bookingId: SECRET });
  const description = await handle.describe();
  expect(description.memo).toEqual({ note: SECRET });
  expect(await description.staticSummary()).toBe(SECRET);
  const stored = await storedOf(handle.workflowId);
  expect(stored).toContain('binary/encrypted');
  expect(stored).not.toMatch(/Ana.Reyes/);
});

async function logLine(containing: string): Promise<string> {
  for (;;) {
    const line = logged.find((one) => one.includes(containing));
    if (line) return line;
    await setTimeout(20);
  }
}

test('a failure keeps its type and hides its message, details and stack', async () => {
  const handle = await start('echo', [{ bookingId: `fail-${SECRET}` }]);
  const failed = await handle.result().catch((err: unknown) => err);
  expect(failed).toBeInstanceOf(WorkflowFailedError);
  expect(failed).toMatchObject({
    cause: { cause: { type: 'no_slot', message: `${SECRET} failed`, details: [SECRET] } },
  });
  const stored = await storedOf(handle.workflowId);
  expect(stored).toContain('no_slot');
  expect(stored).not.toMatch(/Ana.Reyes/);
  expect(stored).not.toContain('encryption-live.test');
  // The SDK holds log lines back for a moment to sort them.
  const line = await logLine('Activity failed');
  expect(JSON.parse(line)).toMatchObject({
    workflowId: handle.workflowId,
    activityType: 'isBookingOpen',
    error: 'no_slot',
  });
  expect(logged.join('')).not.toMatch(/Ana.Reyes/);
});

test.each([['comes through'], ['fails with its type']])(
  'a local activity %s, and what it was given and said is unreadable in Temporal',
  async (how) => {
    const fails = how !== 'comes through';
    const handle = await start('echoLocally', [{ bookingId: fails ? `fail-${SECRET}` : SECRET }]);
    const ended = await handle.result().catch((err: unknown) => err);
    if (fails) expect(ended).toMatchObject({ cause: { type: 'no_slot', message: `${SECRET} failed` } });
    else expect(ended).toBe(true);
    const stored = await storedOf(handle.workflowId);
    expect(stored).toContain('core_local_activity');
    expect(stored.includes('no_slot')).toBe(fails);
    expect(stored).not.toMatch(/Ana.Reyes/);
    expect(stored).not.toContain('encryption-live.test');
  },
);

test('a signal of a caller without the codec arrives marked, and the workflow goes on', async () => {
  const plain = await connectClient(server.target, {});
  const handle = await start('hear', []);
  await plain.workflow.getHandle(handle.workflowId).signal('news', { choice: 'end' });
  await plain.connection.close();
  await expect(handle.result()).resolves.toEqual({ [PLAINTEXT_MARK]: { choice: 'end' } });
});
