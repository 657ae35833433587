import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/common';
import type { CleanupInput } from '../../../workflows/messages';
import {
  AFTER_RUN_MEMO,
  cleanupIdOf,
  CUT_OFF_MEMO,
  MEMO,
  TASK_QUEUE,
  WORKFLOW_TYPE,
} from '../../booking/names';
import type { BookingView } from '../../booking/schema/view';
import type { BookingTraces } from '../../booking/traces';
import { findCleanUp } from '../executions/after-run';
import { beginningOf } from '../executions/beginning';
import type { ClientContext } from '../executions/client-context';
import { hasClosed, memoValue, type Execution } from '../executions/execution';
import { findExecution, hasUnknownCall, memoView, ownView } from '../executions/read';
import { CALL_TIMEOUT_MS, within } from '../executions/temporal-errors';

/**
 * Starts the clean-up of an ended booking that could not account for one of its calls, now that an appointment may have
 * surfaced. The clean-up looks for itself, so asking twice or in vain is harmless. Returns false when there is nothing
 * to do: the booking is open or absent, its end left nothing unknown, its appointment was taken over and nobody asked
 * to cancel it, or a person took responsibility.
 */
export async function cleanUpBooking(context: ClientContext, bookingId: string): Promise<boolean> {
  const execution = await findExecution(context, bookingId);
  if (!execution || !hasClosed(execution.status)) return false;
  const view = await ownView(context, bookingId, execution);
  if (view.status === 'completed' || !(await hasUnknownCall(context, execution, view))) return false;
  const traces = tracesIn(await memoValue(context, execution, MEMO.traces));
  // No call made another appointment beside one that was taken over: an unanswered call could only move that one.
  if (traces?.tookOver && !traces.cancel) return false;
  // An appointment that a person left standing carries the same maker, so it must not be cleaned up.
  if (isLeft(view) || (await wasLeftSince(context, bookingId, execution.runId))) return false;
  const { workflowId, runId, attributes } = execution;
  const { input: request } = await beginningOf(context, workflowId, runId);
  const orderId = view.order?.id ?? null;
  const late = { bookingId, createdAt: view.createdAt, request, orderId, traces };
  await startCleanUp(context, late, runId, attributes);
  return true;
}

/**
 * Returns a value as traces, or null. Only bookings write them, but another build's must at least have what is used
 * here.
 */
export function tracesIn(value: unknown): BookingTraces | null {
  const isTraces = (given: unknown): given is BookingTraces =>
    typeof given === 'object' && given !== null && 'opened' in given && 'ownAppointmentIds' in given;
  return isTraces(value) ? value : null;
}

function isLeft({ compensation }: BookingView): boolean {
  return compensation.some(({ step, outcome }) => step === 'appointment' && outcome === 'left_to_person');
}

/**
 * Returns true when an earlier clean-up ended because a person left the appointment standing. A cut-off one decided
 * nothing.
 */
async function wasLeftSince(context: ClientContext, bookingId: string, runId: string): Promise<boolean> {
  const after = await findCleanUp(context, bookingId, runId);
  const view = after?.status === 'COMPLETED' ? await memoView(context, after) : null;
  return view !== null && isLeft(view);
}

/**
 * Attributes that the clean-up inherits, so that incidents name it even if the booking's request cannot be read any
 * more.
 */
const INHERITED = ['BookingProvider', 'BookingAccount', 'BookingReference'] as const;

/**
 * Starts the clean-up after a run of a booking, unless one runs already. It inherits search attributes from that run.
 */
export async function startCleanUp(
  context: ClientContext,
  input: CleanupInput,
  runId: string,
  attributes: Execution['attributes'],
): Promise<void> {
  try {
    await within(context.client, CALL_TIMEOUT_MS, () =>
      context.client.workflow.start(WORKFLOW_TYPE.cleanup, {
        workflowId: cleanupIdOf(input.bookingId),
        taskQueue: TASK_QUEUE.bookings,
        args: [input],
        memo: { [AFTER_RUN_MEMO]: runId, ...('cutOff' in input && { [CUT_OFF_MEMO]: runId }) },
        typedSearchAttributes: INHERITED.flatMap((name) =>
          attributes[name]
            ? [{ key: defineSearchAttributeKey(name, 'KEYWORD'), value: attributes[name] }]
            : [],
        ),
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      }),
    );
  } catch (err) {
    // A clean-up that runs already looks for itself, so it will see the news.
    if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
  }
}
