import type { Incident, IncidentFilter, Retrying, Told, Waiting, WaitingCursor } from '../../booking/ops';
import { retry } from '../../../workflows/messages';
import type { RetryMessage } from '../../booking/messages';
import type { BookingView } from '../../booking/schema/view';
import { Failure } from '../../booking/failures';
import { bookingIdIn, WORKFLOW_TYPE } from '../../booking/names';
import type { ClientContext } from '../executions/client-context';
import { describe, executionOf, hasClosed, type Execution } from '../executions/execution';
import { memoView } from '../executions/read';
import { CALL_TIMEOUT_MS, isNotFound, within } from '../executions/temporal-errors';
import { rowsOf } from '../executions/visibility';

/**
 * Incidents. When one outage or dead credential makes many bookings wait for a person, that is one thing to look at.
 * Incidents are derived from the bookings' search attributes; nothing else is stored.
 */

const MAX_TOLD_IDS = 100;

/** Selects what may wait for a person: bookings, and clean-ups after ended ones. */
const WAITING = [
  `WorkflowType IN ('${WORKFLOW_TYPE.booking}', '${WORKFLOW_TYPE.cleanup}')`,
  "ExecutionStatus = 'Running'",
];

/**
 * Returns the open bookings that wait for a person, grouped by reason, provider and account, the largest group first.
 * It may lag behind them by a second or two. Throws `temporal_unavailable`.
 */
export async function listIncidents(context: ClientContext): Promise<Incident[]> {
  const groups = new Map<string, Incident>();
  for await (const { workflowId, attributes, startedAt } of waiting(
    context,
    'BookingAttention IS NOT NULL',
  )) {
    const {
      BookingAttention: reason = '',
      BookingProvider: provider = '',
      BookingAccount: account = '',
    } = attributes;
    const key = JSON.stringify([reason, provider, account]);
    const group = groups.get(key) ?? { reason, provider, account, count: 0, since: null, bookingIds: [] };
    groups.set(key, group);
    group.count += 1;
    group.since = earlier(group.since, startedAt);
    const id = bookingIdIn(workflowId);
    if (id !== null && group.bookingIds.length < MAX_TOLD_IDS) group.bookingIds.push(id);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** How many bookings go into one payload, each with its id and since when it waits. */
const MAX_PIECE = 1_000;

/**
 * Returns the bookings that wait for this reason and began before then, oldest first, a piece at a time. A booking that
 * fails again after it was resumed is before the cursor, so none comes twice.
 */
export async function waitingFor(
  context: ClientContext,
  incident: IncidentFilter,
  before: string,
  after: WaitingCursor | null,
): Promise<Waiting> {
  const found: (WaitingCursor & { row: Execution })[] = [];
  const since = after ? [`StartTime >= '${after.startedAt}'`] : [];
  for await (const row of waiting(context, ...termsOf(incident), `StartTime <= '${before}'`, ...since)) {
    const one = { startedAt: row.startedAt ?? before, workflowId: row.workflowId };
    if (!after || inOrder(after, one) < 0) found.push({ ...one, row });
  }
  const piece = found.sort(inOrder).slice(0, MAX_PIECE);
  const last = piece.length < found.length ? piece.at(-1) : undefined;
  const sinceOf: Record<string, string> = {};
  for (const { workflowId, row } of piece) {
    const waits = await sinceIn(context, row, incident.reason);
    if (waits !== null) sinceOf[workflowId] = waits;
  }
  return {
    workflowIds: piece.map(({ workflowId }) => workflowId),
    sinceOf,
    count: found.length,
    next: last ? { startedAt: last.startedAt, workflowId: last.workflowId } : null,
  };
}

/**
 * Returns since when a booking waits for this reason, by its row; null when it waits for another or cannot be read
 * here.
 */
async function sinceIn(context: ClientContext, row: Execution, reason: string): Promise<string | null> {
  try {
    const attention = (await memoView(context, row))?.attention;
    return attention?.reason === reason ? attention.since : null;
  } catch (err) {
    if (err instanceof Failure && err.code === 'key_missing') return null;
    throw err;
  }
}

function inOrder(one: WaitingCursor, other: WaitingCursor): number {
  const byTime = Date.parse(one.startedAt) - Date.parse(other.startedAt);
  return byTime !== 0
    ? byTime
    : one.workflowId < other.workflowId
      ? -1
      : Number(one.workflowId > other.workflowId);
}

/**
 * Tells a booking to try again if it still waits as it was listed, because the decision was made about that. If the
 * list could not say since when it waits, it is not told. If it changes between the look and the message, the booking
 * itself refuses. Throws `key_missing` when its view cannot be read.
 */
export async function retryOne(
  context: ClientContext,
  workflowId: string,
  { by, id, reason, since }: Retrying & { since: string | null },
): Promise<Told> {
  const execution = await describe(context, workflowId);
  if (!execution || hasClosed(execution.status)) return 'ended';
  const view = await memoView(context, execution);
  if (id !== undefined && wasTold(view, id)) return 'resumed';
  const attention = view?.attention;
  if (attention?.reason !== reason || since !== attention.since) return 'changed';
  const message: RetryMessage = { by, id, reason, since: attention.since };
  try {
    await within(context.client, CALL_TIMEOUT_MS, () =>
      context.client.workflow.getHandle(workflowId).signal(retry, message),
    );
    return 'resumed';
  } catch (err) {
    if (isNotFound(err)) return 'ended';
    throw err;
  }
}

/** Returns true when this request told the booking already: an earlier try may have lost its worker or its answer. */
function wasTold(view: BookingView | null, id: string): boolean {
  const { lastRequest } = view ?? {};
  return lastRequest?.id === id && lastRequest.outcome === 'accepted';
}

/** Returns the filter in Temporal's query language. Throws `invalid_request` for a value that cannot be one of ours. */
function termsOf({ reason, provider, account }: IncidentFilter): string[] {
  const values = { BookingAttention: reason, BookingProvider: provider, BookingAccount: account };
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (/^[A-Za-z0-9._-]{1,64}$/.test(value)) return [`${name} = '${value}'`];
    throw new Failure('invalid_request', { field: name.replace('Booking', '').toLowerCase() });
  });
}

async function* waiting(context: ClientContext, ...terms: string[]): AsyncGenerator<Execution> {
  for await (const row of rowsOf(context, [...WAITING, ...terms].join(' AND '))) yield executionOf(row);
}

function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return Date.parse(one) <= Date.parse(other) ? one : other;
}
