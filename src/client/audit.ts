import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { z } from 'zod';
import type { AuditedBooking, AuditPlace, AuditReport } from '../booking/audit';
import { Failure } from '../booking/failures';
import { PROVIDERS } from '../booking/model';
import { bookingIdOf, TASK_QUEUE, WORKFLOW_TYPE } from '../booking/names';
import { partyOf } from '../booking/request-parts';
import { earlierRequest } from '../booking/schema/check-request';
import type { BookingView } from '../booking/schema/view';
import { beginningOf } from './beginning';
import type { Door } from './door';
import { isOver } from './execution';
import { findExecution, readExecution } from './read';
import { CALL_TIMEOUT_MS, failureOf, isUnavailable, within } from './temporal-errors';

/** The audit: begun here, carried out by a workflow whose activities read Temporal through here. */

/** How long an audit may take, in ms. */
const AUDIT_TIMEOUT_MS = 3_600_000;

/** Bookings that go to a provider's worker in one piece: what is compared of each must fit into one payload. */
const PAGE_SIZE = 50;

export const auditSchema = z.strictObject({
  provider: z.enum(PROVIDERS).optional(),
  account: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional(),
  days: z.number().int().min(1).max(365).default(30),
});
export type AuditOptions = z.input<typeof auditSchema>;

/**
 * Holds bookings and providers against each other and answers what does not fit. Reads only. Throws
 * `account_unknown`, `provider_unavailable` when it does not finish, `temporal_unavailable`.
 */
export async function auditBookings(door: Door, options: AuditOptions): Promise<AuditReport> {
  const parsed = auditSchema.safeParse(options);
  if (!parsed.success)
    throw new Failure('invalid_request', { field: parsed.error.issues[0]?.path.join('.') });
  const handle = await within(door.client, CALL_TIMEOUT_MS, () =>
    door.client.workflow.start<(scope: unknown) => Promise<AuditReport>>(WORKFLOW_TYPE.audit, {
      workflowId: `audit:${randomUUID()}`,
      taskQueue: TASK_QUEUE.bookings,
      args: [parsed.data],
      workflowExecutionTimeout: AUDIT_TIMEOUT_MS,
    }),
  );
  try {
    return await within(door.client, AUDIT_TIMEOUT_MS + CALL_TIMEOUT_MS, () => handle.result());
  } catch (err) {
    if (!(err instanceof WorkflowFailedError)) throw err;
    throw failureOf(err.cause) ?? new Failure('provider_unavailable', { hint: 'The audit did not finish.' });
  }
}

/** A page of a place's bookings: open ones, and those that began since. */
export async function auditedBookings(
  door: Door,
  { provider, account }: AuditPlace,
  since: string,
  pageToken: string | null,
): Promise<{ bookings: AuditedBooking[]; nextPageToken: string | null }> {
  const { client } = door;
  const query = [
    `WorkflowType = '${WORKFLOW_TYPE.booking}'`,
    "ExecutionStatus != 'ContinuedAsNew'",
    `BookingProvider = '${provider}'`,
    `BookingAccount = '${account}'`,
    `(ExecutionStatus = 'Running' OR StartTime >= '${since}')`,
  ].join(' AND ');
  const page = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query,
      pageSize: PAGE_SIZE,
      nextPageToken: pageToken === null ? undefined : Buffer.from(pageToken, 'base64'),
    }),
  );
  const ids = page.executions.flatMap(({ execution }) => bookingIdOf(execution?.workflowId ?? '') ?? []);
  return {
    bookings: await readAgain(door, [...new Set(ids)]),
    nextPageToken: page.nextPageToken.length > 0 ? Buffer.from(page.nextPageToken).toString('base64') : null,
  };
}

/** The newest booking of each id. One that has no view, or whose request cannot be read, is left out. */
export async function readAgain(door: Door, bookingIds: readonly string[]): Promise<AuditedBooking[]> {
  const read: AuditedBooking[] = [];
  for (const id of bookingIds) {
    const one = await auditedBooking(door, id);
    if (one) read.push(one);
  }
  return read;
}

async function auditedBooking(door: Door, id: string): Promise<AuditedBooking | null> {
  const execution = await findExecution(door, id);
  if (!execution) return null;
  try {
    const view = await readExecution(door, id, execution);
    const { input } = await beginningOf(door, execution.workflowId, execution.runId);
    const known = earlierRequest(input, { now: new Date() });
    return known && { view: comparedOf(view), request: partyOf(known), open: !isOver(execution.status) };
  } catch (err) {
    if (err instanceof Failure && !isUnavailable(err)) return null;
    throw err;
  }
}

/** A view down to what is compared: what it tells of a long life may be long. */
function comparedOf(view: BookingView): BookingView {
  return {
    ...view,
    attempts: view.attempts.slice(-1),
    attention: view.attention && { ...view.attention, tried: [] },
  };
}

/** Those of the ids that Temporal knows no booking of. */
export async function unknownBookings(door: Door, bookingIds: readonly string[]): Promise<string[]> {
  const unknown: string[] = [];
  for (const id of bookingIds) if (!(await findExecution(door, id))) unknown.push(id);
  return unknown;
}
