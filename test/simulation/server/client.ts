import {
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, RetryState, TerminatedFailure } from '@temporalio/common';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes';
import { temporal } from '@temporalio/proto';
import type { Chance } from '../chance';
import { DATA_CONVERTER, timestamp } from '../sdk-internals';
import type { Namespace } from './namespace';
import { decoded, encoded, type Fields } from './payloads';
import { testOf } from './query';
import type { Run } from './run';

/** As much of Temporal's client as this project calls, spoken to the model. What is not here is not there. */

/** How long a call is on its way, in ms. */
const CALL_MS = { least: 1, most: 8 };
/** How long a list may lag behind, in ms. */
const LAG_MS = { least: 0, most: 150 };

const { WorkflowExecutionStatus: Status } = temporal.api.enums.v1;
const STATUS: Readonly<Record<Run['status'], temporal.api.enums.v1.WorkflowExecutionStatus>> = {
  RUNNING: Status.WORKFLOW_EXECUTION_STATUS_RUNNING,
  COMPLETED: Status.WORKFLOW_EXECUTION_STATUS_COMPLETED,
  FAILED: Status.WORKFLOW_EXECUTION_STATUS_FAILED,
  CANCELLED: Status.WORKFLOW_EXECUTION_STATUS_CANCELED,
  TERMINATED: Status.WORKFLOW_EXECUTION_STATUS_TERMINATED,
  CONTINUED_AS_NEW: Status.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
};

export interface ClientOptions {
  chance: Chance;
  /** Records an activity's heartbeat; false when the attempt no longer counts. */
  heartbeat(token: string): boolean;
}

type Named = string | { name: string };

export function createClient(namespace: Namespace, { chance, heartbeat }: ClientOptions): Client {
  const onItsWay = (): Promise<void> => pause(chance.between(CALL_MS.least, CALL_MS.most));
  const lag = (): Promise<void> => pause(chance.between(LAG_MS.least, LAG_MS.most));
  let updates = 0;
  const found = (workflowId: string, runId?: string): Run => {
    const run = namespace.find(workflowId, runId);
    if (!run) throw new WorkflowNotFoundError('not found', workflowId, runId);
    return run;
  };
  const open = (workflowId: string): Run => {
    const run = found(workflowId);
    if (run.status !== 'RUNNING') throw new WorkflowNotFoundError('not open', workflowId, undefined);
    return run;
  };
  const handleOf = (workflowId: string, runId?: string) => ({
    workflowId,
    async describe() {
      await onItsWay();
      const run = found(workflowId, runId);
      return { status: { name: run.status }, runId: run.info.runId };
    },
    async signal(name: Named, ...args: unknown[]) {
      await onItsWay();
      open(workflowId).signal(nameOf(name), args.map(encoded));
    },
    async executeUpdate(name: Named, { args = [] }: { args?: unknown[] } = {}) {
      await onItsWay();
      const answer = await open(workflowId).update(`update-${++updates}`, nameOf(name), args.map(encoded));
      await onItsWay();
      if (answer.is === 'completed') return decoded(answer.result);
      if (answer.is === 'not found') throw new WorkflowNotFoundError('not found', workflowId, runId);
      throw new WorkflowUpdateFailedError('Workflow Update failed', causeOf(answer));
    },
    async cancel() {
      await onItsWay();
      open(workflowId).requestCancel();
    },
    async terminate() {
      await onItsWay();
      open(workflowId).terminate();
    },
    async result() {
      await onItsWay();
      const first = found(workflowId, runId);
      let run = first;
      for (;;) {
        await run.over;
        if (run.status !== 'CONTINUED_AS_NEW') break;
        run = found(workflowId);
      }
      await onItsWay();
      if (run.status === 'COMPLETED') return decoded(run.result);
      throw new WorkflowFailedError(
        'Workflow execution failed',
        failureOf(run),
        RetryState.NON_RETRYABLE_FAILURE,
      );
    },
  });
  const client = {
    options: { namespace: namespace.name, identity: 'simulation', loadedDataConverter: DATA_CONVERTER },
    withDeadline: <T>(_deadline: unknown, call: () => Promise<T>) => call(),
    withAbortSignal: <T>(_signal: AbortSignal, call: () => Promise<T>) => call(),
    workflow: {
      getHandle: handleOf,
      async start(workflowType: string, options: WorkflowStartOptions) {
        await onItsWay();
        const { workflowId, taskQueue, args = [], memo = {}, typedSearchAttributes } = options;
        const reuse: string | number = options.workflowIdReusePolicy ?? 'ALLOW_DUPLICATE';
        const run = namespace.start({
          ...{ workflowId, workflowType, taskQueue },
          input: (args as unknown[]).map(encoded),
          memo: fieldsOf(memo),
          attributes: { ...encodeUnifiedSearchAttributes(undefined, typedSearchAttributes) },
          mayRepeat: reuse !== 'REJECT_DUPLICATE',
        });
        return { ...handleOf(workflowId), firstExecutionRunId: run.info.runId };
      },
      async execute(workflowType: string, options: WorkflowStartOptions) {
        const handle = await client.workflow.start(workflowType, options);
        return handle.result();
      },
    },
    workflowService: {
      async describeWorkflowExecution({ execution }: { execution: { workflowId: string; runId?: string } }) {
        await onItsWay();
        const run = namespace.find(execution.workflowId, execution.runId);
        if (!run) throw grpcNotFound();
        return { workflowExecutionInfo: infoOf(run), pendingActivities: [], pendingWorkflowTask: null };
      },
      async listWorkflowExecutions({ query }: { query: string }) {
        await onItsWay();
        const test = testOf(query);
        await lag();
        return { executions: namespace.all().filter(test).map(infoOf), nextPageToken: new Uint8Array() };
      },
      async recordActivityTaskHeartbeat({ taskToken }: { taskToken: Uint8Array }) {
        await onItsWay();
        if (!heartbeat(Buffer.from(taskToken).toString())) throw grpcNotFound();
        await onItsWay();
        return {};
      },
      async getWorkflowExecutionHistory({
        execution,
      }: {
        execution: { workflowId: string; runId?: string };
      }) {
        await onItsWay();
        const run = namespace.find(execution.workflowId, execution.runId);
        if (!run) throw grpcNotFound();
        const started = { input: { payloads: run.input }, originalExecutionRunId: run.info.originalRunId };
        const first = {
          eventTime: timestamp(run.info.startMs),
          workflowExecutionStartedEventAttributes: started,
        };
        return { history: { events: [first] } };
      },
    },
  };
  // The project calls no more of a client than this; anything else fails loudly.
  return client as unknown as Client;
}

/** A pause of the caller's own: it dies with its worker. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nameOf(name: Named): string {
  return typeof name === 'string' ? name : name.name;
}

function fieldsOf(memo: Record<string, unknown>): Fields {
  return Object.fromEntries(Object.entries(memo).map(([name, value]) => [name, encoded(value)]));
}

function infoOf(run: Run): temporal.api.workflow.v1.IWorkflowExecutionInfo {
  const { workflowId, runId, workflowType, startMs, firstRunId } = run.info;
  return {
    execution: { workflowId, runId },
    type: { name: workflowType },
    firstRunId,
    status: STATUS[run.status],
    startTime: timestamp(startMs),
    closeTime: run.closedMs === null ? null : timestamp(Math.floor(run.closedMs)),
    memo: { fields: run.memo },
    searchAttributes: { indexedFields: run.attributes },
  };
}

function failureOf({ status, failure }: Run): Error {
  if (failure)
    return DATA_CONVERTER.failureConverter.failureToError(failure, DATA_CONVERTER.payloadConverter);
  if (status === 'CANCELLED') return new CancelledFailure('Workflow execution cancelled');
  return new TerminatedFailure('Workflow execution terminated');
}

type Refused = Exclude<Awaited<ReturnType<Run['update']>>, { is: 'completed' } | { is: 'not found' }>;

function causeOf(answer: Refused): Error {
  if (answer.is === 'ended meanwhile')
    return ApplicationFailure.nonRetryable('ended', 'AcceptedUpdateCompletedWorkflow');
  return DATA_CONVERTER.failureConverter.failureToError(answer.failure, DATA_CONVERTER.payloadConverter);
}

function grpcNotFound(): Error {
  const metadata = { get: () => [] };
  return Object.assign(new Error('not found'), { code: 5, details: 'not found', metadata });
}
