import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Context } from '@temporalio/activity';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, Worker } from '@temporalio/worker';
import { fenceOf } from '../../activities/fence';
import type { ProviderActivities } from '../../activities/contract';
import { TASK_QUEUE } from '../../src/booking/names';
import { requestSchema } from '../../src/booking/schema/request';
import { childEnv } from '../../src/config';
import { dataConverterOf } from '../../src/temporal/encryption';
import { ORDER_ID, SEED_APPOINTMENT, SEED_ORDER } from '../providers/junction/fixtures';
import { scriptedServer, type ScriptedServer } from '../providers/scripted-server';
import { testBundle } from '../support/bundles';
import { startTestServer, type TestServer } from '../support/temporal';

/** A write that was given up is not carried out: played with a worker that is frozen between its look and its write. */

const SLOT: Parameters<ProviderActivities['bookSlot']>[0]['slot'] = {
  key: 'a-key',
  startsAt: '2026-12-07T15:00:00.000Z',
  endsAt: '2026-12-07T16:00:00.000Z',
  expiresAt: null,
  timezone: null,
  price: null,
  distance: null,
  location: null,
  place: null,
};

const BOOK = {
  target: {
    provider: 'junction-phlebotomy',
    account: 'default',
    bookingId: 'b',
    callTimeoutMs: 20_000,
  },
  request: requestSchema.parse({
    provider: 'junction-phlebotomy',
    order: { id: ORDER_ID, onFailure: 'keep' },
    slot: { key: SLOT.key, startsAt: SLOT.startsAt, endsAt: SLOT.endsAt },
  }),
  orderId: ORDER_ID,
  slot: SLOT,
  ref: 'b.1/book/1',
  key: null,
  clue: {
    maker: 'b.1',
    ownIds: [],
    takenOver: null,
    orderId: ORDER_ID,
    refReturns: true,
    before: [],
    triedStartsAt: SLOT.startsAt,
  },
  acceptedCancels: [],
} as const satisfies Parameters<ProviderActivities['bookSlot']>[0];

const LOOK = `GET /v3/order/${ORDER_ID}/phlebotomy/appointment`;
const READ = `GET /v3/order/${ORDER_ID}`;
const WRITE = `POST /v3/order/${ORDER_ID}/phlebotomy/appointment/book`;

describe('a worker that is frozen between its look and its write', () => {
  let server: TestServer;
  let workflows: Worker;
  let running: Promise<void>;
  let provider: ScriptedServer;
  let child: ChildProcess;

  beforeAll(async () => {
    server = await startTestServer();
    workflows = await Worker.create({
      connection: server.connection,
      namespace: server.target.namespace,
      dataConverter: dataConverterOf(server.config),
      taskQueue: TASK_QUEUE.bookings,
      workflowBundle: await testBundle(require.resolve('./fixtures/workflows')),
    });
    running = workflows.run();
    provider = await scriptedServer();
    child = fork(require.resolve('./fixtures/provider-worker'), [server.target.address, provider.url], {
      env: childEnv({}),
      execArgv: ['--require', 'tsx/cjs'],
      stdio: 'ignore',
    });
    await once(child, 'message');
  }, 60_000);
  afterAll(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    await provider.close();
    workflows.shutdown();
    await running;
    await server.stop();
  });

  beforeEach(() => void provider.received.splice(0));
  afterEach(() => provider.finish());

  /** Freezes the worker at its look, has `meanwhile` happen, and resolves once the thawed worker's call has ended. */
  async function frozenWhile(
    startToCloseMs: number,
    meanwhile: (handle: WorkflowHandle) => Promise<unknown>,
  ): Promise<WorkflowHandle> {
    let thaw = (): void => undefined;
    const thawed = new Promise<void>((resolve) => (thaw = resolve));
    provider.expect(LOOK, { status: 404, body: { detail: 'Not Found' }, after: thawed });
    provider.expect(READ, { body: SEED_ORDER });
    const handle = await server.client.workflow.start('bookOnce', {
      workflowId: randomUUID(),
      taskQueue: TASK_QUEUE.bookings,
      args: [BOOK, startToCloseMs],
    });
    await provider.until(() => provider.received.length === 1);
    const ended = once(child, 'message');
    child.kill('SIGSTOP');
    await meanwhile(handle);
    thaw();
    child.kill('SIGCONT');
    await ended;
    return handle;
  }

  test('past the time of its call does not write', async () => {
    await frozenWhile(2_000, async (handle) => {
      await expect(handle.result()).rejects.toMatchObject({ cause: { cause: { name: 'TimeoutFailure' } } });
    });
    expect(provider.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  test('whose workflow was terminated meanwhile does not write', async () => {
    await frozenWhile(120_000, (handle) => handle.terminate());
    expect(provider.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  test('and thaws in time writes as if nothing had been', async () => {
    const handle = await frozenWhile(120_000, async () => {
      provider.expect(WRITE, { body: SEED_APPOINTMENT });
      // The look that the wait for the appointment begins with.
      provider.expect(LOOK, { body: SEED_APPOINTMENT });
      provider.expect(READ, { body: SEED_ORDER });
    });
    expect(await handle.result()).toMatchObject({ is: 'held', earlier: false });
  });
});

describe('the fence', () => {
  const SILENT = new DefaultLogger('ERROR', () => undefined);
  const NOT_SENT = { code: 'provider_unavailable', facts: { sent: 'no' } };

  /** Asks the fence of an attempt; Temporal answers its heartbeat so. */
  function ask(
    answer: (request: { taskToken: Uint8Array; namespace: string }) => Promise<unknown>,
    { startToCloseTimeoutMs = 60_000, neededMs = 1_000 } = {},
  ): Promise<void> {
    const client = {
      options: { namespace: 'ours', identity: 'a worker' },
      workflowService: { recordActivityTaskHeartbeat: answer },
      withAbortSignal: (_signal: AbortSignal, call: () => Promise<unknown>) => call(),
      withDeadline: (_deadline: number, call: () => Promise<unknown>) => call(),
    };
    const info = { taskToken: Buffer.from('the task'), startToCloseTimeoutMs };
    // Nothing else of the client is used.
    const mocked = { client: client as unknown as Client, logger: SILENT };
    const environment = new MockActivityEnvironment(info, mocked);
    return environment.run(() => fenceOf(Context.current(), neededMs)());
  }

  test('asks about its own task, in its own namespace', async () => {
    const asked: unknown[] = [];
    await ask(async (request) => void asked.push(request));
    expect(asked).toMatchObject([{ namespace: 'ours', taskToken: Buffer.from('the task') }]);
  });

  test.each([
    ['any error', () => Promise.reject(new Error('14 UNAVAILABLE'))],
    ['no answer in time', () => new Promise(() => undefined)],
  ])('%s counts as nothing sent, and as passing', async (_name, answer) => {
    await expect(ask(answer)).rejects.toMatchObject(NOT_SENT);
  });

  test('a write that the rest of the time does not cover is not sent', async () => {
    const answered = () => Promise.resolve({});
    await expect(ask(answered, { startToCloseTimeoutMs: 900 })).rejects.toMatchObject(NOT_SENT);
    await ask(answered, { startToCloseTimeoutMs: 1_500 });
  });
});
