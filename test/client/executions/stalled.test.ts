import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import type { ClientContext } from '../../../src/client/executions/client-context';
import { executionOf } from '../../../src/client/executions/execution';
import { stalledOf } from '../../../src/client/executions/stalled';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const T0 = Date.UTC(2026, 10, 26, 12);

const { PendingWorkflowTaskState, PendingActivityState, WorkflowExecutionStatus } = temporal.api.enums.v1;
const Response = temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;

const at = msToTs;
const time = (ms: number) => new Date(ms).toISOString();

/** Temporal reads T0 at the beginning of each test; a process that reads is given its own clock. */
describe('whether a booking stands still', () => {
  let monotonicMs: number;
  let asked: number;
  beforeEach(() => {
    monotonicMs = 1_000;
    asked = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => monotonicMs);
  });
  afterEach(() => jest.restoreAllMocks());

  const clockAhead = (ms: number) =>
    jest.spyOn(Date, 'now').mockImplementation(() => T0 + monotonicMs - 1_000 + ms);

  /** A process that reads, of a Temporal whose queues were polled last at `polledMs`; null: for five minutes by nobody. */
  const reader = (polledMs: number | null): ClientContext => {
    const client = {
      options: { namespace: 'default' },
      withDeadline: <T>(_deadline: number, call: () => Promise<T>) => call(),
      workflowService: {
        describeTaskQueue: () => {
          asked += 1;
          return Promise.resolve({ pollers: polledMs === null ? [] : [{ lastAccessTime: at(polledMs) }] });
        },
      },
    };
    // What of a client is used here.
    return { client: client as unknown as Client, idKey: Buffer.alloc(32) };
  };

  const described = (pending: temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse) => {
    const raw = Response.create({
      workflowExecutionInfo: {
        status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
        startTime: at(T0 - 24 * HOUR_MS),
      },
      ...pending,
    });
    return { ...executionOf(raw.workflowExecutionInfo ?? {}), raw };
  };
  const task = (scheduledMs: number) =>
    described({
      pendingWorkflowTask: {
        state: PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED,
        scheduledTime: at(scheduledMs),
        attempt: 1,
      },
    });
  const activity = (scheduledMs: number, attempt = 1) =>
    described({
      pendingActivities: [
        {
          state: PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED,
          scheduledTime: at(scheduledMs),
          lastAttemptCompleteTime: attempt > 1 ? at(T0 - MINUTE_MS) : null,
          attempt,
        },
      ],
    });

  const CLOCKS = [0, -HOUR_MS, 2 * HOUR_MS];

  test.each(CLOCKS)(
    'a booking that no worker takes up does, whatever the clock says (%d ms off)',
    async (off) => {
      clockAhead(off);
      const since = T0 - 40 * SECOND_MS;
      const waits = { since: time(since), why: 'no_worker' };
      expect(await stalledOf(reader(null), task(since))).toEqual(waits);
      expect(await stalledOf(reader(T0 - SECOND_MS), task(since))).toEqual(waits);
      expect(await stalledOf(reader(null), activity(since))).toMatchObject({ why: 'activity_waiting' });
    },
  );

  test('is told in time by a process that goes on reading, though its clock is an hour behind', async () => {
    clockAhead(-HOUR_MS);
    const context = reader(T0 - 10 * SECOND_MS);
    expect(await stalledOf(context, task(T0))).toBeNull();
    monotonicMs += 31 * SECOND_MS;
    expect(await stalledOf(context, task(T0))).toMatchObject({ why: 'no_worker' });
  });

  test.each(CLOCKS)(
    'a confirmed booking whose poll comes in an hour does not (clock %d ms off)',
    async (off) => {
      clockAhead(off);
      const context = reader(T0 - 20 * SECOND_MS);
      for (let reads = 0; reads < 10; reads += 1)
        expect(await stalledOf(context, activity(T0 + HOUR_MS, 2))).toBeNull();
      expect(asked).toBe(1);
    },
  );

  test('a poll that is due and that nobody takes up does', async () => {
    clockAhead(2 * HOUR_MS);
    const since = T0 - 40 * SECOND_MS;
    expect(await stalledOf(reader(T0 - 5 * SECOND_MS), activity(since, 2))).toEqual({
      since: time(since),
      why: 'activity_waiting',
    });
  });

  test('a task that was scheduled just now does not, once a process has read for a while', async () => {
    clockAhead(2 * HOUR_MS);
    const context = reader(T0 - 10 * SECOND_MS);
    await stalledOf(context, described({}));
    monotonicMs += MINUTE_MS;
    expect(await stalledOf(context, task(T0 + MINUTE_MS))).toBeNull();
  });

  test('a booking that waits for nobody costs nothing more than its description', async () => {
    clockAhead(0);
    const running = described({
      pendingActivities: [{ state: PendingActivityState.PENDING_ACTIVITY_STATE_STARTED, attempt: 1 }],
    });
    expect(await stalledOf(reader(null), running)).toBeNull();
    expect(asked).toBe(0);
  });

  test('a command that reads once goes by its own clock where nothing else tells', async () => {
    clockAhead(0);
    const since = T0 - 2 * MINUTE_MS;
    expect(await stalledOf(reader(T0 - 3 * MINUTE_MS), task(since))).toMatchObject({ why: 'no_worker' });
  });
});
