import type { Payload } from '@temporalio/common';
import { coresdk } from '@temporalio/proto';
import type { ActivityResult, Job } from '../sdk-internals';
import type { Due, VirtualTime } from '../time';
import type { About } from './history';
import { msOf, type Failure } from './payloads';
import type { Queues } from './queues';
import { policyOf, RetryState, TimeoutType, type RetryPolicy } from './retry';
import type { ModelRules } from './rules';

/** The activities of one run, as the server keeps them: queued, tried, timed, cancelled, tried again. */

const { ActivityCancellationType: Cancelling } = coresdk.workflow_commands;

/** An attempt, as a worker is given it. */
export interface ActivityTask {
  token: string;
  activityId: string;
  type: string;
  queue: string;
  input: readonly Payload[];
  attempt: number;
  scheduledMs: number;
  attemptScheduledMs: number;
  startToCloseMs: number;
  scheduleToCloseMs: number;
  heartbeatMs: number;
  heartbeatDetails: Payload | null;
}

/** What a worker hears when it heartbeats: whether the attempt counts, and whether it was asked to stop. */
export type Heard = 'goes on' | 'cancelled' | 'not found';

export interface Activities {
  schedule(command: coresdk.workflow_commands.IScheduleActivity, about?: ScheduledWith): void;
  /** One that a history has scheduled and not ended is scheduled anew, as its first try. */
  restore(command: coresdk.workflow_commands.IScheduleActivity, scheduledId: number): void;
  /** True when it was not running, so that it is over at once. */
  requestCancel(seq: number): boolean;
  heartbeat(token: string, details: Payload | null): Heard;
  /** The answer of an attempt; false when it no longer counts. */
  finish(token: string, result: ActivityResult): boolean;
  /** The run is over: nothing of them counts any more. */
  forget(): void;
  pending(): readonly Readonly<Pending>[];
}

/** What the event of a scheduling says beside the command. */
export interface ScheduledWith {
  taskId: number;
  metadata: About['metadata'];
}

/** What the activities need of their run. */
export interface Around {
  time: VirtualTime;
  queues: Queues;
  rules: Pick<ModelRules, 'verdictOn'>;
  runId: string;
  /** Gives an attempt to a worker. */
  start(task: ActivityTask): void;
  /** Tells of an end: its event after that of the start, and what the workflow hears. */
  ended(event: string, of: Pending, job: Job, attributes: object): void;
  /** Records an event of an activity and returns its id. */
  recorded(event: string, of: Pick<Pending, 'type'>, about?: About): number;
}

export interface Pending {
  seq: number;
  type: string;
  activityId: string;
  queue: string;
  input: readonly Payload[];
  policy: RetryPolicy;
  cancelling: number;
  scheduledMs: number;
  attemptScheduledMs: number;
  expiresMs: number | null;
  startToCloseMs: number;
  scheduleToStartMs: number;
  heartbeatMs: number;
  attempt: number;
  state: 'scheduled' | 'started' | 'pausing';
  isCancelRequested: boolean;
  heartbeatDetails: Payload | null;
  heartbeatAtMs: number | null;
  /** The event that scheduled it. */
  scheduledId: number;
  startedMs: number | null;
  /** When the last try failed, and of what. */
  failedMs: number | null;
  lastFailure: Failure | null;
  maximumAttempts: number;
  timers: Due[];
  beat: Due | null;
  takeBack: () => void;
}

export function createActivities(around: Around): Activities {
  const { time, queues } = around;
  const all = new Map<number, Pending>();
  const scheduled = new Map<number, Pending>();
  const tokenOf = ({ seq, attempt }: Pending): string => `${around.runId}/${seq}/${attempt}`;
  const startedBy = (token: string): Pending | undefined =>
    [...all.values()].find((one) => one.state === 'started' && tokenOf(one) === token);

  const stopTimers = (one: Pending): void => {
    one.takeBack();
    one.beat?.cancel();
    one.timers.splice(0).forEach((timer) => timer.cancel());
  };
  const end = (one: Pending, event: string, result: object, attributes: object): void => {
    stopTimers(one);
    all.delete(one.seq);
    around.ended(event, one, { resolveActivity: { seq: one.seq, result } }, attributes);
  };
  const offer = (one: Pending): void => {
    Object.assign(one, { state: 'scheduled', attemptScheduledMs: time.now() });
    one.takeBack = queues.offer(one.queue, () => start(one));
    if (one.scheduleToStartMs > 0)
      one.timers.push(
        time.after(one.scheduleToStartMs, () => timedOut(one, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START)),
      );
  };
  const start = (one: Pending): void => {
    stopTimers(one);
    Object.assign(one, { state: 'started', startedMs: time.now() });
    one.timers.push(
      time.after(one.startToCloseMs, () => timedOut(one, TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE)),
    );
    rewind(one);
    around.start(taskOf(one, tokenOf(one)));
  };
  const rewind = (one: Pending): void => {
    one.beat?.cancel();
    if (one.heartbeatMs > 0)
      one.beat = time.after(one.heartbeatMs, () => timedOut(one, TimeoutType.TIMEOUT_TYPE_HEARTBEAT));
  };
  const timedOut = (one: Pending, timeoutType: TimeoutType): void => {
    const lastHeartbeatDetails = one.heartbeatDetails && { payloads: [one.heartbeatDetails] };
    const message = `activity ${TimeoutType[timeoutType]}`;
    failed(one, { message, timeoutFailureInfo: { timeoutType, lastHeartbeatDetails } });
  };
  const failed = (one: Pending, failure: Failure): void => {
    if (!all.has(one.seq)) return;
    const { policy, attempt, expiresMs } = one;
    const verdict = one.isCancelRequested
      ? { again: false as const, why: RetryState.RETRY_STATE_CANCEL_REQUESTED }
      : around.rules.verdictOn({ policy, attempt, failure, nowMs: time.now(), expiresMs });
    if (verdict.again) {
      Object.assign(one, { lastFailure: failure, failedMs: time.now() });
      return pause(one, verdict.afterMs);
    }
    const isTimeout = failure.timeoutFailureInfo != null;
    const message = isTimeout ? 'Activity task timed out' : 'Activity task failed';
    end(
      one,
      isTimeout ? 'ActivityTaskTimedOut' : 'ActivityTaskFailed',
      { failed: { failure: { message, cause: failure, activityFailureInfo: infoOf(one, verdict.why) } } },
      { failure, retryState: verdict.why },
    );
  };
  const pause = (one: Pending, forMs: number): void => {
    stopTimers(one);
    Object.assign(one, {
      state: 'pausing',
      attempt: one.attempt + 1,
      attemptScheduledMs: time.now() + forMs,
    });
    one.timers.push(time.after(forMs, () => offer(one)));
  };
  const begin = (one: Pending): void => {
    all.set(one.seq, one);
    scheduled.set(one.seq, one);
    if (one.expiresMs !== null)
      time.after(one.expiresMs - time.now(), () => {
        // A later activity of the same number does not exist within a run.
        if (all.get(one.seq) === one) timedOut(one, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
      });
    offer(one);
  };
  return {
    schedule(command, { taskId, metadata } = { taskId: 0, metadata: null }) {
      const one = pendingOf(command, time.now());
      one.scheduledId = around.recorded('ActivityTaskScheduled', one, {
        attributes: scheduledAttributes(command, taskId),
        metadata,
      });
      begin(one);
    },
    restore: (command, scheduledId) => begin({ ...pendingOf(command, time.now()), scheduledId }),
    requestCancel(seq) {
      const one = all.get(seq);
      if (one?.isCancelRequested) return false;
      // One that ended while the task was played is cancelled too late; the history has the request all the same.
      const of = scheduled.get(seq);
      around.recorded('ActivityTaskCancelRequested', of ?? { type: '' }, {
        attributes: { scheduledEventId: of?.scheduledId },
      });
      if (!one) return false;
      one.isCancelRequested = true;
      if (one.state === 'started') return false;
      end(one, 'ActivityTaskCanceled', cancelled(one), {});
      return true;
    },
    heartbeat(token, details) {
      const one = startedBy(token);
      if (!one) return 'not found';
      Object.assign(one, { heartbeatDetails: details, heartbeatAtMs: time.now() });
      rewind(one);
      return one.isCancelRequested ? 'cancelled' : 'goes on';
    },
    finish(token, { completed, failed: failing, cancelled: stopped }) {
      const one = startedBy(token);
      if (!one) return false;
      if (completed) {
        const result = completed.result && { payloads: [completed.result] };
        end(one, 'ActivityTaskCompleted', { completed }, { result });
        // Only one that was asked to stop may say that it did; a worker that shuts down makes it a failure.
      } else if (stopped && one.isCancelRequested) end(one, 'ActivityTaskCanceled', cancelled(one), {});
      else failed(one, failing?.failure ?? { message: 'stopped unasked', applicationFailureInfo: {} });
      return true;
    },
    forget() {
      all.forEach(stopTimers);
      all.clear();
    },
    pending: () => [...all.values()],
  };
}

function pendingOf(command: coresdk.workflow_commands.IScheduleActivity, nowMs: number): Pending {
  const scheduleToCloseMs = msOf(command.scheduleToCloseTimeout);
  return {
    seq: command.seq ?? 0,
    type: command.activityType ?? '',
    activityId: command.activityId ?? '',
    queue: command.taskQueue ?? '',
    input: command.arguments ?? [],
    policy: policyOf(command.retryPolicy),
    cancelling: command.cancellationType ?? Cancelling.TRY_CANCEL,
    scheduledMs: nowMs,
    attemptScheduledMs: nowMs,
    expiresMs: scheduleToCloseMs > 0 ? nowMs + scheduleToCloseMs : null,
    startToCloseMs: msOf(command.startToCloseTimeout) || scheduleToCloseMs,
    scheduleToStartMs: msOf(command.scheduleToStartTimeout),
    heartbeatMs: msOf(command.heartbeatTimeout),
    attempt: 1,
    state: 'scheduled',
    isCancelRequested: false,
    heartbeatDetails: null,
    heartbeatAtMs: null,
    scheduledId: 0,
    startedMs: null,
    failedMs: null,
    lastFailure: null,
    maximumAttempts: command.retryPolicy?.maximumAttempts ?? 0,
    timers: [],
    beat: null,
    takeBack: () => undefined,
  };
}

function scheduledAttributes(command: coresdk.workflow_commands.IScheduleActivity, taskId: number): object {
  const { activityId, activityType, taskQueue, retryPolicy, heartbeatTimeout } = command;
  const { scheduleToCloseTimeout, scheduleToStartTimeout, startToCloseTimeout } = command;
  return {
    ...{ activityId, retryPolicy, heartbeatTimeout },
    ...{ scheduleToCloseTimeout, scheduleToStartTimeout, startToCloseTimeout },
    activityType: { name: activityType },
    taskQueue: { name: taskQueue },
    input: { payloads: command.arguments },
    header: { fields: command.headers },
    workflowTaskCompletedEventId: taskId,
  };
}

function taskOf(one: Pending, token: string): ActivityTask {
  const { activityId, type, queue, input, attempt, scheduledMs, attemptScheduledMs } = one;
  const { startToCloseMs, heartbeatMs, heartbeatDetails, expiresMs } = one;
  const scheduleToCloseMs = expiresMs === null ? 0 : expiresMs - scheduledMs;
  return {
    ...{ token, activityId, type, queue, input, attempt, scheduledMs, attemptScheduledMs },
    ...{ startToCloseMs, heartbeatMs, heartbeatDetails, scheduleToCloseMs },
  };
}

/** What a workflow hears of an activity that was cancelled, by the server or at once by the worker's own word. */
export function cancelled({ type, activityId }: Pick<Pending, 'type' | 'activityId'>): {
  cancelled: { failure: Failure };
} {
  const cause = { message: 'Activity cancelled', canceledFailureInfo: {} };
  const info = infoOf({ type, activityId }, RetryState.RETRY_STATE_UNSPECIFIED);
  return { cancelled: { failure: { message: 'Activity task cancelled', cause, activityFailureInfo: info } } };
}

function infoOf({ type, activityId }: Pick<Pending, 'type' | 'activityId'>, retryState: number) {
  return { activityType: { name: type }, activityId, retryState };
}
