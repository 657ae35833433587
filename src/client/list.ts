import { createHmac } from 'node:crypto';
import { isBlank } from '../booking/characters';
import { Failure } from '../booking/failures';
import { bookingIdIn, WORKFLOW_TYPE, type SEARCH_ATTRIBUTES } from '../booking/names';
import type { BookingSummary } from '../booking/schema/summary';
import { msOfTime } from '../booking/times';
import type { ClientContext } from './executions/client-context';
import { executionOf, hasClosed, type Execution, type ExecutionStatus } from './executions/execution';
import { MAX_PAGE_SIZE, pageOf, rowsOf } from './executions/visibility';

/** Selects bookings. All given conditions must hold. */
export interface BookingFilter {
  status?: string;
  provider?: string;
  account?: string;
  /** True: waits for a person; false: does not; a text: waits for this reason. */
  attention?: string | boolean;
  orderId?: string;
  reference?: string;
  /** The appointment's start, RFC 3339: at or after, and before. */
  startsFrom?: string;
  startsTo?: string;
  /** Whether it still runs. */
  open?: boolean;
  /** 1 to 100, 50 when not given. */
  pageSize?: number;
  /** `nextPageToken` of the page before, with the same filter. */
  pageToken?: string;
}

export interface BookingPage {
  bookings: BookingSummary[];
  /** Null on the last page. */
  nextPageToken: string | null;
}

const DEFAULT_PAGE_SIZE = 50;
const SEAL_BYTES = 8;

type Attribute = keyof typeof SEARCH_ATTRIBUTES;

/** Ends after which a booking counts as failed, whatever its last status said. */
const ENDED_BADLY: readonly ExecutionStatus[] = ['FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/**
 * Returns a page of bookings, newest first, from Temporal's search attributes. It may lag behind the bookings by a
 * second or two. Throws `invalid_request` for a filter or token that cannot be used.
 */
export async function listBookings(context: ClientContext, filter: BookingFilter = {}): Promise<BookingPage> {
  const { idKey } = context;
  const query = visibilityQuery(filter);
  const { rows, nextPageToken } = await pageOf(context, query, {
    pageSize: pageSizeOf(filter),
    pageToken: filter.pageToken === undefined ? undefined : openToken(idKey, query, filter.pageToken),
  });
  return {
    bookings: rows.map((row) => summaryOf(executionOf(row))),
    nextPageToken: nextPageToken && sealToken(idKey, query, nextPageToken),
  };
}

/** Returns all bookings of these orders, the newest first, by one query. It lags as listBookings does. */
export async function bookingsOfOrders(
  context: ClientContext,
  orderIds: readonly string[],
): Promise<BookingSummary[]> {
  const found: BookingSummary[] = [];
  if (orderIds.length === 0) return found;
  const orders = orderIds.map((orderId) => quoted('orderId', orderId)).join(', ');
  const query = `${visibilityQuery({})} AND BookingOrderId IN (${orders})`;
  for await (const row of rowsOf(context, query)) found.push(summaryOf(executionOf(row)));
  return found;
}

/**
 * Seals a page token before it leaves. Temporal answers an unknown page token with an internal error; the seal proves
 * that a token is ours and belongs to the same filter.
 */
function sealToken(idKey: Buffer, query: string, token: Uint8Array): string {
  return Buffer.concat([sealOf(idKey, query, token), token]).toString('base64url');
}

function openToken(idKey: Buffer, query: string, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const token = bytes.subarray(SEAL_BYTES);
  if (bytes.length > SEAL_BYTES && sealOf(idKey, query, token).equals(bytes.subarray(0, SEAL_BYTES)))
    return token;
  throw new Failure('invalid_request', {
    field: 'pageToken',
    hint: 'Take the nextPageToken of a page with the same filter.',
  });
}

function sealOf(idKey: Buffer, query: string, token: Uint8Array): Buffer {
  const mac = createHmac('sha256', idKey)
    .update(JSON.stringify(['page', query]))
    .update(token);
  return mac.digest().subarray(0, SEAL_BYTES);
}

/** Returns the filter in Temporal's query language. */
function visibilityQuery(filter: BookingFilter): string {
  return [
    `WorkflowType IN (${typesOf(filter)})`,
    // A run that continued as new is the same booking as its successor. A run that was cut off keeps its attributes,
    // but no longer waits for a person.
    filter.open === true || waitsForAPerson(filter.attention)
      ? "ExecutionStatus = 'Running'"
      : "ExecutionStatus != 'ContinuedAsNew'",
    filter.open === false ? "ExecutionStatus != 'Running'" : null,
    equals('BookingStatus', 'status', filter.status),
    equals('BookingProvider', 'provider', filter.provider),
    equals('BookingAccount', 'account', filter.account),
    equals('BookingOrderId', 'orderId', filter.orderId),
    equals('BookingReference', 'reference', filter.reference),
    attentionIs(filter.attention),
    starts('>=', 'startsFrom', filter.startsFrom),
    starts('<', 'startsTo', filter.startsTo),
  ]
    .filter((term) => term !== null)
    .join(' AND ');
}

/** Returns the workflow types to list. A clean-up may wait for a person too; its row then stands for the booking. */
function typesOf({ attention }: BookingFilter): string {
  const types = [WORKFLOW_TYPE.booking, ...(waitsForAPerson(attention) ? [WORKFLOW_TYPE.cleanup] : [])];
  return types.map((type) => `'${type}'`).join(', ');
}

function waitsForAPerson(attention: BookingFilter['attention']): boolean {
  return attention !== undefined && attention !== false;
}

function attentionIs(attention: BookingFilter['attention']): string | null {
  if (typeof attention === 'boolean') return `BookingAttention IS ${attention ? 'NOT NULL' : 'NULL'}`;
  return equals('BookingAttention', 'attention', attention);
}

/** Returns the term of one attribute. */
function equals(attribute: Attribute, field: string, value: string | undefined): string | null {
  return value === undefined ? null : `${attribute} = ${quoted(field, value)}`;
}

/** Quotes a value. Our values hold no quotes, so a value with one is refused instead of escaped. */
function quoted(field: string, value: string): string {
  if (isBlank(value)) throw new Failure('invalid_request', { field, hint: 'Must not be empty.' });
  if (/^[^'"`\\\p{Cc}]{1,255}$/u.test(value)) return `'${value}'`;
  throw new Failure('invalid_request', { field, hint: 'Must be 1 to 255 characters without quotes.' });
}

function starts(operator: '>=' | '<', field: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  const time = msOfTime(value);
  if (!Number.isNaN(time)) return `BookingStartsAt ${operator} '${new Date(time).toISOString()}'`;
  throw new Failure('invalid_request', { field, hint: 'Must be a time like 2026-12-07T15:00:00Z.' });
}

function pageSizeOf({ pageSize = DEFAULT_PAGE_SIZE }: BookingFilter): number {
  if (Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= MAX_PAGE_SIZE) return pageSize;
  throw new Failure('invalid_request', { field: 'pageSize', hint: `Must be 1 to ${MAX_PAGE_SIZE}.` });
}

function summaryOf({ workflowId, status, attributes, startedAt, closedAt }: Execution): BookingSummary {
  const attribute = (name: Attribute): string | null => attributes[name] ?? null;
  return {
    id: bookingIdIn(workflowId) ?? workflowId,
    status: ENDED_BADLY.includes(status) ? 'failed' : attribute('BookingStatus'),
    open: !hasClosed(status),
    provider: attribute('BookingProvider'),
    account: attribute('BookingAccount'),
    reference: attribute('BookingReference'),
    orderId: attribute('BookingOrderId'),
    startsAt: attribute('BookingStartsAt'),
    attention: attribute('BookingAttention'),
    createdAt: startedAt,
    endedAt: closedAt,
  };
}
