import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../src/booking/names';
import type { TestServer } from './temporal';

const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED: TASK_COMPLETED } = temporal.api.enums.v1.EventType;

/** Resets a booking to its first task, or to the one that scheduled the first (or last) activity of this type. */
export async function resetBooking(
  { client }: Pick<TestServer, 'client'>,
  bookingId: string,
  activityType: string | null = null,
  which: 'first' | 'last' = 'first',
): Promise<void> {
  const workflowId = workflowIdOf(bookingId);
  const handle = client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const task =
    activityType === null
      ? events?.find(({ eventType }) => eventType === TASK_COMPLETED)?.eventId
      : events
          ?.map((event) => event.activityTaskScheduledEventAttributes)
          .filter((scheduled) => scheduled?.activityType?.name === activityType)
          .at(which === 'first' ? 0 : -1)?.workflowTaskCompletedEventId;
  if (!task) throw new Error(`no task of ${bookingId} is the one to reset to`);
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'tried out',
    requestId: randomUUID(),
    workflowTaskFinishEventId: task,
  });
}
