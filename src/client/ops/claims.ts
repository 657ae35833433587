import { setTimeout as pause } from 'node:timers/promises';
import { CAPABILITIES } from '../../booking/capabilities';
import {
  claimsOf,
  isBeingTaken,
  type Claimant,
  type ClaimQuestion,
  type OthersClaims,
} from '../../booking/claims';
import { adoptedBookingId } from '../../booking/ids';
import type { ProviderName } from '../../booking/model';
import { bookingIdIn, MEMO, workflowIdOf, WORKFLOW_TYPE } from '../../booking/names';
import { isSameTime } from '../../booking/times';
import type { ClientContext } from '../executions/client-context';
import { describe, executionOf, hasClosed, memoValue, type Execution } from '../executions/execution';
import { rowsOf } from '../executions/visibility';

/**
 * What the deployment's other bookings hold. Visibility finds the bookings, and each one's memo tells what it holds.
 */

/** How long visibility may lag behind an upsert, in ms. */
const VISIBILITY_LAG_MS = 10_000;

/** How far apart the starts of two bookings may be to count as the same, in ms. */
const AROUND_MS = 60_000;

/** How often the list is read until it shows the asking booking itself. */
const LISTS = 4;
const PAUSE_MS = 2_000;

/** How long to wait for another booking's call that is on its way, in ms. */
const CALL_MS = 60_000;

export interface BookingClaims {
  othersClaims(question: OthersQuestion, signal: AbortSignal): Promise<OthersClaims | null>;
  isOrderUsedElsewhere(order: OrderQuestion, askedBy: string): Promise<boolean>;
}

interface OthersQuestion extends Omit<ClaimQuestion, 'calledMs'> {
  provider: ProviderName;
  account: string;
  bookingId: string;
  /** Whether the asking booking publishes no start: then the list need not show it. */
  isUnlisted?: boolean;
  otherStarts?: readonly string[];
}

interface OrderQuestion {
  provider: ProviderName;
  account: string;
  orderId: string;
  takenOnSince?: string;
}

/**
 * Reads claims in the client's namespace. `lagMs` is how long to wait for visibility; pass less where it is known to be
 * quick.
 */
export function createBookingClaims(
  context: ClientContext,
  { lagMs = VISIBILITY_LAG_MS } = {},
): BookingClaims {
  return {
    async othersClaims(question, signal) {
      await pause(lagMs, undefined, { signal });
      return othersClaims(context, question, signal);
    },
    isOrderUsedElsewhere: (order, askedBy) => isOrderUsedElsewhere(context, order, askedBy),
  };
}

/**
 * Returns what other bookings know of appointments at a start, or null when the list does not show the asking booking
 * after several tries. Throws `key_missing` when one of them cannot be read, and `temporal_unavailable`.
 */
async function othersClaims(
  context: ClientContext,
  asked: OthersQuestion,
  signal: AbortSignal,
): Promise<OthersClaims | null> {
  const giveUpAtMs = performance.now() + CALL_MS;
  for (let unlisted = 0; unlisted < LISTS;) {
    const found = await executionsAround(context, asked);
    const others = othersAmong(found, asked);
    if (!asked.isUnlisted && others.length === found.length) {
      unlisted += 1;
    } else {
      const moving = othersAmong(await executionsMoving(context, asked), asked);
      const claimants = await Promise.all([...others, ...moving].map((one) => claimantOf(context, one)));
      const isAnyBeingTaken = startsOf(asked).some((startsAt) =>
        isBeingTaken(claimants, { ...asked, startsAt }),
      );
      if (!isAnyBeingTaken || performance.now() > giveUpAtMs)
        return claimsOf(claimants, { ...asked, calledMs: await firstCallMs(context, found, asked) });
    }
    await pause(PAUSE_MS, undefined, { signal });
  }
  return null;
}

function othersAmong(found: readonly Execution[], { bookingId }: OthersQuestion): Execution[] {
  return found.filter(({ workflowId }) => bookingIdIn(workflowId) !== bookingId);
}

function startsOf({ startsAt, otherStarts = [] }: OthersQuestion): string[] {
  return [startsAt, ...otherStarts];
}

/** Returns every booking and clean-up around the asked starts, open or closed, with its memo. */
function executionsAround(context: ClientContext, asked: OthersQuestion): Promise<Execution[]> {
  const around = startsOf(asked).map((start) => {
    const momentAfter = (offsetMs: number): string => new Date(Date.parse(start) + offsetMs).toISOString();
    return `BookingStartsAt BETWEEN '${momentAfter(-AROUND_MS)}' AND '${momentAfter(AROUND_MS)}'`;
  });
  return executionsOf(context, asked, around.join(' OR '));
}

/**
 * Returns the bookings that may hold an appointment at another start than they publish. During a move, and while a move
 * is undone, a booking publishes the start that it aims at.
 */
function executionsMoving(context: ClientContext, asked: OthersQuestion): Promise<Execution[]> {
  const isMoving = "BookingStatus = 'rescheduling'";
  const isUndoing = "(BookingStatus = 'compensating' AND ExecutionStatus = 'Running')";
  return executionsOf(context, asked, `${isMoving} OR ${isUndoing}`);
}

async function executionsOf(
  context: ClientContext,
  { provider, account }: OthersQuestion,
  where: string,
): Promise<Execution[]> {
  const query = [
    `WorkflowType IN ('${WORKFLOW_TYPE.booking}', '${WORKFLOW_TYPE.cleanup}')`,
    // A run that continued as new counts as its successor, which is listed itself.
    "ExecutionStatus != 'ContinuedAsNew'",
    `BookingProvider = '${provider}'`,
    `BookingAccount = '${account}'`,
    `(${where})`,
  ].join(' AND ');
  const found: Execution[] = [];
  for await (const row of rowsOf(context, query)) {
    const { workflowId, runId } = executionOf(row);
    // The row may be outdated, so read the execution itself. An execution that is gone is past the retention and holds
    // nothing.
    const execution = await describe(context, workflowId, runId);
    if (execution) found.push(execution);
  }
  return found;
}

/** Returns when the asking booking first called for that start, by its own view; null where its view does not tell. */
async function firstCallMs(
  context: ClientContext,
  found: readonly Execution[],
  { bookingId, startsAt }: OthersQuestion,
): Promise<number | null> {
  const own = found.filter(({ workflowId }) => bookingIdIn(workflowId) === bookingId);
  const calls = await Promise.all(
    own.map(async (one) => listOf(field(await memoValue(context, one, MEMO.view), 'attempts'))),
  );
  const timesMs = calls
    .flat()
    .filter((call) => isSameTime(textOf(field(call, 'startsAt')), startsAt))
    .map((call) => Date.parse(textOf(field(call, 'at')) ?? ''))
    .filter((ms) => !Number.isNaN(ms));
  return timesMs.length > 0 ? Math.min(...timesMs) : null;
}

async function claimantOf(context: ClientContext, execution: Execution): Promise<Claimant> {
  const traces = await memoValue(context, execution, MEMO.traces);
  const view = await memoValue(context, execution, MEMO.view);
  const last = listOf(field(view, 'attempts')).at(-1);
  return {
    ownIds: textsOf(field(traces, 'ownAppointmentIds')),
    inferredIds: textsOf(field(traces, 'inferredIds')),
    callingFor: field(last, 'outcome') === 'booking' ? textOf(field(last, 'startsAt')) : null,
    unknownFor: textOf(field(field(traces, 'unknownBook'), 'startsAt')),
    unansweredFor: textsOf(field(traces, 'unansweredStarts')),
    isLeft: listOf(field(view, 'compensation')).some(isAppointmentLeft),
    closedMs: execution.closedAt === null ? null : Date.parse(execution.closedAt),
  };
}

function isAppointmentLeft(undo: unknown): boolean {
  return field(undo, 'step') === 'appointment' && field(undo, 'outcome') === 'left_to_person';
}

/** Returns a field of a value that another build may have written; undefined when it has none. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((one): one is string => typeof one === 'string');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Returns true when an open booking other than the asking workflow has the order, because it adopted or placed it. An
 * ended booking that took the order on since `takenOnSince` counts too: its caller had the last word on what becomes of
 * the order.
 */
async function isOrderUsedElsewhere(
  context: ClientContext,
  order: OrderQuestion,
  askedBy: string,
): Promise<boolean> {
  const { provider, account, orderId } = order;
  const { vendor } = CAPABILITIES[provider];
  const adopting = workflowIdOf(adoptedBookingId(context.idKey, vendor, account, orderId));
  const adopter = adopting === askedBy ? null : await describe(context, adopting);
  if (adopter && (!hasClosed(adopter.status) || (await hasTakenOnSince(context, adopter, order))))
    return true;
  // Our ids hold no quote, and no booking publishes a provider's order id that does.
  if (!/^[^'"`\\\p{Cc}]{1,255}$/u.test(orderId)) return false;
  const query = [
    `WorkflowType = '${WORKFLOW_TYPE.booking}'`,
    "ExecutionStatus = 'Running'",
    `BookingAccount = '${account}'`,
    `BookingOrderId = '${orderId}'`,
  ].join(' AND ');
  for await (const row of rowsOf(context, query)) {
    const { workflowId } = executionOf(row);
    if (workflowId !== askedBy && (await isOpen(context, workflowId))) return true;
  }
  return false;
}

async function hasTakenOnSince(
  context: ClientContext,
  adopter: Execution,
  { orderId, takenOnSince }: OrderQuestion,
): Promise<boolean> {
  if (takenOnSince === undefined) return false;
  if (Date.parse(adopter.startedAt ?? '') < Date.parse(takenOnSince)) return false;
  return hasTakenOn(context, adopter, orderId);
}

/**
 * Returns true when an ended booking had adopted the order that its caller named. Its attributes name the order from
 * the start; only its view tells whether it came as far as adopting it.
 */
export async function hasTakenOn(
  context: ClientContext,
  adopter: Execution,
  orderId: string,
): Promise<boolean> {
  return field(field(await memoValue(context, adopter, MEMO.view), 'order'), 'id') === orderId;
}

async function isOpen(context: ClientContext, workflowId: string): Promise<boolean> {
  const execution = await describe(context, workflowId);
  return execution !== null && !hasClosed(execution.status);
}
