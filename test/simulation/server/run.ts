import type { Payload } from '@temporalio/common';
import type { Chance } from '../chance';
import type { Command, Job, RunInfo } from '../sdk-internals';
import type { VirtualTime } from '../time';
import type { PlayedTask } from '../worker/core';
import type { QueryAnswer, WorkflowWorker } from '../worker/workflows';
import type { Activities, ActivityTask } from './activities';
import type { Arrival } from './arrivals';
import type { HistoryEvent, Record as RecordEvent } from './history';
import type { Failure, Fields } from './payloads';
import type { Queues } from './queues';
import type { ModelRules } from './rules';
import type { Timers } from './timers';
import type { Update, UpdateRequest, Updates } from './updates';

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
