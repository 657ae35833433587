import { randomUUID } from 'node:crypto';
import { QueryNotRegisteredError, WorkflowFailedError } from '@temporalio/client';
import { WorkflowIdReusePolicy } from '@temporalio/common';
import { z } from 'zod';
import { bulkProgress, resumeAgain } from '../../workflows/messages';
import { Failure } from '../booking/failures';
import { bulkIdOf, TASK_QUEUE, WORKFLOW_TYPE } from '../booking/names';
import type { BulkInput, BulkProgress } from '../booking/ops';
import type { ClientContext } from './executions/client-context';
import { CALL_TIMEOUT_MS, failureOf, isNotFound, within } from './executions/temporal-errors';

/** Resuming an incident's bookings. A workflow carries it out, so that nobody has to stay and watch. */

const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be a name like those that incidents show');

/** What may be resumed, and how fast. */
export const resumeSchema = z.strictObject({
  reason: name,
  provider: name.optional(),
  account: name.optional(),
  /** Bookings a second. */
  ratePerSecond: z.number().min(0.1).max(50).default(5),
});
export type Resume = z.input<typeof resumeSchema>;

/** A resumption under way. */
export interface Bulk extends BulkProgress {
  /** Its workflow's id. */
  id: string;
}

const BEGUN: BulkProgress = {
  total: null,
  resumed: 0,
  passedOver: 0,
  changed: 0,
  failed: 0,
  failedIds: [],
  done: false,
};

/**
 * Begins to resume the bookings that wait for a reason. A resumption under way for the same incident lists them anew
 * once it is through with its listing. So each booking that waits when this is called is told once for this call.
 * Throws `invalid_request` and `temporal_unavailable`.
 */
export async function resumeIncident(context: ClientContext, asked: Resume, by: string): Promise<Bulk> {
  const parsed = resumeSchema.safeParse(asked);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Failure('invalid_request', { field: issue?.path.join('.') || 'request', hint: issue?.message });
  }
  const { ratePerSecond, ...incident } = parsed.data;
  const input: BulkInput = { incident, ratePerSecond, by, requestId: randomUUID() };
  const id = bulkIdOf({ provider: '*', account: '*', ...defined(incident) });
  await within(context.client, CALL_TIMEOUT_MS, () =>
    context.client.workflow.signalWithStart(WORKFLOW_TYPE.bulk, {
      workflowId: id,
      taskQueue: TASK_QUEUE.bookings,
      args: [input],
      signal: resumeAgain,
      signalArgs: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    }),
  );
  return { id, ...BEGUN };
}

/**
 * Tells how far a resumption has come. Throws `booking_not_found` for an unknown id, `temporal_unavailable` without a
 * worker.
 */
export async function bulkStatus(context: ClientContext, id: string): Promise<Bulk> {
  const handle = context.client.workflow.getHandle(id);
  try {
    const progress = await within(context.client, CALL_TIMEOUT_MS, () =>
      asked(() => handle.query(bulkProgress)),
    );
    // A resumption of an earlier build does not count failed or changed bookings.
    return { id, ...BEGUN, ...progress };
  } catch (err) {
    if (isNotFound(err)) throw new Failure('booking_not_found');
    if (err instanceof WorkflowFailedError) throw failureOf(err.cause) ?? err;
    throw err;
  }
}

/**
 * How often a query is tried. A run that has played events ahead of their task refuses one query and answers the next.
 */
const QUERY_TRIES = 3;

/** Asks again when the query was refused (workflows/interceptors/guarded-reads.ts). */
async function asked<T>(query: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await query();
    } catch (err) {
      if (!(err instanceof QueryNotRegisteredError) || tries === QUERY_TRIES) throw err;
    }
  }
}

function defined<T extends object>(given: T): T {
  return JSON.parse(JSON.stringify(given)) as T;
}
