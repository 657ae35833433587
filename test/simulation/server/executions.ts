import { temporal } from '@temporalio/proto';
import { grpcError, type Way } from './grpc';
import type { Namespace } from './namespace';
import { msOf, type Fields } from './payloads';
import type { Run } from './run';

/** The calls of the protocol that begin, tell and end executions. */

type Protocol = typeof temporal.api.workflowservice.v1;
const { v1 }: { v1: Protocol } = temporal.api.workflowservice;
const { WorkflowIdReusePolicy: Reuse, WorkflowIdConflictPolicy: Conflict } = temporal.api.enums.v1;

/** How the protocol names an execution. */
export type Named = temporal.api.common.v1.IWorkflowExecution | null | undefined;

/** The run that a call is about. */
export function foundIn(namespace: Namespace, execution: Named): Run {
  const run = namespace.find(execution?.workflowId ?? '', execution?.runId);
  if (!run) throw grpcError('NOT_FOUND', `workflow not found for ID: ${execution?.workflowId ?? ''}`);
  return run;
}

/** The same where only one that is open will do. */
export function openIn(namespace: Namespace, execution: Named): Run {
  const run = foundIn(namespace, execution);
  if (run.status !== 'RUNNING') throw grpcError('NOT_FOUND', 'workflow execution already completed');
  return run;
}

type StartRequest =
  | temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest
  | temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest;

export function executions(namespace: Namespace, way: Way) {
  return {
    async startWorkflowExecution(
      request: temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest,
    ): Promise<temporal.api.workflowservice.v1.StartWorkflowExecutionResponse> {
      await way.pass();
      const before = namespace.find(request.workflowId ?? '');
      const isJoined = request.workflowIdConflictPolicy === Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING;
      const isThere = isJoined && before?.status === 'RUNNING';
      const run = isThere ? before : namespace.start(startOf(request));
      return v1.StartWorkflowExecutionResponse.create({ runId: run.info.runId, started: !isThere });
    },
    async signalWithStartWorkflowExecution(
      request: temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest,
    ): Promise<temporal.api.workflowservice.v1.SignalWithStartWorkflowExecutionResponse> {
      await way.pass();
      const before = namespace.find(request.workflowId ?? '');
      const isOpen = before?.status === 'RUNNING';
      const run = isOpen ? before : namespace.start(startOf(request));
      run.signal(request.signalName ?? '', request.signalInput?.payloads ?? []);
      return v1.SignalWithStartWorkflowExecutionResponse.create({ runId: run.info.runId, started: !isOpen });
    },
    async signalWorkflowExecution({
      workflowExecution,
      signalName,
      input,
    }: temporal.api.workflowservice.v1.ISignalWorkflowExecutionRequest): Promise<temporal.api.workflowservice.v1.SignalWorkflowExecutionResponse> {
      await way.pass();
      openIn(namespace, workflowExecution).signal(signalName ?? '', input?.payloads ?? []);
      return v1.SignalWorkflowExecutionResponse.create();
    },
    async requestCancelWorkflowExecution({
      workflowExecution,
    }: temporal.api.workflowservice.v1.IRequestCancelWorkflowExecutionRequest): Promise<temporal.api.workflowservice.v1.RequestCancelWorkflowExecutionResponse> {
      await way.pass();
      openIn(namespace, workflowExecution).requestCancel();
      return v1.RequestCancelWorkflowExecutionResponse.create();
    },
    async terminateWorkflowExecution({
      workflowExecution,
      reason,
    }: temporal.api.workflowservice.v1.ITerminateWorkflowExecutionRequest): Promise<temporal.api.workflowservice.v1.TerminateWorkflowExecutionResponse> {
      await way.pass();
      openIn(namespace, workflowExecution).terminate(reason ?? '');
      return v1.TerminateWorkflowExecutionResponse.create();
    },
    async deleteWorkflowExecution({
      workflowExecution,
    }: temporal.api.workflowservice.v1.IDeleteWorkflowExecutionRequest): Promise<temporal.api.workflowservice.v1.DeleteWorkflowExecutionResponse> {
      await way.pass();
      const run = foundIn(namespace, workflowExecution);
      if (run.status === 'RUNNING') run.terminate('deleted');
      namespace.remove(run);
      return v1.DeleteWorkflowExecutionResponse.create();
    },
    async resetWorkflowExecution({
      workflowExecution,
      workflowTaskFinishEventId: finishId,
      reason,
    }: temporal.api.workflowservice.v1.IResetWorkflowExecutionRequest): Promise<temporal.api.workflowservice.v1.ResetWorkflowExecutionResponse> {
      await way.pass();
      const run = foundIn(namespace, workflowExecution);
      const { info } = namespace.reset(run, Number(finishId), reason ?? '');
      return v1.ResetWorkflowExecutionResponse.create({ runId: info.runId });
    },
  };
}

function startOf(request: StartRequest): Parameters<Namespace['start']>[0] {
  return {
    workflowId: request.workflowId ?? '',
    workflowType: request.workflowType?.name ?? '',
    taskQueue: request.taskQueue?.name ?? '',
    input: request.input?.payloads ?? [],
    memo: fieldsOf(request.memo?.fields),
    attributes: fieldsOf(request.searchAttributes?.indexedFields),
    timeoutMs: msOf(request.workflowRunTimeout) || msOf(request.workflowExecutionTimeout),
    mayRepeat: request.workflowIdReusePolicy !== Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
  };
}

function fieldsOf(fields: Fields | null | undefined): Fields {
  return { ...fields };
}
