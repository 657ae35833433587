import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, type Payload } from '@temporalio/common';
import { Failure } from '../../booking/failures';
import { PROVIDERS } from '../../booking/vendors';
import { MEMO, POLLS, WORKFLOW_TYPE, workflowIdOf } from '../../booking/names';
import { statusSchema, type BookingView, type Stalled } from '../../booking/schema/view';
import { isEndStatus } from '../../booking/status';
import { findCleanUp, isAfter, openCleanUp } from './after-run';
import { beginningOf } from './beginning';
import type { ClientContext } from './client-context';
import { describe, hasClosed, memoValue, valuesOf, type Execution, type ExecutionStatus } from './execution';
import { initialView } from './initial-view';
import { stalledOf } from './stalled';
import { CALL_TIMEOUT_MS, failureOf, within } from './temporal-errors';

/**
 * Reading bookings. The view is in the execution's memo, so a read asks only Temporal: nothing is replayed, and a
 * booking can be read while no worker runs.
 */

/** Finds the booking's execution: the newest run, or the one asked for. Returns null when Temporal knows none. */
export async function findExecution(
  context: ClientContext,
  bookingId: string,
  runId?: string,
): Promise<Execution | null> {
  const found = await describe(context, workflowIdOf(bookingId), runId);
  return found?.type === WORKFLOW_TYPE.booking ? found : null;
}

/**
 * Returns the booking as it stands, in its newest run or in the given one. Throws `booking_not_found`,
 * `temporal_unavailable` when the server does not answer, and `key_missing` when the view cannot be decrypted here.
 */
export async function readBooking(
  context: ClientContext,
  bookingId: string,
  runId?: string,
): Promise<BookingView> {
  const execution = await findExecution(context, bookingId, runId);
  if (!execution) throw new Failure('booking_not_found');
  return readFound(context, bookingId, execution);
}

/** Returns the booking as a description of its execution shows it. Throws as readBooking does. */
export async function readFound(
  context: ClientContext,
  bookingId: string,
  execution: Execution,
): Promise<BookingView> {
  try {
    return await readExecution(context, bookingId, execution);
  } catch (err) {
    const isUnderLostKey = err instanceof Failure && err.code === 'key_missing';
    if (!isUnderLostKey || !hasClosed(execution.status)) throw err;
    return afterLostKey(context, bookingId, execution, err);
  }
}

/** Returns true when no workflow task has put a view into the execution's memo yet. */
export function isUntouched({ memo }: Execution): boolean {
  return memo[MEMO.view] === undefined;
}

/** The result of one look at a booking's execution. */
export interface Glance {
  isOpen: boolean;
  /** An open booking's last view; null when there is none yet, or when it cannot be decrypted here. */
  view: BookingView | null;
  /** Whether a call other than a poll is under way, after which the booking may show more. */
  isCalling: boolean;
}

/** Looks at a booking by one call, to see its last view. Returns null when Temporal knows no such booking. */
export async function glanceAtBooking(context: ClientContext, bookingId: string): Promise<Glance | null> {
  const execution = await findExecution(context, bookingId);
  if (!execution) return null;
  if (hasClosed(execution.status)) return { isOpen: false, view: null, isCalling: false };
  const view = await memoView(context, execution).catch(nullUnderLostKey);
  return { isOpen: true, view, isCalling: isCalling(execution) };
}

function isCalling({ raw }: Execution): boolean {
  const polls: readonly unknown[] = POLLS;
  return raw?.pendingActivities?.some(({ activityType }) => !polls.includes(activityType?.name)) ?? false;
}

/** Returns null for the failure of a view that cannot be decrypted here, and throws any other. */
export function nullUnderLostKey(err: unknown): null {
  if (err instanceof Failure && err.code === 'key_missing') return null;
  throw err;
}

/**
 * Returns the view of an execution, with what a clean-up adds. Throws `key_missing` when it cannot be decrypted here.
 */
export async function readExecution(
  context: ClientContext,
  bookingId: string,
  execution: Execution,
): Promise<BookingView> {
  const own = await ownView(context, bookingId, execution);
  if (!hasClosed(execution.status)) return { ...own, stalled: await stalledOf(context, execution) };
  const { runId } = execution;
  if (await mayBeCleanedUp(context, execution, own)) {
    const after = await findCleanUp(context, bookingId, runId);
    if (after) return withCleanUp(own, await memoView(context, after), await stalledOf(context, after));
  }
  const open = await openCleanUp(context, bookingId);
  if (!open || (await isAfter(context, open, runId))) return own;
  return withQuestion(own, await memoView(context, open), await stalledOf(context, open));
}

/**
 * Returns true when an ended booking may have left something: it was cut off, or could not account for one of its
 * calls.
 */
async function mayBeCleanedUp(
  context: ClientContext,
  execution: Execution,
  own: BookingView,
): Promise<boolean> {
  return own.failure?.code === 'booking_cut_off' || (await hasUnknownCall(context, execution, own));
}

/**
 * Returns true when a call of an ended booking was not answered, so that it may still take effect. The view tells only
 * of each attempt's last call, and may leave out the oldest attempts. The traces tell of every call for a start.
 */
export async function hasUnknownCall(
  context: ClientContext,
  execution: Execution,
  { attempts, attemptsLeftOut }: BookingView,
): Promise<boolean> {
  if (attemptsLeftOut > 0 || attempts.some(({ outcome }) => outcome === 'unknown')) return true;
  return hasUnansweredStart(context, execution);
}

async function hasUnansweredStart(context: ClientContext, execution: Execution): Promise<boolean> {
  try {
    const traces = await memoValue(context, execution, MEMO.traces);
    if (typeof traces !== 'object' || traces === null) return false;
    const starts: unknown = Reflect.get(traces, 'unansweredStarts');
    return Array.isArray(starts) && starts.length > 0;
  } catch (err) {
    // Unreadable traces do not show that every call was accounted for.
    if (err instanceof Failure && err.code === 'key_missing') return true;
    throw err;
  }
}

/** Returns a booking's own view, without what a clean-up after it did or asks. */
export async function ownView(
  context: ClientContext,
  bookingId: string,
  execution: Execution,
): Promise<BookingView> {
  const { status } = execution;
  if (status === 'COMPLETED' || status === 'FAILED') return endOf(context, execution);
  const view = await lastView(context, bookingId, execution);
  return hasClosed(status) ? cutOff(view, status) : view;
}

/** Returns the view in an execution's memo, and null when no workflow task has put one there yet. */
export async function memoView(context: ClientContext, execution: Execution): Promise<BookingView | null> {
  const value = await memoValue(context, execution, MEMO.view);
  return isView(value) ? value : null;
}

/** Returns a view as a run wrote it, and null for anything else. Throws `key_missing` when it cannot be decrypted here. */
export async function writtenView(context: ClientContext, written: Payload): Promise<BookingView | null> {
  const [value] = await valuesOf(context, [written]);
  return isView(value) ? value : null;
}

/** Returns the last view that a run published, or its initial view when no worker has had it. */
async function lastView(
  context: ClientContext,
  bookingId: string,
  execution: Execution,
): Promise<BookingView> {
  const told = await memoView(context, execution);
  if (told) return told;
  const { input, startedAt } = await beginningOf(context, execution.workflowId, execution.runId);
  return initialView(bookingId, input, startedAt);
}

/**
 * Returns the view of an ended booking whose own view is under a lost key, with the clean-up's question. Only its
 * search attributes are left of the booking itself. Throws `why` when there is no clean-up after it.
 */
async function afterLostKey(
  context: ClientContext,
  bookingId: string,
  { runId, status, attributes, startedAt }: Execution,
  why: Failure,
): Promise<BookingView> {
  const after = await findCleanUp(context, bookingId, runId);
  const view = after && (await memoView(context, after));
  if (!view) throw why;
  const { BookingProvider: provider, BookingAccount: account, BookingReference: reference } = attributes;
  const said = statusSchema.safeParse(attributes.BookingStatus);
  const bare = {
    ...initialView(bookingId, null, startedAt ?? view.createdAt),
    provider: PROVIDERS.find((one) => one === provider) ?? null,
    account: account ?? null,
    reference: reference ?? null,
    ...(said.success && { status: said.data }),
  };
  const cameToItsEnd = status === 'COMPLETED' || status === 'FAILED';
  return withCleanUp(cameToItsEnd ? bare : cutOff(bare, status), view, await stalledOf(context, after));
}

/**
 * Returns the last view of a run that ended by itself. A run that a bug ended without a last view counts as cut off.
 */
async function endOf(context: ClientContext, execution: Execution): Promise<BookingView> {
  const told = await memoView(context, execution);
  if (told && isEndStatus(told.status)) return told;
  const result = await resultOf(context, execution);
  if (isView(result)) return result;
  if (told) return cutOff(told, execution.status);
  throw new Failure('internal_error', { hint: 'The booking ended without a view.' });
}

/**
 * Returns the result of a completed run, or the view in a failed run's details. Throws any other failure of the run.
 */
async function resultOf(context: ClientContext, { workflowId, runId }: Execution): Promise<unknown> {
  const handle = context.client.workflow.getHandle(workflowId, runId);
  try {
    return await within(context.client, CALL_TIMEOUT_MS, () => handle.result());
  } catch (err) {
    if (!(err instanceof WorkflowFailedError)) throw err;
    const detail: unknown = err.cause instanceof ApplicationFailure ? err.cause.details?.[0] : null;
    const failure = isView(detail) ? null : failureOf(err.cause);
    if (failure) throw failure;
    return detail;
  }
}

/**
 * Returns the view of a booking that somebody ended in Temporal itself, so that it undid and asked nothing. It counts
 * as failed by a fault of ours, and the rest of the view shows how far it had come.
 */
function cutOff(view: BookingView, status: ExecutionStatus): BookingView {
  const how = status.toLowerCase().replace('_', ' ');
  const message = `The execution was ${how} in Temporal, outside the booking: the sweep undoes or reports what it left.`;
  return {
    ...view,
    revision: view.revision + 1,
    status: 'failed',
    waitingFor: null,
    attention: null,
    failure: { code: 'booking_cut_off', message },
  };
}

/**
 * Returns a booking's view together with its clean-up. To callers the clean-up is the rest of the booking's life: what
 * it undoes, and what it asks a person. A booking that ended by itself keeps its end, order and appointment. A clean-up
 * without a view yet may have stalled.
 */
function withCleanUp(own: BookingView, view: BookingView | null, stalled: Stalled | null): BookingView {
  if (!view) return { ...own, stalled };
  const wasCutOff = own.failure?.code === 'booking_cut_off';
  const compensation = view.compensation.filter(({ outcome }) => wasCutOff || outcome !== 'nothing_to_undo');
  const others = own.compensation.filter(({ step }) => !compensation.some((undo) => undo.step === step));
  return {
    ...own,
    revision: own.revision + view.revision,
    ...(wasCutOff && { order: view.order ?? own.order, appointment: view.appointment ?? own.appointment }),
    lastRequest: view.lastRequest ?? own.lastRequest,
    compensation: wasCutOff ? view.compensation : [...others, ...compensation],
    attention: view.attention,
    waitingFor: view.waitingFor,
    updatedAt: view.updatedAt,
    stalled,
  };
}

/**
 * Returns a booking's view with the question of a clean-up after an earlier booking, and nothing else of that clean-up.
 */
function withQuestion(own: BookingView, view: BookingView | null, stalled: Stalled | null): BookingView {
  if (!view) return { ...own, stalled };
  const { attention, waitingFor, updatedAt } = view;
  const revision = own.revision + view.revision;
  return {
    ...own,
    ...{ revision, attention, waitingFor, updatedAt, stalled },
    lastRequest: view.lastRequest ?? own.lastRequest,
  };
}

/** Returns true for a view; checks just enough to tell it from other results of an execution. */
function isView(value: unknown): value is BookingView {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'status' in value &&
    'revision' in value &&
    typeof value.revision === 'number'
  );
}
