import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURES, Failure, failureRow, type FailureCode, type FailureFacts } from '../src/booking/failures';
import { bookingIdOf } from '../src/booking/names';
import { namedOrderId } from '../src/booking/request-parts';
import type { BookingRequest } from '../src/booking/schema/request';
import type { BookingView } from '../src/booking/schema/view';
import { core } from './saga/activities';
import { Ending, failureOf } from './saga/ending';
import { isPlaintext } from './saga/guard';
import { openInbox } from './saga/inbox';
import { carriedOn, type Carried } from './saga/long-life';
import { attention, withAttention } from './saga/attention';
import { questionClosed } from './saga/parts/attention';
import { cancelAsked, feesAccepted } from './saga/parts/callers';
import { adoptionRefused, orderUnread } from './saga/parts/order';
import { ended } from './saga/parts/progress';
import { requestRead } from './saga/parts/terms';
import { endingBegan } from './saga/parts/undo';
import { publish } from './saga/publish';
import { isRead, newBooking, runIds, shielded, type Begun, type Booking } from './saga/state';
import { refuseUnread } from './saga/unread';
import { viewOf } from './saga/view';
import { doSteps, undosOf } from './steps';
import { compensate } from './steps/undo';

/**
 * A booking: "book this person an appointment", owned until it is settled. Order, readiness, slot, confirmation,
 * keeping; what was begun is undone in reverse when it cannot be had. `carried` comes from an earlier run of a
 * long life (saga/long-life.ts), which goes on where that one was. The steps are the table of steps/index.ts.
 */
export async function booking(input: unknown, carried?: Carried): Promise<BookingView> {
  // What is carried comes from carryOnWhenLong, which gives the request as it was read.
  const b: Begun = carried ? carriedOn(input as BookingRequest, carried) : begun(input);
  openInbox(b);
  try {
    await whileWanted(b, async () => doSteps(isRead(b) ? b : await withAttention(b, () => open(b, input))));
    return await end(b, 'completed');
  } catch (err) {
    if (!(err instanceof Ending)) throw err; // a bug: Temporal retries the task, nothing is undone
    await shielded(() => undoAll(b, input, err));
    return end(b, err.status, err.code, err.facts);
  }
}

/**
 * Runs the undos. A cancel may come before the request was read, and when the booking was reset it does: then the request is
 * read now. So is one that is refused by now, where a run before a reset may have made something of it.
 */
async function undoAll(b: Begun, input: unknown, { status }: Ending): Promise<void> {
  if (!isRead(b) && (status === 'cancelled' || (await mayHaveEarlierRun(b))))
    await openAfterwards(b, input, status);
  if (isRead(b)) await compensate(b, undosOf(b));
}

/** Whether a reset made this run, by what an activity saw: a workflow cannot tell while it is replayed. */
async function mayHaveEarlierRun(b: Begun): Promise<boolean> {
  try {
    await core('was the booking reset?').refuseReset({ runIds: runIds(b) });
    return false;
  } catch (err) {
    if (!failureOf(err)) throw err;
    return true;
  }
}

/** An order that this run never took on: it is looked at for what carries our ref, and is not cancelled for its own sake. */
function lookAtNamedOrder(b: Booking): void {
  const orderId = namedOrderId(b.state.terms.request);
  if (orderId === null) return;
  orderUnread(b, orderId);
  adoptionRefused(b);
}

/** Reads the request of a booking that is over. One that could never have been opened has made nothing. */
async function openAfterwards(b: Begun, input: unknown, status: Ending['status']): Promise<void> {
  endingBegan(b);
  for (;;) {
    try {
      const opened = await open(b, input, true);
      if (status === 'failed') lookAtNamedOrder(opened);
      return;
    } catch (err) {
      const failure = failureOf(err);
      if (!failure) throw err;
      if (failureRow(failure.code).owner === 'request') return;
      if ((await attention(b, failure, ['retry', 'leave'])) === 'leave') return;
    }
  }
}

function begun(input: unknown): Begun {
  const { workflowId, startTime } = workflowInfo();
  return newBooking(bookingIdOf(workflowId) ?? workflowId, startTime.toISOString(), input);
}

async function open(b: Begun, input: unknown, afterwards = false): Promise<Booking> {
  if (isPlaintext(input)) throw new Failure('plaintext_input');
  const opened = await core('read the request and the account').openBooking({
    request: input,
    bookingId: b.state.id,
    afterwards,
  });
  requestRead(b, opened);
  if (opened.request.policy?.acceptFees === true) feesAccepted(b);
  return b;
}

/** Runs the forward steps in a scope that a caller's cancel or Temporal's own ends: it ends waits, never writes. */
async function whileWanted(b: Begun, forward: () => Promise<void>): Promise<void> {
  const scope = new CancellationScope();
  // The handler of the message only notes the cancel: its commands are made here, after those of the message itself.
  const heard = new CancellationScope();
  const hearing = heard
    .run(() => condition(() => b.state.callers.cancel !== null))
    .then(
      () => scope.cancel(),
      () => undefined, // nobody cancelled
    );
  try {
    await scope.run(forward);
  } catch (err) {
    if (!b.state.callers.cancel && !isCancellation(err)) throw err;
    if (!(err instanceof Ending) && !isCancellation(err)) throw err;
    // Temporal's own cancel carries no options: what the request says of fees holds.
    if (!b.state.callers.cancel) cancelAsked(b, { by: 'temporal' });
    throw new Ending('cancelled', 'cancelled_by_caller');
  } finally {
    heard.cancel();
    await shielded(() => hearing);
  }
}

async function end(
  b: Begun,
  status: 'completed' | 'cancelled' | 'failed',
  code?: FailureCode,
  facts: FailureFacts = {},
): Promise<BookingView> {
  // A bug, were it so: the booking stays open, and nobody is told that it is over.
  if (b.state.undo.compensation.some(({ outcome }) => outcome === 'pending'))
    throw new Error('a booking ends with an undo that is still pending');
  const failure = status === 'failed' && code ? { code, message: new Failure(code, facts).message } : null;
  questionClosed(b);
  ended(b, status, failure);
  refuseUnread(b);
  publish(b);
  await shielded(() => condition(allHandlersFinished));
  const view = viewOf(b.state);
  if (failure)
    throw ApplicationFailure.nonRetryable(FAILURES[code ?? 'internal_error'].text, failure.code, view);
  return view;
}
