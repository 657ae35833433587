import type { Payload } from '@temporalio/common';
import { timestamp, type Job } from '../sdk-internals';
import type { Pending } from './activities';
import type { Record as RecordEvent } from './history';
import type { Beginning, Run } from './run';

/** What comes to a run from outside of its own commands: the events that are written of it, and what the workflow hears. */

/** How long the server waits for a worker that has a workflow task, in ms. */
export const TASK_TIMEOUT_MS = 10_000;

export interface Arrival {
  /** Adds its events; the workflow hears of it with the last of them. */
  write(record: RecordEvent): void;
  /** What the workflow hears of it. */
  job: Job | null;
  /** Ends of activities come after all else that came during a task. */
  isActivityEnd?: boolean;
  /** Of a timer: a task that cancels it takes back that it fired. */
  timer?: number;
}

export function signalOf(name: string, input: readonly Payload[], atMs: number): Arrival {
  const attributes = { signalName: name, input: { payloads: [...input] }, identity: 'client' };
  return {
    write: (record) => record('WorkflowExecutionSignaled', { of: name, atMs, attributes }),
    job: { signalWorkflow: { signalName: name, input: [...input], identity: 'client' } },
  };
}

export function firedOf(run: Run, seq: number, atMs: number): Arrival {
  return {
    write: (record) => record('TimerFired', { atMs, attributes: run.timers.refer(seq) }),
    job: { fireTimer: { seq } },
    timer: seq,
  };
}

/** The end of an activity: that a try began is written with it, unless none was under way. */
export function endOf(
  { event, one, attributes, atMs }: { event: string; one: Pending; attributes: object; atMs: number },
  job: Job,
): Arrival {
  const { type, attempt, lastFailure, scheduledId, startedMs } = one;
  const isStarted = one.state === 'started';
  return {
    write(record) {
      const started = { scheduledEventId: scheduledId, attempt, lastFailure, identity: 'worker' };
      const startedEventId = isStarted
        ? record('ActivityTaskStarted', { of: type, atMs: startedMs ?? atMs, attributes: started })
        : 0;
      const of = { ...attributes, scheduledEventId: scheduledId, startedEventId };
      record(event, { of: type, atMs, attributes: of });
    },
    job,
    isActivityEnd: true,
  };
}

export function takingBackFired(arrivals: Arrival[]): (seq: number) => void {
  return (seq) => {
    const at = arrivals.findIndex(({ timer }) => timer === seq);
    if (at >= 0) arrivals.splice(at, 1);
  };
}

export function startedOf({ info, input, memo, attributes, continuedRunId }: Beginning): object {
  return {
    workflowType: { name: info.workflowType },
    taskQueue: { name: info.taskQueue },
    input: { payloads: [...input] },
    originalExecutionRunId: info.originalRunId,
    firstExecutionRunId: info.firstRunId,
    continuedExecutionRunId: continuedRunId ?? '',
    memo: { fields: { ...memo } },
    searchAttributes: { indexedFields: { ...attributes } },
    attempt: 1,
    workflowId: info.workflowId,
    workflowTaskTimeout: timestamp(TASK_TIMEOUT_MS),
  };
}

export function beginningOf({ info, input, memo, attributes }: Beginning): Job {
  return {
    initializeWorkflow: {
      workflowType: info.workflowType,
      workflowId: info.workflowId,
      arguments: [...input],
      attempt: 1,
      firstExecutionRunId: info.firstRunId,
      memo: { fields: { ...memo } },
      searchAttributes: { indexedFields: { ...attributes } },
    },
  };
}
