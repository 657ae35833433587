import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { OpsActivities } from '../../activities/contract';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../src/booking/names';
import type { BulkInput, BulkProgress, Waiting } from '../../src/booking/ops';
import { dataConverterOf } from '../../src/temporal/encryption';
import { workflowBundle } from '../../src/temporal/worker';
import { startTimeSkippingServer, testConfig } from '../support/temporal';

const INPUT: BulkInput = {
  incident: { reason: 'credentials_rejected' },
  ratePerSecond: 2,
  by: 'desk',
  requestId: 'first',
};

describe('resuming an incident', () => {
  const config = testConfig();
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTimeSkippingServer(config);
  }, 120_000);
  afterAll(() => env.teardown(), 60_000);

  type Asked = Pick<OpsActivities, 'waitingFor' | 'resume'>;

  /** Of the resumption that runs. */
  let bulkId: string;

  /** Runs a resumption whose activities are these; with what each chunk was, in order. */
  const resumed = async (asked: Asked, ...carried: unknown[]) => {
    const chunks: string[][] = [];
    const worker = await Worker.create({
      connection: env.nativeConnection,
      dataConverter: dataConverterOf(config),
      taskQueue: TASK_QUEUE.bookings,
      workflowBundle: await workflowBundle(),
      activities: {
        waitingFor: asked.waitingFor,
        resume: (input: Parameters<OpsActivities['resume']>[0]) => {
          chunks.push(input.workflowIds);
          return asked.resume(input);
        },
      },
    });
    bulkId = `bulk:${randomUUID()}`;
    const run = env.client.workflow.execute<(...args: unknown[]) => Promise<BulkProgress>>(
      WORKFLOW_TYPE.bulk,
      {
        workflowId: bulkId,
        taskQueue: TASK_QUEUE.bookings,
        args: [INPUT, ...carried],
      },
    );
    return { progress: await worker.runUntil(run), chunks };
  };

  const ids = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `booking:${from + n}`);
  const all = (workflowIds: string[]) => () =>
    Promise.resolve<Waiting>({ workflowIds, count: workflowIds.length, next: null });

  test('goes piece by piece, and counts them all', async () => {
    const cursor = { startedAt: '2026-12-01T00:00:00.000Z', workflowId: 'booking:149' };
    const pieces = [
      { workflowIds: ids(150), count: 200, next: cursor },
      { workflowIds: ids(50, 150), count: 50, next: null },
    ];
    const asked: unknown[] = [];
    const { progress, chunks } = await resumed({
      waitingFor: async ({ after }) => {
        asked.push(after);
        return pieces[after ? 1 : 0] as Waiting;
      },
      resume: async () => ({ passedOver: 1, changed: 2, failedIds: [] }),
    });
    expect(asked).toEqual([null, cursor]);
    expect(chunks.map(({ length }) => length)).toEqual([120, 30, 50]);
    expect(progress).toEqual({
      total: 200,
      resumed: 191,
      passedOver: 3,
      changed: 6,
      failed: 0,
      failedIds: [],
      done: true,
    });
  });

  test('tells those again at the end that could not be told, and nobody else', async () => {
    let tries = 0;
    const { progress, chunks } = await resumed({
      waitingFor: all(ids(130)),
      resume: async ({ workflowIds }) => {
        const isUp = (tries += 1) > 3;
        return { passedOver: 0, failedIds: isUp ? [] : workflowIds.filter((id) => id === 'booking:7') };
      },
    });
    expect(chunks.slice(2)).toEqual([['booking:7'], ['booking:7']]);
    expect(progress).toMatchObject({ total: 130, resumed: 130, failed: 0, failedIds: [], done: true });
  });

  test('ends all the same when one can never be told, and names it', async () => {
    const { progress, chunks } = await resumed({
      waitingFor: all(ids(3)),
      resume: async ({ workflowIds }) => ({
        passedOver: 0,
        failedIds: workflowIds.filter((id) => id === 'booking:1'),
      }),
    });
    expect(chunks).toEqual([ids(3), ['booking:1'], ['booking:1'], ['booking:1']]);
    expect(progress).toEqual({
      total: 3,
      resumed: 2,
      passedOver: 0,
      changed: 0,
      failed: 1,
      failedIds: ['1'],
      done: true,
    });
  });

  test('asks each about what it waited for when it was listed, also those that are told again', async () => {
    const since = (n: number) => `2026-12-01T00:00:0${n}.000Z`;
    const sinceOf = Object.fromEntries(ids(3).map((id, n) => [id, since(n)]));
    const asked: unknown[] = [];
    const { progress } = await resumed({
      waitingFor: () => Promise.resolve<Waiting>({ workflowIds: ids(3), sinceOf, count: 3, next: null }),
      resume: async ({ sinceOf: given, reason, id }) => {
        asked.push({ given, reason, id });
        return { passedOver: 0, changed: 0, failedIds: asked.length === 1 ? ['booking:1'] : [] };
      },
    });
    const { requestId: id } = INPUT;
    const { reason } = INPUT.incident;
    expect(asked).toEqual([
      { given: sinceOf, reason, id },
      { given: { 'booking:1': since(1) }, reason, id },
    ]);
    expect(progress).toMatchObject({ total: 3, resumed: 3, failed: 0, done: true });
  });

  test('names no more than fit, and counts the rest', async () => {
    const { progress } = await resumed({
      waitingFor: all(ids(1_500)),
      resume: async ({ workflowIds }) => ({ passedOver: 0, failedIds: workflowIds }),
    });
    expect(progress).toMatchObject({ total: 1_500, resumed: 0, failed: 1_500, done: true });
    expect(progress.failedIds).toHaveLength(100);
  });

  test('is carried on by a new run where the last one was', async () => {
    const progress = { total: 10, resumed: 6, passedOver: 1, failed: 1, failedIds: ['4'], done: false };
    const after = { startedAt: '2026-12-01T00:00:00.000Z', workflowId: 'booking:7' };
    const underWay = { progress, before: '2026-12-02T00:00:00.000Z', after, failedIds: ['booking:4'] };
    const asked: unknown[] = [];
    const waitingFor: OpsActivities['waitingFor'] = async (input) => {
      asked.push(input);
      return { workflowIds: ids(2, 8), count: 2, next: null };
    };
    const run = await resumed(
      { waitingFor, resume: async () => ({ passedOver: 0, failedIds: [] }) },
      underWay,
    );
    expect(asked).toEqual([{ incident: INPUT.incident, before: underWay.before, after }]);
    expect(run.chunks).toEqual([['booking:8', 'booking:9'], ['booking:4']]);
    // What that run did not count is counted from here on.
    expect(run.progress).toMatchObject({ total: 10, resumed: 9, passedOver: 1, changed: 0, done: true });
  });

  test('takes the incident up once more for a request that comes while only the telling again is left', async () => {
    const newer = { ...INPUT, ratePerSecond: 50, by: 'night desk', requestId: 'newer' };
    const tellNewer = async () => {
      const handle = env.client.workflow.getHandle(bulkId);
      await handle.signal('resumeAgain', newer);
      await handle.signal('resumeAgain', newer);
    };
    const asked: { before: string; by: string[] }[] = [];
    const { progress, chunks } = await resumed({
      waitingFor: async ({ before }) => {
        asked.push({ before, by: [] });
        return { workflowIds: ids(3), count: 3, next: null };
      },
      resume: async ({ workflowIds, by }) => {
        asked.at(-1)?.by.push(by);
        if (asked.length > 1) return { passedOver: 0, failedIds: [] };
        // It comes twice, as after a lost answer, while the one that could not be told is told again.
        if (workflowIds.length === 1) await tellNewer();
        return { passedOver: 0, failedIds: ids(1) };
      },
    });
    expect(chunks).toEqual([ids(3), ids(1), ids(3)]);
    expect(asked.map(({ by }) => by)).toEqual([['desk', 'desk'], ['night desk']]);
    expect(Date.parse(asked[1]?.before ?? '')).toBeGreaterThan(Date.parse(asked[0]?.before ?? ''));
    expect(progress).toMatchObject({ total: 3, resumed: 3, failed: 0, failedIds: [], done: true });
  });

  test.each([
    ['its own request, which comes with its start', INPUT],
    ['what is no request', 'again'],
  ])('is not taken up again for %s', async (_what, body) => {
    const { chunks } = await resumed({
      waitingFor: all(ids(3)),
      resume: async () => {
        await env.client.workflow.getHandle(bulkId).signal('resumeAgain', body);
        return { passedOver: 0, failedIds: [] };
      },
    });
    expect(chunks).toEqual([ids(3)]);
  });

  test('takes the answers of a worker of an earlier build, which names all at once and tells of no failures', async () => {
    const { progress } = await resumed({
      // What an earlier build answers is of another form than the contract's.
      waitingFor: async () => ids(2) as unknown as Waiting,
      resume: async () => ({ passedOver: 1 }) as never,
    });
    expect(progress).toMatchObject({
      total: 2,
      resumed: 1,
      passedOver: 1,
      changed: 0,
      failed: 0,
      done: true,
    });
  });
});
