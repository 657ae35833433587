import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { Kept } from './round';

/** What Temporal says of executions; raw, for memos may be encrypted and are not what is asked for. */

const { WORKFLOW_EXECUTION_STATUS_RUNNING: RUNNING } = temporal.api.enums.v1.WorkflowExecutionStatus;

/** What Temporal keeps of an execution by now. */
export async function keptOf(client: Client, workflowId: string): Promise<Kept> {
  const { historyLength, historySizeBytes } = await described(client, workflowId);
  return { events: Number(historyLength), bytes: Number(historySizeBytes) };
}

/** Ends what is still open: ours stay so until their visit. */
export async function endAll(client: Client, workflowIds: readonly string[]): Promise<void> {
  await Promise.all(
    workflowIds.map(async (workflowId) => {
      const { status } = await described(client, workflowId);
      if (status === RUNNING) await client.workflow.getHandle(workflowId).terminate('the round is over');
    }),
  );
}

async function described(
  client: Client,
  workflowId: string,
): Promise<temporal.api.workflow.v1.IWorkflowExecutionInfo> {
  const { namespace } = client.options;
  const { workflowExecutionInfo: info } = await client.workflowService.describeWorkflowExecution({
    namespace,
    execution: { workflowId },
  });
  if (!info) throw new Error(`Temporal knows nothing of ${workflowId}.`);
  return info;
}
