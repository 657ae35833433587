import type { Client } from '@temporalio/client';
import type { LoadedDataConverter } from '@temporalio/common';
import { runAttempt, type Attempt, type RunInfo } from '../sdk-internals';
import type { Chance } from '../chance';
import type { ActivityTask } from '../server/activities';
import { decoded, encoded, msOf } from '../server/payloads';
import type { Run } from '../server/run';
import { owner, whenAwake, type Mortal, type VirtualTime } from '../time';
import type { LocalCommand, RunLocal } from './locals';

/** The workers that run the activities: real ones, each attempt in a context as the SDK's worker makes it. */
export interface ActivityWorker {
  start(run: Run, task: ActivityTask): void;
  /** Runs a local activity, within a workflow task. */
  runLocal: RunLocal;
  /** The process is gone, with all that it was about to do; another one takes its place. */
  lose(): void;
  /** The process stands still for a while and then goes on as if nothing were; another one takes the tasks from now on. */
  freeze(ms: number): void;
  /** Another process takes the tasks from now on; this one brings its own to their end. */
  replace(): void;
  /** Attempts that run are told to end, after a while of grace; resolves when all have. */
  shutdown(): Promise<void>;
  /** How many were lost. */
  losses(): number;
}

/** Activities by name. Every process has its own: adapters remember things. */
export type ActivityTable = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

export interface ActivityWorkerOptions {
  time: VirtualTime;
  chance: Chance;
  client: () => Client;
  converter: () => LoadedDataConverter;
  activities: () => ActivityTable;
  /** How far the next process's clock is ahead, in ms. */
  skewMs?: () => number;
}

/** How long an answer is on its way to the server, in ms. */
const ANSWER_MS = { least: 1, most: 10 };
/** Heartbeats that follow one by less are kept back, where the activity has no heartbeat timeout. */
const THROTTLE_MS = 30_000;
/** As src/temporal/worker.ts has it. */
const SHUTDOWN_GRACE_MS = 15_000;
/** A worker stops by itself an attempt that is over time by so much. */
const OVER_TIME_MS = 5_000;

export function createActivityWorker(options: ActivityWorkerOptions): ActivityWorker {
  let losses = 0;
  let process = begin(options);
  return {
    losses: () => losses,
    replace: () => void (process = begin(options)),
    freeze(ms) {
      process.self.frozenUntilMs = options.time.now() + ms;
      process = begin(options);
    },
    shutdown: () => process.shutdown(),
    lose() {
      process.self.dead = true;
      losses += 1;
      process = begin(options);
    },
    start: (run, task) => process.start(run, task),
    runLocal: (run, of) => process.runLocal(run, of),
  };
}

function begin({ time, chance, client, converter: converterNow, activities, skewMs }: ActivityWorkerOptions) {
  const self: Mortal = { dead: false, skewMs: skewMs?.() ?? 0 };
  const converter = converterNow();
  const table = owner.run(self, activities);
  const atWork = new Map<Attempt, Promise<unknown>>();
  const onItsWay = (): number => chance.between(ANSWER_MS.least, ANSWER_MS.most);
  const functionOf = (type: string): ActivityTable[string] => {
    const fn = Object.hasOwn(table, type) ? table[type] : undefined;
    if (!fn) throw new Error(`not modelled: the activity ${type}`);
    return fn;
  };
  const runLocal: RunLocal = (run, of) => {
    const task = localTask(run, of, time.now());
    const context = { client: client(), converter, heartbeat: () => undefined };
    const fn = functionOf(task.type);
    return owner.run(self, () => runAttempt(infoOf(run, task, true), fn, task.input, context)).done;
  };
  const start = (run: Run, task: ActivityTask): void => {
    const fn = functionOf(task.type);
    const beats = heartbeatsOf(run, task, time);
    const attempt = owner.run(self, () =>
      runAttempt(infoOf(run.info, task), fn, task.input, {
        client: client(),
        converter,
        heartbeat: (details) => {
          const heard = beats.beat(details);
          if (heard === 'goes on') return;
          const reason = heard === 'cancelled' ? 'CANCELLED' : 'NOT_FOUND';
          time.after(onItsWay(), () => whenAwake(time, self, () => attempt.cancel(reason)));
        },
      }),
    );
    const limit = time.after(task.startToCloseMs + OVER_TIME_MS, () =>
      whenAwake(time, self, () => attempt.cancel('TIMED_OUT')),
    );
    const told = attempt.done.then(async (result) => {
      limit.cancel();
      if (!self.dead) await time.sleep(onItsWay());
      atWork.delete(attempt);
      if (self.dead) return;
      if (result.failed) beats.flush();
      run.activities.finish(task.token, result);
    });
    atWork.set(attempt, told);
  };
  const shutdown = async (): Promise<void> => {
    const grace = time.after(SHUTDOWN_GRACE_MS, () =>
      [...atWork.keys()].forEach((attempt) => attempt.cancel('WORKER_SHUTDOWN')),
    );
    await Promise.all(atWork.values());
    grace.cancel();
  };
  return { self, start, runLocal, shutdown };
}

/** The heartbeats of an attempt: the first goes out at once, those after it at most so often; a failure brings the last along. */
function heartbeatsOf(run: Run, { token, heartbeatMs }: ActivityTask, time: VirtualTime) {
  const throttleMs = heartbeatMs > 0 ? Math.min(heartbeatMs * 0.8, 60_000) : THROTTLE_MS;
  let sentMs = -Infinity;
  let kept: { details: unknown } | null = null;
  const send = (details: unknown) => {
    sentMs = time.now();
    kept = null;
    return run.activities.heartbeat(token, details === undefined ? null : encoded(details));
  };
  return {
    beat(details: unknown) {
      if (time.now() - sentMs >= throttleMs) return send(details);
      kept = { details };
      return 'goes on' as const;
    },
    flush(): void {
      if (kept) send(kept.details);
    },
  };
}

function localTask({ runId, taskQueue }: RunInfo, of: LocalCommand, nowMs: number): ActivityTask {
  return {
    token: `${runId}/${of.seq ?? 0}/local`,
    activityId: of.activityId ?? '',
    type: of.activityType ?? '',
    queue: taskQueue,
    input: of.arguments ?? [],
    attempt: of.attempt ?? 1,
    ...{ scheduledMs: nowMs, attemptScheduledMs: nowMs },
    startToCloseMs: msOf(of.startToCloseTimeout),
    ...{ scheduleToCloseMs: 0, heartbeatMs: 0, heartbeatDetails: null },
  };
}

function infoOf(run: RunInfo, task: ActivityTask, isLocal = false): Parameters<typeof runAttempt>[0] {
  const { workflowId, runId, workflowType, namespace } = run;
  return {
    taskToken: Buffer.from(task.token),
    base64TaskToken: Buffer.from(task.token).toString('base64'),
    activityId: task.activityId,
    activityType: task.type,
    namespace,
    attempt: task.attempt,
    isLocal,
    workflowExecution: { workflowId, runId },
    workflowType,
    scheduledTimestampMs: Math.floor(task.scheduledMs),
    currentAttemptScheduledTimestampMs: Math.floor(task.attemptScheduledMs),
    startToCloseTimeoutMs: task.startToCloseMs,
    scheduleToCloseTimeoutMs: task.scheduleToCloseMs,
    heartbeatTimeoutMs: task.heartbeatMs || undefined,
    heartbeatDetails: decoded(task.heartbeatDetails),
    taskQueue: task.queue,
    activityRunId: undefined,
    priority: undefined,
    retryPolicy: undefined,
    inWorkflow: true,
    // Its type asks for two names besides that the SDK itself calls deprecated, and nobody reads.
  } as unknown as Parameters<typeof runAttempt>[0];
}
