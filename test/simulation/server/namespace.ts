import type { Payload } from '@temporalio/common';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Command } from '../sdk-internals';
import type { Fields } from './payloads';
import { beginRun, type Ground, type Run } from './run';

/** The executions of one namespace, by id, each a list of runs. */
export interface Namespace {
  readonly name: string;
  start(beginning: Start): Run;
  /** The newest run of an id, or the one asked for. */
  find(workflowId: string, runId?: string): Run | undefined;
  /** Every run there is, in the order in which they began. */
  all(): readonly Run[];
}

export interface Start {
  workflowId: string;
  workflowType: string;
  taskQueue: string;
  input: readonly Payload[];
  memo: Fields;
  attributes: Fields;
  /** Whether an id that was used before, and is not open, may be used again. */
  mayRepeat: boolean;
}

const NAME = 'simulated';

export function createNamespace(ground: Omit<Ground, 'continueAs'>): Namespace {
  const all: Run[] = [];
  const whole: Ground = { ...ground, continueAs };
  const find = (workflowId: string, runId?: string): Run | undefined =>
    all.findLast(({ info }) => info.workflowId === workflowId && (!runId || info.runId === runId));
  const begin = (start: Omit<Start, 'mayRepeat'>, before?: Run): Run => {
    const { workflowId, workflowType, taskQueue, input, memo, attributes } = start;
    const runId = `00000000-0000-4000-8000-${String(all.length + 1).padStart(12, '0')}`;
    const nowMs = Math.floor(ground.time.now());
    const run = beginRun(whole, {
      info: {
        ...{ workflowId, workflowType, taskQueue, runId, namespace: NAME },
        ...{ originalRunId: runId, firstRunId: before?.info.firstRunId ?? runId },
        ...{ startMs: nowMs, nowMs, historyLength: 3 },
      },
      input,
      memo: { ...memo },
      attributes: { ...attributes },
    });
    all.push(run);
    return run;
  };
  function continueAs(run: Run, { continueAsNewWorkflowExecution: next }: Command): void {
    begin(
      {
        ...run.info,
        workflowType: next?.workflowType || run.info.workflowType,
        input: next?.arguments ?? [],
        memo: next?.memo ?? run.memo,
        attributes: ground.rules.carriesAttributes ? run.attributes : {},
      },
      run,
    );
  }
  return {
    name: NAME,
    find,
    all: () => all,
    start({ mayRepeat, ...start }) {
      const before = find(start.workflowId);
      if (before && (before.status === 'RUNNING' || !mayRepeat))
        throw new WorkflowExecutionAlreadyStartedError(
          'already started',
          start.workflowId,
          start.workflowType,
        );
      return begin(start);
    },
  };
}
