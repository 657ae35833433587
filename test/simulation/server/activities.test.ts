import { coresdk } from '@temporalio/proto';
import { chanceOf } from '../chance';
import { timestamp } from '../sdk-internals';
import { installTime, type VirtualTime } from '../time';
import { createActivities, type Activities, type ActivityTask } from './activities';
import { decoded, encoded, textOf } from './payloads';
import { createQueues, type Queues } from './queues';
import { RULES } from './rules';

/** The activities of the model: time-outs, retries, cancellation and heartbeats, without any workflow. */

const { ActivityCancellationType: Cancelling } = coresdk.workflow_commands;

let time: VirtualTime;
beforeAll(() => {
  time = installTime();
});
afterAll(() => time.uninstall());

interface Scene {
  activities: Activities;
  queues: Queues;
  /** Attempts that a worker was given. */
  tasks: ActivityTask[];
  /** Events of the history, and what the workflow heard. */
  events: string[];
  heard: string[];
}

function scene(): Scene {
  time.reset(0, 1);
  const queues = createQueues(time, chanceOf(1));
  const [tasks, events, heard]: [ActivityTask[], string[], string[]] = [[], [], []];
  const activities = createActivities({
    ...{ time, queues, runId: 'run', rules: RULES },
    start: (task) => void tasks.push(task),
    recorded: (event) => events.push(event),
    ended: (event, _of, job) => {
      events.push(event);
      heard.push(textOf(job));
    },
  });
  return { activities, queues, tasks, events, heard };
}

function schedule({ activities }: Scene, over: coresdk.workflow_commands.IScheduleActivity = {}): void {
  activities.schedule({
    seq: 1,
    activityId: '1',
    activityType: 'look',
    taskQueue: 'queue',
    startToCloseTimeout: timestamp(1_000),
    retryPolicy: { initialInterval: timestamp(100), backoffCoefficient: 2, maximumAttempts: 3 },
    cancellationType: Cancelling.TRY_CANCEL,
    ...over,
  });
}

const pass = (ms: number): Promise<void> => time.play(time.sleep(ms));

const FAILED = { failed: { failure: { message: 'no', applicationFailureInfo: {} } } };
const DONE = { completed: { result: encoded('seen') } };

test('one that is answered is told once, and a second answer does not count', async () => {
  const s = scene();
  schedule(s);
  await pass(50);
  const [task] = s.tasks;
  expect(s.activities.finish(task?.token ?? '', DONE)).toBe(true);
  expect(s.activities.finish(task?.token ?? '', DONE)).toBe(false);
  expect(s.events).toEqual(['ActivityTaskScheduled', 'ActivityTaskCompleted']);
});

test('a try that nobody answers is over after its time, and the next comes after the pause', async () => {
  const s = scene();
  schedule(s);
  await pass(1_050);
  expect(s.tasks).toHaveLength(1);
  await pass(150);
  expect(s.tasks.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(s.activities.finish(s.tasks[0]?.token ?? '', DONE)).toBe(false);
});

test('after the last try the workflow hears that it timed out', async () => {
  const s = scene();
  schedule(s, { retryPolicy: { maximumAttempts: 1 } });
  await pass(1_100);
  expect(s.events.at(-1)).toBe('ActivityTaskTimedOut');
  expect(s.heard.join()).toContain('Activity task timed out');
});

test('failures are tried again with growing pauses, and the last is told', async () => {
  const s = scene();
  schedule(s);
  const beganMs: number[] = [];
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await pass(attempt === 1 ? 50 : 100 * attempt + 50);
    beganMs.push(s.tasks.at(-1)?.attemptScheduledMs ?? 0);
    s.activities.finish(s.tasks.at(-1)?.token ?? '', FAILED);
  }
  const [first = 0, second = 0, third = 0] = beganMs;
  expect(second - first).toBeGreaterThanOrEqual(100);
  expect(third - second).toBeGreaterThanOrEqual(200);
  expect(s.events).toEqual(['ActivityTaskScheduled', 'ActivityTaskFailed']);
});

test('a cancel ends at once what waits for a worker or pauses between tries', async () => {
  const s = scene();
  s.queues.setOpen('queue', false);
  schedule(s);
  expect(s.activities.requestCancel(1)).toBe(true);
  expect(s.events).toEqual(['ActivityTaskScheduled', 'ActivityTaskCancelRequested', 'ActivityTaskCanceled']);
  s.queues.setOpen('queue', true);
  await pass(100);
  expect(s.tasks).toEqual([]);
});

test('a cancel of one that runs is heard with its heartbeat, and it is not tried again', async () => {
  const s = scene();
  schedule(s);
  await pass(50);
  const token = s.tasks[0]?.token ?? '';
  expect(s.activities.heartbeat(token, null)).toBe('goes on');
  expect(s.activities.requestCancel(1)).toBe(false);
  expect(s.activities.heartbeat(token, null)).toBe('cancelled');
  s.activities.finish(token, FAILED);
  await pass(1_000);
  expect(s.tasks).toHaveLength(1);
  expect(s.events.at(-1)).toBe('ActivityTaskFailed');
});

test('what was told with a heartbeat is given to the next try', async () => {
  const s = scene();
  schedule(s);
  await pass(50);
  s.activities.heartbeat(s.tasks[0]?.token ?? '', encoded({ tries: 1 }));
  s.activities.finish(s.tasks[0]?.token ?? '', FAILED);
  await pass(200);
  expect(decoded(s.tasks[1]?.heartbeatDetails)).toEqual({ tries: 1 });
});

test('one that does not heartbeat in time is tried again, and its late heartbeat is told so', async () => {
  const s = scene();
  schedule(s, { heartbeatTimeout: timestamp(300) });
  await pass(500);
  expect(s.tasks.length).toBeGreaterThanOrEqual(2);
  expect(s.activities.heartbeat(s.tasks[0]?.token ?? '', null)).toBe('not found');
});

test('a queue without a worker keeps its tasks', async () => {
  const s = scene();
  s.queues.setOpen('queue', false);
  schedule(s);
  await pass(60_000);
  expect(s.tasks).toEqual([]);
  s.queues.setOpen('queue', true);
  await pass(50);
  expect(s.tasks).toHaveLength(1);
});
