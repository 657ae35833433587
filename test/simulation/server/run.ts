import type { Payload } from '@temporalio/common';
import type { Command, Job, RunInfo } from '../sdk-internals';
import type { Chance } from '../chance';
import type { VirtualTime } from '../time';
import type { PlayedTask } from '../worker/core';
import type { WorkflowWorker } from '../worker/workflows';
import { createActivities, type Activities, type ActivityTask, type Pending } from './activities';
import { applyCommand, closesRun, isRefusal } from './commands';
import type { Failure, Fields } from './payloads';
import type { Queues } from './queues';
import type { ModelRules } from './rules';
import { createTimers, type Timers } from './timers';
import { createUpdates, type UpdateAnswer, type Updates } from './updates';

/** One run of a workflow as the server keeps it: its history, its workflow tasks, and what is under way. */

export type RunStatus = 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TERMINATED' | 'CONTINUED_AS_NEW';

export interface HistoryEvent {
  type: string;
  /** What it is about: an activity's type, a message's name. */
  of: string;
  atMs: number;
}

/** A run and what it has come to. */
export interface Run {
  readonly info: RunInfo;
  readonly input: readonly Payload[];
  readonly events: HistoryEvent[];
  /** The tasks that were completed, oldest first: a replay plays them. */
  readonly tasks: PlayedTask[];
  readonly activities: Activities;
  readonly timers: Timers;
  readonly updates: Updates;
  memo: Fields;
  attributes: Fields;
  status: RunStatus;
  closedMs: number | null;
  result: Payload | null;
  failure: Failure | null;
  signal(name: string, input: readonly Payload[]): void;
  update(id: string, name: string, input: readonly Payload[]): Promise<UpdateAnswer>;
  /** Whether a workflow task is on its way to a worker, or with one. */
  isAtTask(): boolean;
  requestCancel(): void;
  terminate(): void;
  /** Resolves when the run is over. */
  over: Promise<void>;
  /** Ends the run; for its own commands. */
  close(status: RunStatus, event: string, with_: Partial<Pick<Run, 'result' | 'failure'>>): void;
  record(type: string, of?: string): void;
  /** An event from outside of the workflow's own commands, and the job that tells the workflow of it. */
  arrive(event: Arrival): void;
  /** Continues in a run of its own. */
  continueAs(command: Command): void;
}

export interface Arrival {
  /** Its type and what it is about; several for an activity, whose start is told with its end. */
  events: readonly (readonly [type: string, of: string])[];
  job: Job | null;
  /** Ends of activities come after all else that came during a task. */
  isActivityEnd?: boolean;
  /** Of a timer: a task that cancels it takes back that it fired. */
  timer?: number;
}

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
  continueAs(run: Run, command: Command): void;
  /** Counts lost workers: a task that one held is nobody's any more. */
  losses(): number;
  failed(error: unknown): void;
}

export interface Beginning {
  info: RunInfo;
  input: readonly Payload[];
  memo: Fields;
  attributes: Fields;
}

type TaskState =
  { is: 'none' } | { is: 'scheduled'; isSpeculative: boolean } | { is: 'started'; isSpeculative: boolean };

/** How long a worker takes for a workflow task, in ms. */
const TASK_MS = { least: 1, most: 20 };
/** How long the server waits for a worker that has a task, in ms. */
const TASK_TIMEOUT_MS = 10_000;

export function beginRun(ground: Ground, beginning: Beginning): Run {
  const { time, queues } = ground;
  const events: HistoryEvent[] = [];
  let task: TaskState = { is: 'none' };
  let jobs: Job[] = [];
  let buffered: Arrival[] = [];
  let takeBack = (): void => undefined;
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));

  const record = (type: string, of = ''): void => void events.push({ type, of, atMs: time.now() });
  const enter = (arrival: Arrival): void => {
    arrival.events.forEach(([type, of]) => record(type, of));
    if (arrival.job) jobs.push(arrival.job);
  };
  const arrive = (arrival: Arrival): void => {
    if (run.status !== 'RUNNING') return;
    if (task.is === 'started') return void buffered.push(arrival);
    enter(arrival);
    schedule(false);
  };
  const schedule = (isSpeculative: boolean): void => {
    if (run.status !== 'RUNNING' || task.is === 'started') return;
    const isNew = task.is === 'none';
    const wasSpeculative = task.is === 'none' || task.isSpeculative;
    if (!isSpeculative && wasSpeculative) record('WorkflowTaskScheduled');
    task = { is: 'scheduled', isSpeculative: isSpeculative && wasSpeculative };
    if (isNew) takeBack = queues.offer(beginning.info.taskQueue, start);
  };
  const start = async (): Promise<void> => {
    const { isSpeculative } = task as Extract<TaskState, { is: 'scheduled' }>;
    if (!isSpeculative) record('WorkflowTaskStarted');
    task = { is: 'started', isSpeculative };
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
      const done = { ...played, commands };
      time.after(ground.chance.between(TASK_MS.least, TASK_MS.most), () =>
        losses === ground.losses() ? complete(done, taken) : lose(taken),
      );
    } catch (error) {
      ground.failed(error);
    }
  };
  /** Puts back what a task had taken, for the next one. */
  const giveBack = (taken: Taken): void => {
    jobs = [...taken.jobs, ...jobs];
    run.updates.giveBack(taken.updates);
    flush();
    schedule(false);
  };
  const lose = (taken: Taken): void => {
    const left = Math.max(0, TASK_TIMEOUT_MS - TASK_MS.most);
    time.after(left, () => {
      if (run.status !== 'RUNNING') return;
      record('WorkflowTaskTimedOut');
      task = { is: 'none' };
      giveBack(taken);
    });
  };
  const flush = (): void => {
    const all = buffered;
    buffered = [];
    all.filter(({ isActivityEnd }) => !isActivityEnd).forEach(enter);
    all.filter(({ isActivityEnd }) => isActivityEnd).forEach(enter);
  };
  const complete = (done: PlayedTask, taken: Taken): void => {
    if (run.status !== 'RUNNING') return;
    const { isSpeculative } = task as Extract<TaskState, { is: 'started' }>;
    const isUnheard = buffered.length > 0 || run.updates.isAnyWaiting();
    if (done.commands.some(closesRun) && isUnheard) return fail(taken);
    task = { is: 'none' };
    const kept = run.updates.answer(done.commands, taken.updates);
    if (ground.rules.recordsRefusals && done.commands.some(isRefusal))
      record('WorkflowExecutionUpdateRejected');
    if (isSpeculative && done.commands.every(isRefusal)) {
      flush();
    } else {
      if (isSpeculative) ['WorkflowTaskScheduled', 'WorkflowTaskStarted'].forEach((type) => record(type));
      record('WorkflowTaskCompleted');
      const commands = done.commands.filter((command) => !isRefusal(command));
      run.tasks.push({ ...done, jobs: [...taken.jobs, ...kept.map(({ job }) => job)], commands });
      const arrivals = buffered;
      const isToFollow = apply(commands, arrivals);
      flush();
      if (arrivals.length > 0 || isToFollow) schedule(false);
    }
    if (jobs.length > 0) schedule(false);
    if (run.updates.isAnyWaiting()) schedule(true);
    ground.changed(run);
  };
  /** True when a workflow task must follow: an activity that was not running is cancelled by the command itself. */
  const apply = (commands: readonly Command[], arrivals: Arrival[]): boolean =>
    commands
      .map((command) => applyCommand(run, command, { takeBackFired: takingBackFired(arrivals) }))
      .some(Boolean);
  /** A run must not end over what came during its last task: the task fails, and another one has it all. */
  const fail = (taken: Taken): void => {
    record('WorkflowTaskFailed');
    task = { is: 'none' };
    time.after(0, async () => {
      await ground.worker.evict(run.info.runId);
      giveBack(taken);
    });
  };
  const run: Run = {
    ...beginning,
    events,
    tasks: [],
    activities: createActivities({
      ...{ time, queues, rules: ground.rules },
      runId: beginning.info.runId,
      start: (one) => ground.startActivity(run, one),
      recorded: (event, { type }) => record(event, type),
      ended: (event, one, job) => arrive(endOf(event, one, job)),
    }),
    timers: createTimers({
      ...{ time, chance: ground.chance, rules: ground.rules },
      fire: (seq) => arrive({ events: [['TimerFired', '']], job: { fireTimer: { seq } }, timer: seq }),
    }),
    updates: createUpdates(),
    status: 'RUNNING',
    over,
    closedMs: null,
    result: null,
    failure: null,
    record,
    arrive,
    signal: (name, input) =>
      arrive({
        events: [['WorkflowExecutionSignaled', name]],
        job: { signalWorkflow: { signalName: name, input: [...input], identity: 'client' } },
      }),
    update(id, name, input) {
      const answer = run.updates.admit(id, name, input);
      schedule(true);
      return answer;
    },
    isAtTask: () => task.is !== 'none',
    requestCancel: () =>
      arrive({ events: [['WorkflowExecutionCancelRequested', '']], job: { cancelWorkflow: {} } }),
    terminate: () => run.close('TERMINATED', 'WorkflowExecutionTerminated', {}),
    close(status, event, { result = null, failure = null }) {
      record(event);
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
  record('WorkflowExecutionStarted');
  jobs.push(beginningOf(beginning));
  schedule(false);
  return run;
}

interface Taken {
  jobs: Job[];
  updates: ReturnType<Updates['take']>;
}

function endOf(event: string, { type }: Pending, job: Job): Arrival {
  const started = event === 'ActivityTaskCanceled' ? [] : [['ActivityTaskStarted', type] as const];
  return { events: [...started, [event, type]], job, isActivityEnd: true };
}

function takingBackFired(arrivals: Arrival[]): (seq: number) => void {
  return (seq) => {
    const at = arrivals.findIndex(({ timer }) => timer === seq);
    if (at >= 0) arrivals.splice(at, 1);
  };
}

function beginningOf({ info, input, memo, attributes }: Beginning): Job {
  return {
    initializeWorkflow: {
      workflowType: info.workflowType,
      workflowId: info.workflowId,
      arguments: [...input],
      attempt: 1,
      firstExecutionRunId: info.firstRunId,
      memo: { fields: memo },
      searchAttributes: { indexedFields: attributes },
    },
  };
}
