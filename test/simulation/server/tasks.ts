import { temporal } from '@temporalio/proto';
import { INTERNAL_FLAGS, TaskFailure, type Command, type Job } from '../sdk-internals';
import type { Task } from '../worker/core';
import type { Played } from '../worker/workflows';
import { takingBackFired, TASK_TIMEOUT_MS, type Arrival } from './arrivals';
import { applyCommand, closesRun, isRefusal, type Along } from './commands';
import type { HistoryEvent, Record as RecordEvent } from './history';
import type { Ground, PendingTask, Run } from './run';
import type { Update } from './updates';

/** The workflow tasks of one run: what comes is heard by the next one, and its commands are carried out when it completes. */

export interface Tasks {
  readonly ground: Ground;
  readonly run: Run;
  readonly record: RecordEvent;
  readonly events: HistoryEvent[];
  task: TaskState;
  /** What the workflow has not heard yet. */
  jobs: Job[];
  /** What came while a task was at work. */
  buffered: Arrival[];
  attempt: number;
  /** Takes back the task that waits on its queue. */
  takeBack: () => void;
}

type TaskState = { is: 'none' } | PendingState;

type PendingState = Omit<PendingTask, 'attempt'> & {
  isSpeculative: boolean;
  /** Its events, once they are there: those of a speculative one are written when it is completed. */
  scheduledId: number;
  startedId: number;
};

/** What a task has taken from the run, to be given back when it comes to nothing. */
interface Taken {
  jobs: Job[];
  updates: Update[];
}

/** How long a worker takes for a workflow task, in ms. */
const TASK_MS = { least: 1, most: 20 };

export function createTasks(parts: Pick<Tasks, 'ground' | 'run' | 'record' | 'events' | 'jobs'>): Tasks {
  return { ...parts, task: { is: 'none' }, buffered: [], attempt: 1, takeBack: () => undefined };
}

/** Writes what came into the history, for the next task to hear. */
export function enter(t: Tasks, arrival: Arrival): void {
  arrival.write(t.record);
  const { job } = arrival;
  const last = t.events.at(-1);
  if (!job || !last) return;
  last.job = job;
  t.jobs.push(job);
}

/** Something came for the workflow. */
export function arrive(t: Tasks, arrival: Arrival): void {
  if (t.run.status !== 'RUNNING') return;
  if (t.task.is === 'started') return void t.buffered.push(arrival);
  enter(t, arrival);
  schedule(t, false);
}

/** Has a task made; a speculative one is not written before it is completed. */
export function schedule(t: Tasks, isSpeculative: boolean): void {
  const before = t.task;
  if (t.run.status !== 'RUNNING' || before.is === 'started') return;
  const wasSpeculative = before.is === 'none' || before.isSpeculative;
  const isWritten = !isSpeculative && wasSpeculative;
  t.task = {
    is: 'scheduled',
    isSpeculative: isSpeculative && wasSpeculative,
    scheduledId: isWritten ? recordScheduled(t) : before.is === 'none' ? 0 : before.scheduledId,
    scheduledMs: before.is === 'none' ? t.ground.time.now() : before.scheduledMs,
    ...{ startedId: 0, startedMs: null },
  };
  if (before.is === 'none') t.takeBack = t.ground.queues.offer(t.run.info.taskQueue, () => start(t));
}

/** The task that waits or is at work. Returns null when there is none. */
export function pendingTask({ task, attempt }: Tasks): PendingTask | null {
  return task.is === 'none' ? null : { ...task, attempt };
}

async function start(t: Tasks): Promise<void> {
  const { ground, run } = t;
  const { time } = ground;
  const scheduled = t.task as PendingState; // it is offered to the queue when it is scheduled, and taken back with it
  const { isSpeculative, scheduledId } = scheduled;
  const startedId = isSpeculative ? 0 : recordStarted(t, scheduledId, time.now());
  t.task = { ...scheduled, is: 'started', startedId, startedMs: time.now() };
  const taken = { jobs: t.jobs, updates: run.updates.take() };
  t.jobs = [];
  const played = {
    jobs: [...taken.jobs, ...taken.updates.map(({ job }) => job)],
    timeMs: time.now(),
    historyLength: t.events.length + (isSpeculative ? 2 : 0),
  };
  const losses = ground.losses();
  try {
    const commands = await ground.worker.play(run.info, run.tasks, played);
    // The workflow's clock has gone on with its local activities: the task is not over before.
    const localMs = Math.max(0, ...commands.ends.map(({ overMs }) => overMs - played.timeMs));
    time.after(localMs + ground.chance.between(TASK_MS.least, TASK_MS.most), () =>
      losses === ground.losses() ? complete(t, { ...played, commands }, taken) : lose(t, taken),
    );
  } catch (error) {
    if (!ground.areTasksRetried || !(error instanceof TaskFailure)) return ground.failed(error);
    // The SDK's core tells of the first failure, and lets the tries after it run out of time.
    if (t.attempt === 1) time.after(TASK_MS.most, () => fail(t, taken, UNHANDLED_FAILURE));
    else time.after(TASK_TIMEOUT_MS, () => giveBack(t, taken));
  }
}

function complete(t: Tasks, done: Task & { commands: Played }, taken: Taken): void {
  const { ground, run } = t;
  if (run.status !== 'RUNNING') return;
  const { sent } = done.commands;
  const isUnheard = t.buffered.length > 0 || run.updates.isAnyWaiting();
  if (sent.some(closesRun) && isUnheard) return fail(t, taken, UNHANDLED_COMMAND);
  const started = t.task as PendingState; // what completes was started
  t.task = { is: 'none' };
  t.attempt = 1;
  const kept = run.updates.answer(sent, taken.updates);
  if (ground.rules.recordsRefusals && sent.some(isRefusal)) t.record('WorkflowExecutionUpdateRejected');
  const leavesNoTrace = started.isSpeculative && taken.jobs.length === 0 && sent.every(isRefusal);
  if (leavesNoTrace) flush(t);
  else carryOut(t, started, done, [...taken.jobs, ...kept.map(({ job }) => job)]);
  if (t.jobs.length > 0) schedule(t, false);
  if (run.updates.isAnyWaiting()) schedule(t, true);
  ground.changed(run);
}

/** Writes a completed task and carries its commands out. */
function carryOut(t: Tasks, started: PendingState, done: Task & { commands: Played }, heard: Job[]): void {
  const { plain, sent, keys, ends } = done.commands;
  const taskId = recordCompleted(t, started);
  const commands = plain.filter((command) => !isRefusal(command));
  const told = sent.filter((command) => !isRefusal(command));
  t.run.tasks.push({ ...done, jobs: heard, commands, sent: told, taskId, keys, ends });
  const arrivals = t.buffered;
  const along = { taskId, ends, takeBackFired: takingBackFired(arrivals), rules: t.ground.rules };
  const isToFollow = apply(t.run, told, along);
  flush(t);
  if (arrivals.length > 0 || isToFollow) schedule(t, false);
}

/** Returns true when a workflow task must follow: an activity that was not running is cancelled by the command itself. */
function apply(run: Run, commands: readonly Command[], along: Along): boolean {
  return commands.map((command) => applyCommand(run, command, along)).some(Boolean);
}

/** The task fails, and another one has it all: a run must not end over what came during its last task. */
function fail(t: Tasks, taken: Taken, cause: temporal.api.enums.v1.WorkflowTaskFailedCause): void {
  const { ground, run } = t;
  if (run.status !== 'RUNNING') return;
  t.record('WorkflowTaskFailed', { attributes: { ...taskIds(t), cause } });
  ground.time.after(0, async () => {
    await ground.worker.evict(run.info.runId);
    giveBack(t, taken);
  });
}

/** The worker is gone: its task's time runs out. */
function lose(t: Tasks, taken: Taken): void {
  t.ground.time.after(Math.max(0, TASK_TIMEOUT_MS - TASK_MS.most), () => {
    if (t.run.status !== 'RUNNING') return;
    t.record('WorkflowTaskTimedOut', { attributes: taskIds(t) });
    giveBack(t, taken);
  });
}

/** Puts back what a task had taken, for the next one. */
function giveBack(t: Tasks, taken: Taken): void {
  if (t.run.status !== 'RUNNING') return;
  const isNothingNew = t.buffered.length === 0;
  t.task = { is: 'none' };
  t.attempt += 1;
  t.jobs = [...taken.jobs, ...t.jobs];
  t.run.updates.giveBack(taken.updates);
  flush(t);
  // Tries of a task that failed are written once one is through, like a speculative task.
  schedule(t, isNothingNew);
}

/** Writes what came during a task; ends of activities come last, as on the server. */
function flush(t: Tasks): void {
  const all = t.buffered;
  t.buffered = [];
  for (const arrival of all.filter(({ isActivityEnd }) => !isActivityEnd)) enter(t, arrival);
  for (const arrival of all.filter(({ isActivityEnd }) => isActivityEnd)) enter(t, arrival);
}

function recordScheduled({ record, run }: Tasks): number {
  return record('WorkflowTaskScheduled', {
    attributes: { taskQueue: { name: run.info.taskQueue }, attempt: 1 },
  });
}

function recordStarted({ record }: Tasks, scheduledEventId: number, atMs: number): number {
  return record('WorkflowTaskStarted', { atMs, attributes: { scheduledEventId, identity: 'worker' } });
}

function recordCompleted(t: Tasks, started: PendingState): number {
  if (started.isSpeculative) {
    started.scheduledId = recordScheduled(t);
    started.startedId = recordStarted(t, started.scheduledId, started.startedMs ?? t.ground.time.now());
  }
  const sdkMetadata = t.run.tasks.length === 0 ? SDK_METADATA : null;
  return t.record('WorkflowTaskCompleted', {
    attributes: { ...idsOf(started), identity: 'worker', sdkMetadata },
  });
}

/** What core tells of itself with a run's first task: all that it and the SDK know. */
const SDK_METADATA = { coreUsedFlags: [1, 2, 3], langUsedFlags: [...INTERNAL_FLAGS] };

const {
  WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: UNHANDLED_COMMAND,
  WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE: UNHANDLED_FAILURE,
} = temporal.api.enums.v1.WorkflowTaskFailedCause;

/** Of the task that is at work, which is what fails and times out. */
function taskIds({ task }: Tasks): object {
  return task.is === 'none' ? {} : idsOf(task);
}

function idsOf({ scheduledId, startedId }: PendingState): object {
  return { scheduledEventId: scheduledId, startedEventId: startedId };
}
