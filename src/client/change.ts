import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import { appointmentUpdated, orderUpdated } from '../../workflows/messages';
import { brokenText } from '../booking/characters';
import { Failure, isFailureCode } from '../booking/failures';
import { MESSAGE_LIMITS, withoutNulls, type MessageReceipt } from '../booking/messages';
import { cleanupIdOf, workflowIdOf } from '../booking/names';
import type { BookingView } from '../booking/schema/view';
import type { ClientContext } from './executions/client-context';
import { findExecution, readBooking } from './executions/read';
import { CALL_TIMEOUT_MS, failureOf, isNotFound, within } from './executions/temporal-errors';

/**
 * How long a worker may take to accept or refuse a message, in ms. It is longer than the 15 s that a stopping worker
 * has for its running provider calls, so that the next worker answers a message that is sent meanwhile.
 */
const UPDATE_TIMEOUT_MS = 20_000;

/** Temporal's word for an update that was accepted and whose workflow ended while handling it. */
const ENDED_MEANWHILE = 'AcceptedUpdateCompletedWorkflow';

/** Temporal's word for an update that no worker looked at, because the worker that had it went away. */
const UNPROCESSED = 'UnprocessedUpdate';
const DROPPED = 'The message was dropped while a worker changed: send it again.';

export type Message = UpdateDefinition<MessageReceipt, [unknown?]>;

/**
 * Sends a message to a booking and returns the booking once the message is accepted. Throws the code of a refusal,
 * `already_ended`, `booking_not_found`, and `temporal_unavailable` when no worker answers (then the message may still
 * be accepted later).
 */
export async function changeBooking(
  context: ClientContext,
  bookingId: string,
  message: Message,
  given: unknown,
): Promise<BookingView> {
  const body = withoutNulls(given);
  refuseBrokenText(body);
  if (JSON.stringify(body).length > MESSAGE_LIMITS.body) throw new Failure('malformed_message');
  // If the booking has ended, its clean-up may be waiting for a person.
  const isTaken =
    (await send(context, workflowIdOf(bookingId), message, body)) ||
    (await send(context, cleanupIdOf(bookingId), message, body));
  if (!isTaken) throw await absent(context, bookingId);
  return readBooking(context, bookingId);
}

/** Refuses broken text here, because the booking would refuse it without saying what is wrong. */
function refuseBrokenText(body: unknown): void {
  for (const [field, value] of Object.entries(body ?? {})) {
    const hint = typeof value === 'string' ? brokenText(value) : null;
    if (hint !== null) throw new Failure('malformed_message', { field, hint });
  }
}

/** Returns false when no such workflow is open. */
async function send(
  context: ClientContext,
  workflowId: string,
  message: Message,
  body: unknown,
): Promise<boolean> {
  const handle = context.client.workflow.getHandle(workflowId);
  try {
    const receipt = await within(context.client, UPDATE_TIMEOUT_MS, () =>
      handle.executeUpdate<MessageReceipt, [unknown]>(message.name, { args: [body] }),
    );
    if (receipt.outcome === 'refused') throw refusal(receipt.code);
  } catch (err) {
    if (isNotFound(err)) return false;
    if (!(err instanceof WorkflowUpdateFailedError)) throw err;
    const { cause } = err;
    if (isOfType(cause, UNPROCESSED)) throw new Failure('temporal_unavailable', { hint: DROPPED });
    if (!isOfType(cause, ENDED_MEANWHILE)) throw failureOf(cause) ?? err;
  }
  return true;
}

/** What news can be about. */
export type NewsKind = 'appointment' | 'order';

const NEWS = { appointment: appointmentUpdated, order: orderUpdated } as const;

/** Tells a booking that there is news at the provider. Returns false when the booking is closed or absent. */
export async function wakeBooking(
  context: ClientContext,
  bookingId: string,
  kind: NewsKind,
): Promise<boolean> {
  const handle = context.client.workflow.getHandle(workflowIdOf(bookingId));
  try {
    await within(context.client, CALL_TIMEOUT_MS, () => handle.signal(NEWS[kind]));
    return true;
  } catch (err) {
    if (isNotFound(err)) return false;
    throw err;
  }
}

/** Returns why a message was not taken: Temporal answers "not found" for a closed execution too. */
async function absent(context: ClientContext, bookingId: string): Promise<Failure> {
  return new Failure((await findExecution(context, bookingId)) ? 'already_ended' : 'booking_not_found');
}

function isOfType(cause: unknown, type: string): boolean {
  return cause instanceof ApplicationFailure && cause.type === type;
}

function refusal(code: string | null): Failure {
  return new Failure(isFailureCode(code) ? code : 'malformed_message');
}
