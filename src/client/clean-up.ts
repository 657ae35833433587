import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import type { CleanupInput } from '../../workflows/messages';
import { cleanupIdOf, TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../booking/names';
import type { Door } from './door';
import { findExecution, isOver, readExecution } from './read';
import { CALL_TIMEOUT_MS, within } from './temporal-errors';

type Started = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

/**
 * Starts the clean-up of an ended booking that could not account for one of its calls, now that an appointment
 * may have surfaced. The clean-up looks for itself, so asking twice or in vain is harmless. False when there is
 * nothing to do: the booking is open or absent, or its end left nothing unknown.
 */
export async function cleanUpBooking(door: Door, bookingId: string): Promise<boolean> {
  const execution = await findExecution(door, bookingId);
  if (!execution || !isOver(execution.status)) return false;
  const view = await readExecution(door, bookingId, execution);
  if (!view.attempts.some(({ outcome }) => outcome === 'unknown')) return false;
  const request = await requestOf(door, bookingId, execution.runId);
  await begin(door, { bookingId, createdAt: view.createdAt, request, orderId: view.order?.id ?? null });
  return true;
}

/** The request that the booking was started with: the input of the first run of its chain. */
async function requestOf(door: Door, bookingId: string, runId: string): Promise<unknown> {
  const own = await startOf(door, bookingId, runId);
  const firstRunId = own.firstExecutionRunId;
  const first = firstRunId && firstRunId !== runId ? await startOf(door, bookingId, firstRunId) : own;
  const { loadedDataConverter } = door.client.options;
  const [request] = await decodeArrayFromPayloads(loadedDataConverter, first.input?.payloads);
  return request;
}

async function startOf(door: Door, bookingId: string, runId: string): Promise<Started> {
  const { client } = door;
  const page = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: workflowIdOf(bookingId), runId },
      maximumPageSize: 1,
    }),
  );
  return page.history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
}

async function begin(door: Door, input: CleanupInput): Promise<void> {
  try {
    await within(door.client, CALL_TIMEOUT_MS, () =>
      door.client.workflow.start(WORKFLOW_TYPE.cleanup, {
        workflowId: cleanupIdOf(input.bookingId),
        taskQueue: TASK_QUEUE.bookings,
        args: [input],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      }),
    );
  } catch (err) {
    // One that runs already looks for itself: it sees what this news is about.
    if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
  }
}
