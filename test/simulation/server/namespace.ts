import type { Payload } from '@temporalio/common';
import type { Command, RunInfo } from '../sdk-internals';
import { grpcError } from './grpc';
import type { Fields } from './payloads';
import { resetOf } from './reset';
import { beginRun } from './begin-run';
import type { Beginning, Ground, Run } from './run';

/** The executions of one namespace, by id, each a list of runs. */
export interface Namespace {
  readonly name: string;
  start(beginning: Start): Run;
  /** The newest run of an id, or the one asked for. */
  find(workflowId: string, runId?: string | null): Run | undefined;
  /** Every run there is, in the order in which they began. */
  all(): readonly Run[];
  /** Ends what runs under this id, and begins a run that goes on from before the event that ended a task of this one. */
  reset(run: Run, finishId: number, reason: string): Run;
  /** Forgets a run. */
  remove(run: Run): void;
}

export interface Start {
  workflowId: string;
  workflowType: string;
  taskQueue: string;
  input: readonly Payload[];
  memo: Fields;
  attributes: Fields;
  /** How long a run of it may take; 0 for as long as it takes. */
  timeoutMs: number;
  /** Whether an id that was used before, and is not open, may be used again. */
  mayRepeat: boolean;
}

const NAME = 'simulated';

export function createNamespace(ground: Omit<Ground, 'continueAs'>): Namespace {
  const all: Run[] = [];
  let begun = 0;
  const whole: Ground = { ...ground, continueAs };
  const find = (workflowId: string, runId?: string | null): Run | undefined =>
    all.findLast(({ info }) => info.workflowId === workflowId && (!runId || info.runId === runId));
  const newRunId = (): string => `00000000-0000-4000-8000-${String((begun += 1)).padStart(12, '0')}`;
  const begin = (beginning: Beginning): Run => {
    const run = beginRun(whole, beginning);
    all.push(run);
    return run;
  };
  const infoOf = (of: Pick<RunInfo, 'workflowId' | 'workflowType' | 'taskQueue'>, before?: Run): RunInfo => {
    const { workflowId, workflowType, taskQueue } = of;
    const runId = newRunId();
    const nowMs = Math.floor(ground.time.now());
    return {
      ...{ workflowId, workflowType, taskQueue, runId, namespace: NAME },
      ...{ originalRunId: runId, firstRunId: before?.info.firstRunId ?? runId },
      ...{ startMs: nowMs, nowMs, historyLength: 3 },
    };
  };
  function continueAs(run: Run, { continueAsNewWorkflowExecution: next }: Command): Run {
    const workflowType = next?.workflowType || run.info.workflowType;
    return begin({
      info: infoOf({ ...run.info, workflowType }, run),
      input: next?.arguments ?? [],
      memo: { ...(next?.memo ?? run.memo) },
      attributes: ground.rules.carriesAttributes ? { ...run.attributes } : {},
      continuedRunId: run.info.runId,
    });
  }
  /** The runs that continued a run, one after another. */
  const after = (run: Run): Run[] => {
    const next = all.find(({ continuedRunId }) => continuedRunId === run.info.runId);
    return next ? [next, ...after(next)] : [];
  };
  return {
    name: NAME,
    find,
    all: () => all,
    remove: (run) => void all.splice(all.indexOf(run), 1),
    start({ mayRepeat, ...start }) {
      const before = find(start.workflowId);
      if (before && (before.status === 'RUNNING' || !mayRepeat))
        throw grpcError('ALREADY_EXISTS', 'Workflow execution already started');
      const { input, memo, attributes, timeoutMs } = start;
      return begin({ info: infoOf(start), input, memo, attributes, timeoutMs, continuedRunId: null });
    },
    reset(run, finishId, reason) {
      const current = find(run.info.workflowId);
      if (current?.status === 'RUNNING') current.terminate(reason);
      const reset = resetOf(run, finishId, after(run), begun);
      const info = { ...run.info, runId: newRunId() };
      return begin({ info, input: run.input, ...reset, continuedRunId: run.continuedRunId });
    },
  };
}
