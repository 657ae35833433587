import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { SlotSearchResult } from '../../workflows/messages';
import { parseRequest } from '../booking/schema/check-request';
import { Failure } from '../booking/failures';
import type { FoundSlots } from '../booking/model';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../booking/names';
import type { ClientContext } from './executions/client-context';
import { CALL_TIMEOUT_MS, failureOf, within } from './executions/temporal-errors';

/** How long a search may take, in ms. */
const SEARCH_TIMEOUT_MS = 60_000;

/**
 * Returns the slots that a booking with this request would try, best first, and whether all wanted days were searched.
 * It books nothing. Throws the failure that ended the search, and `provider_unavailable` when it took longer than a
 * minute.
 */
export async function findSlots(context: ClientContext, input: unknown): Promise<FoundSlots> {
  const request = parseRequest(input, { now: new Date() });
  const handle = await within(context.client, CALL_TIMEOUT_MS, () =>
    context.client.workflow.start<(request: unknown) => Promise<SlotSearchResult>>(WORKFLOW_TYPE.slots, {
      workflowId: `slots:${randomUUID()}`,
      taskQueue: TASK_QUEUE.bookings,
      args: [request],
      workflowExecutionTimeout: SEARCH_TIMEOUT_MS,
    }),
  );
  try {
    const found = await within(context.client, SEARCH_TIMEOUT_MS + CALL_TIMEOUT_MS, () => handle.result());
    // A worker of an earlier build does not say whether it saw all days.
    return { slots: found.slots, complete: (found as Partial<FoundSlots>).complete ?? true };
  } catch (err) {
    if (!(err instanceof WorkflowFailedError)) throw err;
    throw failureOf(err.cause) ?? new Failure('provider_unavailable', { hint: 'The search did not finish.' });
  }
}
