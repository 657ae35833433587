import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURES, Failure, type FailureCode, type FailureFacts } from '../src/booking/failures';
import { bookingIdOf } from '../src/booking/names';
import type { BookingView } from '../src/booking/schema/view';
import { core } from './activities';
import { Ending } from './ending';
import { isPlaintext } from './guard';
import { openInbox } from './inbox';
import { owned } from './owned';
import { publish } from './publish';
import { change, newBooking, shielded, type Booking } from './state';
import { nextOffer, take, takeOver, undoAppointment } from './steps/appointment';
import { confirmed } from './steps/confirm';
import { keep } from './steps/keep';
import { doOrder, undoOrder } from './steps/order';
import { ready } from './steps/ready';
import { compensate, undone, type Undo } from './steps/undo';
import { viewOf } from './view';
import { checkTime } from './waiting';

/**
 * A booking: "book this person an appointment", owned until it is settled. Order, readiness, slot, confirmation,
 * keeping; what was begun is undone in reverse when it cannot be had.
 */
export async function booking(input: unknown): Promise<BookingView> {
  const b = newBooking(
    bookingIdOf(workflowInfo().workflowId) ?? workflowInfo().workflowId,
    workflowInfo().startTime.toISOString(),
  );
  openInbox(b);
  const undos: Undo[] = []; // newest first
  try {
    await whileWanted(b, async () => {
      await owned(b, () => open(b, input));
      undos.unshift(undoOrder); // before the do: an order may be placed without our hearing of it
      await owned(b, () => doOrder(b));
      await owned(b, () => ready(b));
      undos.unshift(undoAppointment);
      do await held(b);
      while ((await keep(b)) === 'rebook');
    });
    return await end(b, 'completed');
  } catch (err) {
    if (!(err instanceof Ending)) throw err; // a bug: Temporal retries the task, nothing is undone
    await shielded(() => compensate(b, undos));
    return end(b, err.status, err.code, err.facts);
  }
}

/** Tries slots until one is confirmed. An appointment that is taken over needs no slot. */
async function held(b: Booking): Promise<void> {
  change(b, { status: 'searching' });
  if (await owned(b, () => takeOver(b))) {
    if (await confirmed(b)) return;
    throw new Ending('failed', 'slot_declined');
  }
  const { maxSlotAttempts } = b.state.limits; // the request's own, where it has one
  const until = b.state.attempts.length + maxSlotAttempts;
  while (b.state.attempts.length < until) {
    await owned(b, async () => checkTime(b));
    const offer = await owned(b, () => nextOffer(b));
    const appointment = await owned(b, () => take(b, offer));
    if (!appointment) continue;
    if (await confirmed(b)) return;
    await release(b);
  }
  throw new Ending('failed', 'no_slot');
}

/** Gives a slot back before another is tried; one that a person leaves standing ends the search. */
async function release(b: Booking): Promise<void> {
  const outcome = await shielded(() => undone(b, undoAppointment));
  if (outcome === 'left_to_person') throw new Ending('failed', 'undo_failed');
  change(b, { appointment: null });
}

async function open(b: Booking, input: unknown): Promise<void> {
  if (isPlaintext(input)) throw new Failure('plaintext_input');
  const opened = await core('read the request and the account').openBooking({
    request: input,
    bookingId: b.state.id,
  });
  b.opened = true;
  change(b, { ...opened, acceptFees: opened.request.policy?.acceptFees === true });
}

/** Runs the forward steps in a scope that a caller's cancel or Temporal's own ends: it ends waits, never writes. */
async function whileWanted(b: Booking, forward: () => Promise<void>): Promise<void> {
  const scope = new CancellationScope();
  b.wanted = scope;
  if (b.state.cancel) scope.cancel(); // it came before the first step
  try {
    await scope.run(forward);
  } catch (err) {
    if (!b.state.cancel && !isCancellation(err)) throw err;
    if (!(err instanceof Ending) && !isCancellation(err)) throw err;
    // Temporal's own cancel carries no options: it means cancel, fees accepted.
    if (!b.state.cancel) change(b, { cancel: { by: 'temporal' }, acceptFees: true });
    throw new Ending('cancelled', 'cancelled_by_caller');
  } finally {
    b.wanted = null;
  }
}

async function end(
  b: Booking,
  status: 'completed' | 'cancelled' | 'failed',
  code?: FailureCode,
  facts: FailureFacts = {},
): Promise<BookingView> {
  const failure = status === 'failed' && code ? { code, message: new Failure(code, facts).message } : null;
  change(b, { status, failure, waitingFor: null, attention: null });
  publish(b);
  await shielded(() => condition(allHandlersFinished));
  const view = viewOf(b.state);
  if (failure)
    throw ApplicationFailure.nonRetryable(FAILURES[code ?? 'internal_error'].text, failure.code, view);
  return view;
}
