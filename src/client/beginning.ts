import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../booking/names';
import type { Door } from './door';
import { CALL_TIMEOUT_MS, within } from './temporal-errors';

/** How a booking began. */
export interface Beginning {
  /** As the door sent it; unparsed. */
  request: unknown;
  startedAt: Date;
}

type Event = temporal.api.history.v1.IHistoryEvent;

/** What a booking was started with: the input of the first run of the chain that a run belongs to. */
export async function beginningOf(door: Door, bookingId: string, runId: string): Promise<Beginning> {
  const own = await firstEvent(door, bookingId, runId);
  const firstRunId = own?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
  const first = firstRunId && firstRunId !== runId ? await firstEvent(door, bookingId, firstRunId) : own;
  const input = first?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [request] = await decodeArrayFromPayloads(door.client.options.loadedDataConverter, input);
  return { request, startedAt: new Date(Number(first?.eventTime?.seconds ?? 0) * 1000) };
}

async function firstEvent(door: Door, bookingId: string, runId: string): Promise<Event | undefined> {
  const { client } = door;
  const page = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: workflowIdOf(bookingId), runId },
      maximumPageSize: 1,
    }),
  );
  return page.history?.events?.[0];
}
