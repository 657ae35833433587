import { WorkflowFailedError, type WorkflowExecutionStatusName } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { bookingQuery } from '../../workflows/messages';
import { Failure } from '../booking/failures';
import { WORKFLOW_TYPE, workflowIdOf } from '../booking/names';
import { requestSchema } from '../booking/schema/request';
import type { BookingView } from '../booking/schema/view';
import { cleanUpAfter } from './after-run';
import { beginningOf } from './beginning';
import type { Door } from './door';
import { initialView } from './initial-view';
import { CALL_TIMEOUT_MS, failureOf, isNotFound, neverRan, within } from './temporal-errors';

/** One execution of a booking: which run, and how it stands in Temporal. */
export interface Execution {
  runId: string;
  status: WorkflowExecutionStatusName;
  memo: Readonly<Record<string, unknown>>;
}

/** The booking's execution: the newest run, or the one asked for. Null when Temporal knows none. */
export async function findExecution(
  door: Door,
  bookingId: string,
  runId?: string,
): Promise<Execution | null> {
  try {
    const found = await within(door.client, CALL_TIMEOUT_MS, () =>
      door.client.workflow.getHandle(workflowIdOf(bookingId), runId).describe(),
    );
    if (found.type !== WORKFLOW_TYPE.booking) return null;
    return { runId: found.runId, status: found.status.name, memo: found.memo ?? {} };
  } catch (err) {
    if (isNotFound(err)) return null;
    throw err;
  }
}

/**
 * The booking as it stands, of the newest run or of the one asked for. An ended one is read from its execution's
 * end and needs no worker. Throws `booking_not_found`, or `temporal_unavailable` when nobody answers.
 */
export async function readBooking(door: Door, bookingId: string, runId?: string): Promise<BookingView> {
  const execution = await findExecution(door, bookingId, runId);
  if (!execution) throw new Failure('booking_not_found');
  return readExecution(door, bookingId, execution);
}

/** The view of an execution that was found. */
export async function readExecution(
  door: Door,
  bookingId: string,
  execution: Execution,
): Promise<BookingView> {
  const { runId, status } = execution;
  switch (status) {
    case 'COMPLETED':
    case 'FAILED':
      return withLateCleanUp(door, runId, await endOf(door, bookingId, runId));
    case 'CANCELLED':
    case 'TERMINATED':
    case 'TIMED_OUT':
      return withCleanUp(door, runId, cutOff(await lastView(door, bookingId, runId), status));
    default:
      return queryBooking(door, bookingId, runId);
  }
}

/** Whether nothing more can come of an execution. A run that continued as new goes on in the next one. */
export function isOver(status: WorkflowExecutionStatusName): boolean {
  return ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'].includes(status);
}

/** What a run's worker says of it, open or closed. Throws `temporal_unavailable` when none answers. */
export function queryBooking(door: Door, bookingId: string, runId: string): Promise<BookingView> {
  return within(door.client, CALL_TIMEOUT_MS, () =>
    door.client.workflow.getHandle(workflowIdOf(bookingId), runId).query(bookingQuery),
  );
}

/** The last view of a run that was cut off: its worker's, or how it began when no worker ever had it. */
async function lastView(door: Door, bookingId: string, runId: string): Promise<BookingView> {
  const handle = door.client.workflow.getHandle(workflowIdOf(bookingId), runId);
  const seen = await within(door.client, CALL_TIMEOUT_MS, () =>
    handle.query(bookingQuery).catch((err: unknown) => {
      if (neverRan(err)) return null;
      throw err;
    }),
  );
  if (seen) return seen;
  const { request, startedAt } = await beginningOf(door, bookingId, runId);
  const parsed = requestSchema.safeParse(request);
  if (!parsed.success) throw withoutView();
  return initialView(bookingId, parsed.data, startedAt);
}

/** The result of a completed run, or the view in a failed run's details. */
async function endOf(door: Door, bookingId: string, runId: string): Promise<BookingView> {
  const handle = door.client.workflow.getHandle(workflowIdOf(bookingId), runId);
  try {
    const result: unknown = await within(door.client, CALL_TIMEOUT_MS, () => handle.result());
    if (isView(result)) return result;
  } catch (err) {
    if (!(err instanceof WorkflowFailedError)) throw err;
    const detail: unknown = err.cause instanceof ApplicationFailure ? err.cause.details?.[0] : null;
    if (isView(detail)) return detail;
    // It failed before it had a view (an unencrypted input, say): the failure is all there is to tell.
    throw failureOf(err.cause) ?? withoutView();
  }
  throw withoutView();
}

function withoutView(): Failure {
  return new Failure('internal_error', { hint: 'The booking ended without a view.' });
}

/**
 * Somebody ended the execution in Temporal itself, so nothing was undone and nobody will be asked: the booking
 * counts as failed by a fault of ours, and the rest of the view shows how far it had come.
 */
function cutOff(view: BookingView, status: WorkflowExecutionStatusName): BookingView {
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
 * An unanswered call may have taken effect after the booking's end. What the clean-up after that undoes or asks belongs
 * to the booking too; its end stays what it was.
 */
async function withLateCleanUp(door: Door, runId: string, view: BookingView): Promise<BookingView> {
  if (!view.attempts.some(({ outcome }) => outcome === 'unknown')) return view;
  const after = await cleanUpView(door, view.id, runId);
  if (!after) return view;
  const { attention, waitingFor, updatedAt } = after;
  const compensation = after.compensation.filter(({ outcome }) => outcome !== 'nothing_to_undo');
  const others = view.compensation.filter(({ step }) => !compensation.some((undo) => undo.step === step));
  return {
    ...view,
    revision: view.revision + after.revision,
    lastRequest: after.lastRequest ?? view.lastRequest,
    compensation: [...others, ...compensation],
    attention,
    waitingFor,
    updatedAt,
  };
}

/** To its callers the clean-up is the rest of the booking's life: what it undoes, and what it asks a person. */
async function withCleanUp(door: Door, runId: string, view: BookingView): Promise<BookingView> {
  const after = await cleanUpView(door, view.id, runId);
  if (!after) return view;
  const { order, appointment, compensation, attention, waitingFor, updatedAt } = after;
  return {
    ...view,
    revision: view.revision + after.revision,
    order: order ?? view.order,
    appointment: appointment ?? view.appointment,
    lastRequest: after.lastRequest ?? view.lastRequest,
    compensation,
    attention,
    waitingFor,
    updatedAt,
  };
}

/** A clean-up that no worker has taken up has nothing to show yet. */
function noneYet(err: unknown): null {
  if (neverRan(err)) return null;
  throw err;
}

/** Null when nobody cleans up after this run. */
async function cleanUpView(door: Door, bookingId: string, runId: string): Promise<BookingView | null> {
  const after = await cleanUpAfter(door, bookingId, runId);
  return within(door.client, CALL_TIMEOUT_MS, async () => {
    if (after?.status === 'RUNNING') return after.handle.query(bookingQuery).catch(noneYet);
    const result: unknown = after?.status === 'COMPLETED' ? await after.handle.result() : null;
    return isView(result) ? result : null;
  });
}

/** Enough of a look to tell a view from whatever else an execution may have ended with. */
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
