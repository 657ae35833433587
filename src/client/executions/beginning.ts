import type { temporal } from '@temporalio/proto';
import { Failure } from '../../booking/failures';
import type { ClientContext } from './client-context';
import { timeOf, valuesOf } from './execution';
import { CALL_TIMEOUT_MS, isNotFound, within } from './temporal-errors';

/** How a run began. */
export interface Beginning {
  /**
   * Its first argument, unparsed. For a booking that is its request; a later run's request includes changes made since.
   */
  input: unknown;
  /** RFC 3339 to the ms, as the workflow itself knows it: a booking's refs depend on it. */
  startedAt: string;
  /** The run in which it began. It is another run than itself when a reset made it. */
  originalRunId: string;
}

type Event = temporal.api.history.v1.IHistoryEvent;

/**
 * Returns what a run was started with, from its own first event, because earlier runs of a long life may be past the
 * retention. Throws `booking_not_found` when Temporal no longer has the run, and `key_missing` when its input cannot be
 * decrypted.
 */
export async function beginningOf(
  context: ClientContext,
  workflowId: string,
  runId: string,
): Promise<Beginning> {
  const event = await firstEvent(context, workflowId, runId);
  const startedAt = timeOf(event?.eventTime);
  if (!event || startedAt === null) throw new Failure('booking_not_found');
  const started = event.workflowExecutionStartedEventAttributes;
  const [input] = await valuesOf(context, started?.input?.payloads);
  return { input, startedAt, originalRunId: started?.originalExecutionRunId || runId };
}

async function firstEvent(
  context: ClientContext,
  workflowId: string,
  runId: string,
): Promise<Event | undefined> {
  const { client } = context;
  try {
    const page = await within(client, CALL_TIMEOUT_MS, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        maximumPageSize: 1,
      }),
    );
    return page.history?.events?.[0];
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}
