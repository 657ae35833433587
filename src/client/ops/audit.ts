import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { z } from 'zod';
import {
  auditedBookingOf,
  hasTriedNothing,
  looksLikeBookingId,
  strayKindOf,
  strayOrder,
  unreadableBooking,
  type AuditedBooking,
  type AuditPlace,
  type AuditReport,
  type Claim,
  type Finding,
  type TracedOrder,
} from '../../booking/audit';
import { CAPABILITIES } from '../../booking/capabilities';
import { Failure } from '../../booking/failures';
import { adoptedBookingId } from '../../booking/ids';
import { PROVIDERS, type ProviderName } from '../../booking/vendors';
import { bookingIdOf, TASK_QUEUE, WORKFLOW_TYPE } from '../../booking/names';
import type { Party } from '../../booking/request-parts';
import { clientSchema, patientSchema } from '../../booking/schema/request';
import { statusSchema } from '../../booking/schema/view';
import { bytesOf } from '../../booking/small-view';
import { beginningOf } from '../executions/beginning';
import type { ClientContext } from '../executions/client-context';
import { executionOf, hasClosed, type Execution } from '../executions/execution';
import { findExecution, readExecution } from '../executions/read';
import { CALL_TIMEOUT_MS, failureOf, within } from '../executions/temporal-errors';
import { pageOf, rowsOf } from '../executions/visibility';
import { hasTakenOn } from './claims';

/** The audit. It is started here; its workflow's activities read Temporal through this file. */

/** How long an audit may take, in ms. It ends by itself well before. */
const AUDIT_TIMEOUT_MS = 2 * 3_600_000;

/** How many bookings go to a provider's worker in one piece: even a slow provider must finish them in time. */
const PAGE_SIZE = 20;

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
 * Compares bookings with providers and returns the mismatches. Reads only. Throws `account_unknown`,
 * `temporal_unavailable`, and `provider_unavailable` when it does not finish.
 */
export async function auditBookings(context: ClientContext, options: AuditOptions): Promise<AuditReport> {
  const parsed = auditSchema.safeParse(options);
  if (!parsed.success)
    throw new Failure('invalid_request', { field: parsed.error.issues[0]?.path.join('.') });
  const handle = await within(context.client, CALL_TIMEOUT_MS, () =>
    context.client.workflow.start<(scope: unknown) => Promise<AuditReport>>(WORKFLOW_TYPE.audit, {
      workflowId: `audit:${randomUUID()}`,
      taskQueue: TASK_QUEUE.bookings,
      args: [parsed.data],
      workflowExecutionTimeout: AUDIT_TIMEOUT_MS,
    }),
  );
  try {
    return await within(context.client, AUDIT_TIMEOUT_MS + CALL_TIMEOUT_MS, () => handle.result());
  } catch (err) {
    if (!(err instanceof WorkflowFailedError)) throw err;
    throw failureOf(err.cause) ?? new Failure('provider_unavailable', { hint: 'The audit did not finish.' });
  }
}

/** Bookings as they stand, and a finding about each one that cannot be read. */
export interface Read {
  bookings: AuditedBooking[];
  unreadable: Finding[];
}

/** Returns a page of a place's bookings: open ones, and those that began since then. */
export async function auditedBookings(
  context: ClientContext,
  place: AuditPlace,
  since: string,
  pageToken: string | null,
): Promise<Read & { seen: number; nextPageToken: string | null }> {
  const query = [
    `BookingProvider = '${place.provider}'`,
    `BookingAccount = '${place.account}'`,
    ...audited(since),
  ].join(' AND ');
  const { rows, nextPageToken } = await pageOf(context, query, {
    pageSize: PAGE_SIZE,
    pageToken: pageToken === null ? undefined : Buffer.from(pageToken, 'base64'),
  });
  const ids = new Set(rows.flatMap(({ execution }) => bookingIdOf(execution?.workflowId ?? '') ?? []));
  return {
    ...(await readAgain(context, place, [...ids])),
    seen: ids.size,
    nextPageToken: nextPageToken && Buffer.from(nextPageToken).toString('base64'),
  };
}

function audited(since: string): string[] {
  return [
    `WorkflowType = '${WORKFLOW_TYPE.booking}'`,
    "ExecutionStatus != 'ContinuedAsNew'",
    `(ExecutionStatus = 'Running' OR StartTime >= '${since}')`,
  ];
}

/** Reads the newest booking of each id. */
export async function readAgain(
  context: ClientContext,
  place: AuditPlace,
  bookingIds: readonly string[],
): Promise<Read> {
  const read: Read = { bookings: [], unreadable: [] };
  for (const id of bookingIds) {
    let execution: Execution | null = null;
    try {
      execution = await findExecution(context, id);
      if (!execution) throw new Failure('booking_not_found');
      const booking = await auditedBooking(context, place, id, execution);
      if (booking) read.bookings.push(booking);
    } catch (err) {
      const orderId = execution?.attributes.BookingOrderId ?? null;
      read.unreadable.push(unreadableBooking(place, id, orderId, causeOf(err)));
    }
  }
  return read;
}

/**
 * The largest booking that is passed on: ours take a few hundred bytes, and a larger one would crowd out the others.
 */
const MAX_BOOKING_BYTES = 16 * 1024;

/**
 * Returns what the audit needs of a booking; null when the booking made nothing, so that there is nothing to compare.
 */
async function auditedBooking(
  context: ClientContext,
  place: AuditPlace,
  id: string,
  execution: Execution,
): Promise<AuditedBooking | null> {
  const view = await readExecution(context, id, execution);
  if (place.hasOrders ? view.order === null : hasTriedNothing(view)) return null;
  const party = place.hasOrders ? null : await partyOf(context, execution);
  const booking = auditedBookingOf(view, !hasClosed(execution.status), party);
  if (bytesOf(booking) > MAX_BOOKING_BYTES) throw new Failure('payload_too_large');
  return booking;
}

/** The party of a booking. The rest of the request may have an earlier build's form, and does not matter here. */
const partySchema = z.object({
  client: clientSchema.strip().optional(),
  patient: patientSchema.pick({ id: true, remoteId: true }).strip().optional(),
});

async function partyOf(context: ClientContext, { workflowId, runId }: Execution): Promise<Party> {
  const { input } = await beginningOf(context, workflowId, runId);
  const party = partySchema.safeParse(input);
  if (!party.success) throw new Failure('invalid_request');
  return party.data;
}

/** Returns the code that one item failed with, or the name of an error that is not in the table. */
function causeOf(err: unknown): string {
  if (err instanceof Failure) return err.code;
  return err instanceof Error ? err.name : typeof err;
}

/**
 * Returns a finding for each order that carries a booking's id but does not fit what that booking says of its order.
 */
export async function strayOrders(
  context: ClientContext,
  place: AuditPlace,
  orders: readonly TracedOrder[],
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const order of orders) found.push(...(await strayOf(context, place, order)));
  return found;
}

/** Returns no finding or one. An order whose booking cannot be read is a finding too, and does not stop the others. */
async function strayOf(context: ClientContext, place: AuditPlace, order: TracedOrder): Promise<Finding[]> {
  let isBookings = looksLikeBookingId(order.bookingId);
  try {
    const execution = await findExecution(context, order.bookingId);
    isBookings ||= execution !== null;
    if (!isBookings) return [];
    const claim = execution && (await claimOf(context, order, execution));
    const kind = claim ? strayKindOf(order, claim) : 'order_without_booking';
    if (kind === null) return [];
    if (!claim?.open && kind !== 'order_left' && (await isAdopted(context, place, order))) return [];
    return [strayOrder(kind, place, order, claim ? claimText(claim) : 'none')];
  } catch (err) {
    // A text that is not a booking's id may be anything, so it stays out of findings.
    const bookingId = isBookings ? order.bookingId : '';
    return [strayOrder('unreadable', place, { ...order, bookingId }, causeOf(err))];
  }
}

function claimText({ status, order }: Claim): string {
  return order ? `${status}, order ${order.id}` : `${status}, no order`;
}

/**
 * Returns what a booking says of its order: by its view, or by its search attributes when the view cannot be read. Only
 * the view tells what became of an ended booking's own order.
 */
async function claimOf(context: ClientContext, order: TracedOrder, execution: Execution): Promise<Claim> {
  const told = toldBy(execution);
  if (told.open && told.order?.id === order.orderId) return told;
  try {
    const view = await readExecution(context, order.bookingId, execution);
    return auditedBookingOf(view, !hasClosed(execution.status), null);
  } catch (err) {
    if (told.order === null || told.order.id === order.orderId) throw err;
    return told;
  }
}

function toldBy({ status, attributes }: Execution): Claim {
  const said = statusSchema.safeParse(attributes.BookingStatus);
  const { BookingOrderId: orderId, BookingAttention: attention } = attributes;
  return {
    status: said.success ? said.data : 'ordering',
    open: !hasClosed(status),
    waits: attention !== undefined,
    order: orderId === undefined ? null : { id: orderId, origin: 'placed' },
    undone: {},
  };
}

/** Returns true when another booking adopted the order: then that booking is responsible for it, whoever placed it. */
async function isAdopted(
  context: ClientContext,
  { provider, account }: AuditPlace,
  { orderId }: TracedOrder,
): Promise<boolean> {
  const { vendor } = CAPABILITIES[provider];
  const adopter = await findExecution(context, adoptedBookingId(context.idKey, vendor, account, orderId));
  if (adopter === null) return false;
  if (hasClosed(adopter.status)) return hasTakenOn(context, adopter, orderId);
  return adopter.attributes.BookingOrderId === orderId;
}

/** How many rows are looked through for accounts: enough to find one that is in use. */
const MAX_ROWS = 1_000;

/**
 * Returns the accounts of a provider that bookings name and that are not among the known ones, with how many of the
 * bookings may have made something there. A booking that waits for its account to be configured does not count: a
 * person is asked already.
 */
export async function otherAccounts(
  context: ClientContext,
  provider: ProviderName,
  known: readonly string[],
  since: string,
): Promise<{ account: string; bookings: number }[]> {
  const isOther =
    known.length > 0 ? `NOT IN (${known.map((name) => `'${name}'`).join(', ')})` : 'IS NOT NULL';
  const query = [`BookingProvider = '${provider}'`, `BookingAccount ${isOther}`, ...audited(since)].join(
    ' AND ',
  );
  const counts = new Map<string, number>();
  let rows = 0;
  for await (const row of rowsOf(context, query)) {
    const { attributes, status } = executionOf(row);
    const {
      BookingAccount: account,
      BookingAttention: attention,
      BookingOrderId,
      BookingStartsAt,
    } = attributes;
    const isOpen = !hasClosed(status);
    const mayHaveMade = isOpen ? attention !== 'account_unknown' : Boolean(BookingOrderId ?? BookingStartsAt);
    if (account !== undefined && mayHaveMade) counts.set(account, (counts.get(account) ?? 0) + 1);
    rows += 1;
    if (rows >= MAX_ROWS) break;
  }
  return [...counts].map(([account, bookings]) => ({ account, bookings }));
}
