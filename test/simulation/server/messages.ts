import { temporal } from '@temporalio/proto';
import { foundIn, openIn } from './executions';
import { awaited, grpcError, type Way } from './grpc';
import type { Namespace } from './namespace';
import type { Run } from './run';
import type { Update, UpdateAnswer } from './updates';

/** The calls of the protocol that a workflow itself answers: updates and queries. */

const { v1 } = temporal.api.workflowservice;
const { UpdateWorkflowExecutionLifecycleStage: Stage } = temporal.api.enums.v1;

type UpdateResponse = temporal.api.workflowservice.v1.UpdateWorkflowExecutionResponse;
type PollResponse = temporal.api.workflowservice.v1.PollWorkflowExecutionUpdateResponse;

export function messages(namespace: Namespace, way: Way) {
  return {
    async updateWorkflowExecution({
      workflowExecution,
      request,
      waitPolicy,
    }: temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest): Promise<UpdateResponse> {
      await way.pass();
      const run = openIn(namespace, workflowExecution);
      const update = run.update({
        id: request?.meta?.updateId ?? '',
        name: request?.input?.name ?? '',
        input: request?.input?.args?.payloads ?? [],
      });
      return v1.UpdateWorkflowExecutionResponse.create(
        await reached(run, update, waitPolicy?.lifecycleStage),
      );
    },
    async pollWorkflowExecutionUpdate({
      updateRef,
      waitPolicy,
    }: temporal.api.workflowservice.v1.IPollWorkflowExecutionUpdateRequest): Promise<PollResponse> {
      await way.pass();
      const run = foundIn(namespace, updateRef?.workflowExecution);
      const update = run.updates.find(updateRef?.updateId ?? '');
      if (!update) throw grpcError('NOT_FOUND', `update ${updateRef?.updateId ?? ''} not found`);
      return v1.PollWorkflowExecutionUpdateResponse.create(
        await reached(run, update, waitPolicy?.lifecycleStage),
      );
    },
    async queryWorkflow({
      execution,
      query,
    }: temporal.api.workflowservice.v1.IQueryWorkflowRequest): Promise<temporal.api.workflowservice.v1.QueryWorkflowResponse> {
      await way.pass();
      const run = foundIn(namespace, execution);
      const answer = await awaited(run.query(query?.queryType ?? '', query?.queryArgs?.payloads ?? []));
      if (!answer) throw grpcError('DEADLINE_EXCEEDED', 'no worker has answered the query');
      await way.pass();
      if (answer.is === 'refused') throw grpcError('INVALID_ARGUMENT', answer.why);
      return v1.QueryWorkflowResponse.create({ queryResult: { payloads: [answer.result] } });
    },
  };

  async function reached(run: Run, update: Update, wanted: number | null | undefined) {
    const isForEnd = wanted === Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED;
    const answer = await awaited(isForEnd ? update.answered : update.accepted.then(() => null));
    await way.pass();
    const { workflowId, runId } = run.info;
    return {
      updateRef: { workflowExecution: { workflowId, runId }, updateId: update.id },
      outcome: answer && outcomeOf(answer),
      stage: answer
        ? Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
        : update.isAccepted
          ? Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
          : Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED,
    };
  }
}

function outcomeOf(answer: UpdateAnswer): temporal.api.update.v1.IOutcome {
  switch (answer.is) {
    case 'completed':
      return { success: { payloads: answer.result ? [answer.result] : [] } };
    case 'failed':
      return { failure: answer.failure };
    case 'ended meanwhile':
      return { failure: ENDED_MEANWHILE };
    case 'not found':
      throw grpcError('NOT_FOUND', 'workflow execution already completed');
  }
}

const ENDED_MEANWHILE: temporal.api.failure.v1.IFailure = {
  message: 'Workflow Update failed because the Workflow completed before the Update completed.',
  source: 'Server',
  applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true },
};
