import type { LoadedDataConverter } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import { unreadableWords } from '../../booking/explanation';
import type { ClientContext } from './client-context';
import { CALL_TIMEOUT_MS, within } from './temporal-errors';

/** The history of a booking or its clean-up, run after run. Payloads are decoded on demand. */

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads;
type Payload = temporal.api.common.v1.IPayload;

/** Yields every event of the chain of runs that a run belongs to, from the first run to the last. */
export async function* chainEvents(
  context: ClientContext,
  workflowId: string,
  runId: string,
): AsyncGenerator<HistoryEvent> {
  let next: string | null = await firstRunOf(context, workflowId, runId);
  while (next) {
    let last: HistoryEvent | undefined;
    for await (const event of runEvents(context, workflowId, next)) {
      yield event;
      last = event;
    }
    next = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? null;
  }
}

async function firstRunOf(context: ClientContext, workflowId: string, runId: string): Promise<string> {
  for await (const event of runEvents(context, workflowId, runId)) {
    return event.workflowExecutionStartedEventAttributes?.firstExecutionRunId || runId;
  }
  return runId;
}

async function* runEvents(
  context: ClientContext,
  workflowId: string,
  runId: string,
): AsyncGenerator<HistoryEvent> {
  const { client } = context;
  let nextPageToken: Uint8Array | undefined;
  do {
    const request = {
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      nextPageToken,
    };
    const page = await within(client, CALL_TIMEOUT_MS, () =>
      client.workflowService.getWorkflowExecutionHistory(request),
    );
    yield* page.history?.events ?? [];
    nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : undefined;
  } while (nextPageToken);
}

/**
 * Returns the first value of an event's payloads, or undefined. A value that cannot be read here comes marked as such.
 */
export async function valueOf(
  converter: LoadedDataConverter,
  payloads: Payloads | null | undefined,
): Promise<unknown> {
  const [value] = await decodeArrayFromPayloads(converter, payloads?.payloads);
  return value;
}

/** Returns the summary of a call or timer, or `name` when it has none. A summary that cannot be read here says so. */
export async function summaryOf(
  converter: LoadedDataConverter,
  event: HistoryEvent,
  name: string,
): Promise<string> {
  const payload: Payload | null | undefined = event.userMetadata?.summary;
  if (!payload) return name;
  const value = await valueOf(converter, { payloads: [payload] });
  if (typeof value === 'string') return value;
  const unreadable = unreadableWords(value);
  return unreadable ? `${name}, whose summary ${unreadable}` : name;
}

/** A try of a local activity. */
export interface LocalTry {
  /** Type of the activity. */
  name: string;
  attempt: number;
  /** Whether another try follows after a pause. */
  isPaused: boolean;
  /** Type of the failure, where it threw one. */
  code: string | null;
}

/** Returns the try of a local activity that an event records, or null when the event is something else. */
export function localTryIn({ markerRecordedEventAttributes: marker }: HistoryEvent): LocalTry | null {
  if (marker?.markerName !== LOCAL_ACTIVITY_MARKER) return null;
  const data = marker.details?.data?.payloads?.[0]?.data;
  // Core writes it itself, in the clear.
  const {
    activity_type: name,
    attempt,
    backoff,
  } = JSON.parse(new TextDecoder().decode(data) || '{}') as {
    activity_type?: string;
    attempt?: number;
    backoff?: unknown;
  };
  return {
    name: name ?? 'unknown',
    attempt: attempt ?? 1,
    isPaused: Boolean(backoff),
    code: marker.failure?.applicationFailureInfo?.type ?? null,
  };
}

/** The name that the SDK's core gives to the event of a local activity. */
const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

/** Returns when an event happened, RFC 3339 to the ms. */
export function timeOf({ eventTime }: HistoryEvent): string {
  const ms = Number(eventTime?.seconds ?? 0) * 1000 + Math.floor((eventTime?.nanos ?? 0) / 1e6);
  return new Date(ms).toISOString();
}
