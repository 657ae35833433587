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
import { core, local } from './saga/activities';
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
import { publish, publishedAtStart } from './saga/publish';
import { isRead, newBooking, runIds, shielded, type Begun, type Booking } from './saga/state';
import { refuseUnread } from './saga/unread';
import { viewOf } from './saga/view';
import { doSteps, undosOf } from './steps';
import { compensate } from './steps/undo';

/**
 * A booking: one request, "book this person an appointment", owned by one workflow until it is settled.
 *
 * Background. Somebody else's system has the slots. It answers slowly, twice or not at all, and may take back what it
 * accepted. A call whose answer is lost may have taken effect all the same. So the booking never believes an answer
 * alone: it looks at the provider (saga/lookups.ts) and tells its own appointments from others' (saga/ownership.ts).
 *
 * How it works. The steps are the table of steps/index.ts: order, readiness, appointment, visit. They run from the top,
 * in a scope that a cancel ends; a cancel ends waits, never writes. Message handlers only fill the inbox
 * (saga/inbox.ts), and the steps empty it. Each failure has an owner: those of the request, the order and the slot end
 * the booking, those of the provider and of ourselves wait for a person (saga/attention.ts). A booking whose history
 * grows long continues as a new run (saga/long-life.ts); `carried` is what the run before it knew.
 *
 * On unwinding. Whatever ends the booking early is thrown through the steps as an `Ending` and caught once, here. The
 * undos of the steps then run from the bottom (steps/undo.ts), shielded from cancellation. Any other error is a bug:
 * Temporal retries the workflow task, and nothing is undone.
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
 * Runs the undos. A cancel can come before the request was read, as it does when the booking was reset; the request is
 * then read here. A request that is refused is read here too when a run before a reset may have acted on it.
 */
async function undoAll(b: Begun, input: unknown, { status }: Ending): Promise<void> {
  if (!isRead(b) && (status === 'cancelled' || (await mayHaveEarlierRun(b))))
    await openAfterwards(b, input, status);
  if (isRead(b)) await compensate(b, undosOf(b));
}

/**
 * Returns true when a reset made this run. An activity tells, because a workflow cannot know it while it is replayed.
 */
async function mayHaveEarlierRun(b: Begun): Promise<boolean> {
  try {
    await core('was the booking reset?').refuseReset({ runIds: runIds(b) });
    return false;
  } catch (err) {
    if (!failureOf(err)) throw err;
    return true;
  }
}

/**
 * Has the undo look at an order that this run never took on, for appointments with our ref. The order is not cancelled.
 */
function lookAtNamedOrder(b: Booking): void {
  const orderId = namedOrderId(b.state.terms.request);
  if (orderId === null) return;
  orderUnread(b, orderId);
  adoptionRefused(b);
}

/**
 * Reads the request of a booking that is ending. A request that could never have been opened has made nothing to undo.
 */
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
  const b = newBooking(bookingIdOf(workflowId) ?? workflowId, startTime.toISOString(), input);
  return { ...b, published: publishedAtStart() };
}

async function open(b: Begun, input: unknown, afterwards = false): Promise<Booking> {
  if (isPlaintext(input)) throw new Failure('plaintext_input');
  const opened = await local('read the request and the account').openBooking({
    request: input,
    bookingId: b.state.id,
    afterwards,
  });
  requestRead(b, opened);
  if (opened.request.policy?.acceptFees === true) feesAccepted(b);
  return b;
}

/**
 * Runs the forward steps in a scope that a cancel, a caller's or Temporal's own, ends. A cancel ends waits, never
 * writes.
 */
async function whileWanted(b: Begun, forward: () => Promise<void>): Promise<void> {
  const scope = new CancellationScope();
  // The message's handler only records the cancel. The scope is cancelled here, after the handler's own commands.
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
    // Temporal's own cancel carries no options, so the request decides about fees.
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
  // A pending undo here is a bug. The booking then stays open, and callers are not told that it is over.
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
