import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { TASK_QUEUE } from '../booking/names';
import { CALL_TIMEOUT_MS, within } from '../client/temporal-errors';

/** Whether bookings can be taken and will move. */
export interface Readiness {
  temporal: boolean;
  /** Whether a worker polls the queue `bookings`. */
  worker: boolean;
}

/** A worker's poll lasts a minute; Temporal remembers a poller for five, so only fresh ones count. In ms. */
const POLLER_FRESH_MS = 90_000;

/** Asks Temporal whether it is there and who polls for bookings. Never throws. */
export async function temporalReadiness(client: Client): Promise<Readiness> {
  try {
    const { pollers } = await within(client, CALL_TIMEOUT_MS, () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: TASK_QUEUE.bookings },
        taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
      }),
    );
    const freshSince = Date.now() - POLLER_FRESH_MS;
    const isFresh = ({ lastAccessTime }: temporal.api.taskqueue.v1.IPollerInfo): boolean =>
      Number(lastAccessTime?.seconds ?? 0) * 1000 > freshSince;
    return { temporal: true, worker: pollers.some(isFresh) };
  } catch {
    return { temporal: false, worker: false };
  }
}
