import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { INTERNAL_FLAGS, TaskFailure, type Command, type Job, type RunInfo } from '../sdk-internals';
import type { Chance } from '../chance';
import type { VirtualTime } from '../time';
import type { PlayedTask, Task } from '../worker/core';
import type { Played, QueryAnswer, WorkflowWorker } from '../worker/workflows';
import {
  beginningOf,
  endOf,
  firedOf,
  signalOf,
  startedOf,
  takingBackFired,
  TASK_TIMEOUT_MS,
  type Arrival,
} from './arrivals';
import { createActivities, type Activities, type ActivityTask } from './activities';
import { applyCommand, closesRun, isRefusal } from './commands';
import { createHistory, type HistoryEvent, type Record as RecordEvent } from './history';
import type { Failure, Fields } from './payloads';
import type { Queues } from './queues';
import type { ModelRules } from './rules';
import { createTimers, type Timers } from './timers';
import { createUpdates, type Update, type UpdateRequest, type Updates } from './updates';

/** One run of a workflow as the server keeps it: its history, its workflow tasks, and what is under way. */

export type RunStatus =
  'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TERMINATED' | 'TIMED_OUT' | 'CONTINUED_AS_NEW';

/** A run and what it has come to. */
export interface Run {
  readonly info: RunInfo;
  readonly input: readonly Payload[];
  readonly events: readonly HistoryEvent[];
  /** The tasks that were completed, oldest first: a replay plays them. */
  readonly tasks: PlayedTask[];
  readonly activities: Activities;
  readonly timers: Timers;
  readonly updates: Updates;
  /** When it began: of a run that a reset made, when that was. */
  readonly beganMs: number;
  /** The run that continued as this one. */
  readonly continuedRunId: string | null;
  memo: Fields;
  attributes: Fields;
  status: RunStatus;
  closedMs: number | null;
  result: Payload | null;
  failure: Failure | null;
  signal(name: string, input: readonly Payload[]): void;
  update(request: UpdateRequest): Update;
  /** Asks a worker; what it answers is the query's result, or why there is none. */
  query(name: string, input: readonly Payload[]): Promise<QueryAnswer>;
  requestCancel(): void;
  terminate(reason?: string): void;
  /** The workflow task that waits or is at work; null when there is none. */
  pendingTask(): PendingTask | null;
  /** Resolves once there is another event, or the run is over. */
  news(): Promise<void>;
  /** Resolves when the run is over. */
  over: Promise<void>;
  /** Ends the run; for its own commands. */
  close(status: RunStatus, event: string, with_: Ending): void;
  record: RecordEvent;
  /** Continues in a run of its own. */
  continueAs(command: Command): Run;
}

export interface PendingTask {
  is: 'scheduled' | 'started';
  scheduledMs: number;
  startedMs: number | null;
  attempt: number;
}

export type Ending = Partial<Pick<Run, 'result' | 'failure'>> & { attributes?: object };

/** What a run needs of its surroundings. */
export interface Ground {
  time: VirtualTime;
  chance: Chance;
  queues: Queues;
  worker: WorkflowWorker;
  rules: ModelRules;
  startActivity(run: Run, task: ActivityTask): void;
  /** Told after every task and every end. */
  changed(run: Run): void;
  continueAs(run: Run, command: Command): Run;
  /** Counts lost workers: a task that one held is nobody's any more. */
  losses(): number;
  failed(error: unknown): void;
  /** Whether a workflow task that fails is tried again, as by Temporal; else it is told as a failure of the whole. */
  areTasksRetried: boolean;
}

export interface Beginning {
  info: RunInfo;
  input: readonly Payload[];
  memo: Fields;
  attributes: Fields;
  /** The run that continued as this one. */
  continuedRunId: string | null;
  /** How long it may take; 0 for as long as it takes. */
  timeoutMs?: number;
  /** Of a run that a reset makes: what it takes over. */
  base?: Base;
}

/** What a reset leaves of a run, for the one that goes on in its place. */
export interface Base {
  events: readonly HistoryEvent[];
  tasks: readonly PlayedTask[];
  /** What the workflow has not heard yet. */
  jobs: readonly Job[];
  /** Brings back what was under way, and what came after the point that was reset to. */
  resume(run: Run, enter: (arrival: Arrival) => void): void;
}

type TaskState = { is: 'none' } | PendingState;

type PendingState = Omit<PendingTask, 'attempt'> & {
  isSpeculative: boolean;
  /** Its events, once they are there: those of a speculative one are written when it is completed. */
  scheduledId: number;
  startedId: number;
};

/** How long a worker takes for a workflow task, in ms. */
const TASK_MS = { least: 1, most: 20 };

export function beginRun(ground: Ground, beginning: Beginning): Run {
  const { time, queues } = ground;
  const { base, info } = beginning;
  const { events, record, news } = createHistory(time.now, [...(base?.events ?? [])]);
  let task: TaskState = { is: 'none' };
  let jobs: Job[] = [...(base?.jobs ?? [])];
  let buffered: Arrival[] = [];
  let attempt = 1;
  let takeBack = (): void => undefined;
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));

  const enter = (arrival: Arrival): void => {
    arrival.write(record);
    const { job } = arrival;
    const last = events.at(-1);
    if (!job || !last) return;
    last.job = job;
    jobs.push(job);
  };
  const arrive = (arrival: Arrival): void => {
    if (run.status !== 'RUNNING') return;
    if (task.is === 'started') return void buffered.push(arrival);
    enter(arrival);
    schedule(false);
  };
  const schedule = (isSpeculative: boolean): void => {
    if (run.status !== 'RUNNING' || task.is === 'started') return;
    const before = task;
    const wasSpeculative = before.is === 'none' || before.isSpeculative;
    const isWritten = !isSpeculative && wasSpeculative;
    task = {
      is: 'scheduled',
      isSpeculative: isSpeculative && wasSpeculative,
      scheduledId: isWritten ? recordScheduled() : before.is === 'none' ? 0 : before.scheduledId,
      scheduledMs: before.is === 'none' ? time.now() : before.scheduledMs,
      ...{ startedId: 0, startedMs: null },
    };
    if (before.is === 'none') takeBack = queues.offer(info.taskQueue, start);
  };
  const recordScheduled = (): number =>
    record('WorkflowTaskScheduled', { attributes: { taskQueue: { name: info.taskQueue }, attempt: 1 } });
  const recordStarted = (scheduledEventId: number, atMs: number): number =>
    record('WorkflowTaskStarted', { atMs, attributes: { scheduledEventId, identity: 'worker' } });
  const start = async (): Promise<void> => {
    const scheduled = task as PendingState;
    const { isSpeculative, scheduledId } = scheduled;
    const startedId = isSpeculative ? 0 : recordStarted(scheduledId, time.now());
    task = { ...scheduled, is: 'started', startedId, startedMs: time.now() };
    const taken = { jobs, updates: run.updates.take() };
    jobs = [];
    const played = {
      jobs: [...taken.jobs, ...taken.updates.map(({ job }) => job)],
      timeMs: time.now(),
      historyLength: events.length + (isSpeculative ? 2 : 0),
    };
    const losses = ground.losses();
    try {
      const commands = await ground.worker.play(run.info, run.tasks, played);
      time.after(ground.chance.between(TASK_MS.least, TASK_MS.most), () =>
        losses === ground.losses() ? complete({ ...played, commands }, taken) : lose(taken),
      );
    } catch (error) {
      if (!ground.areTasksRetried || !(error instanceof TaskFailure)) return ground.failed(error);
      // The SDK's core tells of the first failure, and lets the tries after it run out of time.
      if (attempt === 1) time.after(TASK_MS.most, () => fail(taken, UNHANDLED_FAILURE));
      else time.after(TASK_TIMEOUT_MS, () => giveBack(taken));
    }
  };
  /** Puts back what a task had taken, for the next one. */
  const giveBack = (taken: Taken): void => {
    if (run.status !== 'RUNNING') return;
    const isNothingNew = buffered.length === 0;
    task = { is: 'none' };
    attempt += 1;
    jobs = [...taken.jobs, ...jobs];
    run.updates.giveBack(taken.updates);
    flush();
    // Tries of a task that failed are written once one is through, like a speculative task.
    schedule(isNothingNew);
  };
  const lose = (taken: Taken): void => {
    const left = Math.max(0, TASK_TIMEOUT_MS - TASK_MS.most);
    time.after(left, () => {
      if (run.status !== 'RUNNING') return;
      record('WorkflowTaskTimedOut', { attributes: taskIds(task as PendingState) });
      giveBack(taken);
    });
  };
  const flush = (): void => {
    const all = buffered;
    buffered = [];
    all.filter(({ isActivityEnd }) => !isActivityEnd).forEach(enter);
    all.filter(({ isActivityEnd }) => isActivityEnd).forEach(enter);
  };
  const complete = (done: Task & { commands: Played }, taken: Taken): void => {
    if (run.status !== 'RUNNING') return;
    const started = task as PendingState;
    const { isSpeculative } = started;
    const { plain, sent, keys } = done.commands;
    const isUnheard = buffered.length > 0 || run.updates.isAnyWaiting();
    if (sent.some(closesRun) && isUnheard) return fail(taken, UNHANDLED_COMMAND);
    task = { is: 'none' };
    attempt = 1;
    const kept = run.updates.answer(sent, taken.updates);
    if (ground.rules.recordsRefusals && sent.some(isRefusal)) record('WorkflowExecutionUpdateRejected');
    if (isSpeculative && taken.jobs.length === 0 && sent.every(isRefusal)) {
      flush();
    } else {
      const taskId = recordCompleted(started);
      const commands = plain.filter((command) => !isRefusal(command));
      const heard = [...taken.jobs, ...kept.map(({ job }) => job)];
      const told = sent.filter((command) => !isRefusal(command));
      run.tasks.push({ ...done, jobs: heard, commands, sent: told, taskId, keys });
      const arrivals = buffered;
      const isToFollow = apply(told, taskId, arrivals);
      flush();
      if (arrivals.length > 0 || isToFollow) schedule(false);
    }
    if (jobs.length > 0) schedule(false);
    if (run.updates.isAnyWaiting()) schedule(true);
    ground.changed(run);
  };
  const recordCompleted = (started: PendingState): number => {
    if (started.isSpeculative) {
      const scheduledId = recordScheduled();
      const startedId = recordStarted(scheduledId, started.startedMs ?? time.now());
      Object.assign(started, { scheduledId, startedId });
    }
    const sdkMetadata = run.tasks.length === 0 ? SDK_METADATA : null;
    return record('WorkflowTaskCompleted', {
      attributes: { ...taskIds(started), identity: 'worker', sdkMetadata },
    });
  };
  /** True when a workflow task must follow: an activity that was not running is cancelled by the command itself. */
  const apply = (commands: readonly Command[], taskId: number, arrivals: Arrival[]): boolean =>
    commands
      .map((command) => applyCommand(run, command, { taskId, takeBackFired: takingBackFired(arrivals) }))
      .some(Boolean);
  /** The task fails, and another one has it all: a run must not end over what came during its last task. */
  const fail = (taken: Taken, cause: temporal.api.enums.v1.WorkflowTaskFailedCause): void => {
    if (run.status !== 'RUNNING') return;
    record('WorkflowTaskFailed', { attributes: { ...taskIds(task as PendingState), cause } });
    time.after(0, async () => {
      await ground.worker.evict(run.info.runId);
      giveBack(taken);
    });
  };
  /** A query is put to a worker between two tasks. */
  const query = async (name: string, input: readonly Payload[]): Promise<QueryAnswer> => {
    while (task.is !== 'none' && run.status === 'RUNNING') await news();
    return new Promise((resolve, reject) => {
      queues.offer(info.taskQueue, () =>
        ground.worker.query(info, run.tasks, { name, input }).then(resolve, reject),
      );
    });
  };
  const run: Run = {
    ...{ info, input: beginning.input, memo: beginning.memo, attributes: beginning.attributes },
    ...{ events, record, news, query, over, continuedRunId: beginning.continuedRunId },
    beganMs: Math.floor(time.now()),
    tasks: [...(base?.tasks ?? [])],
    activities: createActivities({
      ...{ time, queues, rules: ground.rules },
      runId: info.runId,
      start: (one) => ground.startActivity(run, one),
      recorded: (event, { type }, about) => record(event, { of: type, ...about }),
      ended: (event, one, job, attributes) =>
        arrive(endOf({ event, one, attributes, atMs: time.now() }, job)),
    }),
    timers: createTimers({
      ...{ time, chance: ground.chance, rules: ground.rules },
      fire: (seq) => arrive(firedOf(run, seq, time.now())),
    }),
    updates: createUpdates(),
    status: 'RUNNING',
    closedMs: null,
    result: null,
    failure: null,
    signal: (name, input) => arrive(signalOf(name, input, time.now())),
    update(request) {
      const update = run.updates.admit(request);
      if (!update.isAccepted) schedule(true);
      return update;
    },
    pendingTask: () => (task.is === 'none' ? null : { ...task, attempt }),
    requestCancel: () => {
      const atMs = time.now();
      arrive({
        write: (write) => write('WorkflowExecutionCancelRequested', { atMs }),
        job: { cancelWorkflow: {} },
      });
    },
    terminate: (reason = '') =>
      run.close('TERMINATED', 'WorkflowExecutionTerminated', { attributes: { reason } }),
    close(status, event, { result = null, failure = null, attributes = {} }) {
      record(event, { attributes });
      Object.assign(run, { status, closedMs: time.now(), result, failure });
      takeBack();
      run.activities.forget();
      run.timers.forget();
      run.updates.close();
      isOver();
      ground.changed(run);
    },
    continueAs: (command) => ground.continueAs(run, command),
  };
  if (base) {
    base.resume(run, enter);
  } else {
    const job = beginningOf(beginning);
    enter({ write: (write) => write('WorkflowExecutionStarted', { attributes: startedOf(beginning) }), job });
  }
  schedule(false);
  const { timeoutMs = 0 } = beginning;
  if (timeoutMs > 0)
    time.after(timeoutMs, () => {
      if (run.status === 'RUNNING') run.close('TIMED_OUT', 'WorkflowExecutionTimedOut', {});
    });
  return run;
}

interface Taken {
  jobs: Job[];
  updates: Update[];
}

/** What core tells of itself with a run's first task: all that it and the SDK know. */
const SDK_METADATA = { coreUsedFlags: [1, 2, 3], langUsedFlags: [...INTERNAL_FLAGS] };

const {
  WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: UNHANDLED_COMMAND,
  WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE: UNHANDLED_FAILURE,
} = temporal.api.enums.v1.WorkflowTaskFailedCause;

function taskIds({ scheduledId, startedId }: PendingState): object {
  return { scheduledEventId: scheduledId, startedEventId: startedId };
}
