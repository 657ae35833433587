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
  /** What the run was carried on with, when it continued an earlier one; unguarded. */
  carried: unknown;
}

type Event = temporal.api.history.v1.IHistoryEvent;

/** What a booking was started with: the input of the first run of the chain that a run belongs to. */
export async function beginningOf(door: Door, bookingId: string, runId: string): Promise<Beginning> {
  const own = await firstEvent(door, bookingId, runId);
  const firstRunId = own?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
  const first = firstRunId && firstRunId !== runId ? await firstEvent(door, bookingId, firstRunId) : own;
  const [request] = await inputOf(door, first);
  const [, carried] = await inputOf(door, own);
  return { request, carried, startedAt: timeOf(first) };
}

function inputOf(door: Door, event: Event | undefined): Promise<unknown[]> {
  const input = event?.workflowExecutionStartedEventAttributes?.input?.payloads;
  return decodeArrayFromPayloads(door.client.options.loadedDataConverter, input);
}

/** To the ms, as the workflow itself knows it: a booking's refs hang on it. */
function timeOf(event: Event | undefined): Date {
  const { seconds, nanos } = event?.eventTime ?? {};
  return new Date(Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6));
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
