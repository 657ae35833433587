import { Failure } from '../../src/booking/failures';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { failureOf } from '../saga/ending';
import { acceptFees, withOwnFees } from '../saga/fees';
import { outlastOpenWrites } from '../saga/open-writes';
import { undoAttention } from '../saga/attention';
import { isPassing, isUsedUp, newPatience, pauseWithin, tried } from '../saga/patience';
import { allAppointmentsLeft } from '../saga/parts/appointment';
import { questionClosed } from '../saga/parts/attention';
import { callAccountedFor } from '../saga/parts/doubts';
import { orderLeft } from '../saga/parts/order';
import { undoBegan } from '../saga/parts/progress';
import { endingBegan, undoLeftToStaff, undosDue, undoTried, type UndoStep } from '../saga/parts/undo';
import type { Booking } from '../saga/state';

/**
 * Undoing: compensation, step by step, until nothing is left or a person has taken it on.
 *
 * Background. A cancel can be lost like any other call, and an answer of 200 does not prove that anything ended. A
 * booking may also have made what it does not know of: an unanswered call may land late, and a run before a reset may
 * have acted.
 *
 * How it works. Each step has an `Undo`, which looks for what there is to undo instead of relying on memory. It can be
 * repeated, it succeeds when there is nothing to undo, and it is `undone` only when a look shows the end. One that
 * fails is retried with backoff for `undoPatienceMs`; then a person decides. The outcome of each undo is data that
 * callers see.
 *
 * On unwinding. `compensate` runs the undos newest first. Where an unanswered call may still take effect, `run` returns
 * `pending`, and `finish` waits out its window after the other undos had their first turn. What a person takes on is
 * `left_to_person`. The booking stays open until no undo is pending.
 */

/**
 * One step's compensation. `run` is safe to repeat, and safe when there is nothing to undo. Its outcome `pending` says
 * that it has done what can be done for now, and that `finish` must follow. A failed undo throws a failure.
 */
export interface Undo {
  step: UndoStep;
  run: (b: Booking) => Promise<UndoOutcome>;
  /** Finishes what `run` left pending; `run` is repeated when this is absent. */
  finish?: (b: Booking) => Promise<UndoOutcome>;
  /** Returns true when a look shows that there is still something to undo. */
  remains: (b: Booking) => Promise<boolean>;
}

/**
 * Undoes the steps, newest first, each until it is finished: it is retried with backoff for its time limit, and then
 * shown to a person. Late effects of unanswered calls are waited for last, after all undos had their first turn. No
 * undo is pending when this returns.
 */
export async function compensate(b: Booking, undos: readonly Undo[]): Promise<void> {
  if (undos.length === 0) return;
  endingBegan(b);
  undoBegan(b);
  questionClosed(b);
  undosDue(
    b,
    undos.map(({ step }) => step),
  );
  let pending = await stillPending(undos, (undo) => undone(b, undo));
  while (pending.length > 0)
    pending = await stillPending(pending, (undo) => undone(b, undo, undo.finish ?? undo.run));
  // Another booking may soon hold what a person is responsible for now: a late call of ours must not hit it.
  if (b.state.undo.compensation.some(({ outcome }) => outcome === 'left_to_person'))
    await outlastOpenWrites(b);
}

async function stillPending(
  undos: readonly Undo[],
  run: (undo: Undo) => Promise<UndoOutcome>,
): Promise<readonly Undo[]> {
  const pending: Undo[] = [];
  for (const undo of undos) if ((await run(undo)) === 'pending') pending.push(undo);
  return pending;
}

/**
 * Runs an undo until it has an outcome, its own or a person's. Before the booking's end a cancel ends its waits; its
 * writes shield themselves. Fees that a person accepts meanwhile are accepted for this undo alone.
 */
export function undone(b: Booking, undo: Undo, run: Undo['run'] = undo.run): Promise<UndoOutcome> {
  return withOwnFees(b, b.areFeesAccepted, () => untilOutcome(b, undo, run));
}

async function untilOutcome(b: Booking, undo: Undo, run: Undo['run']): Promise<UndoOutcome> {
  const { undoPatienceMs } = b.state.terms.limits;
  let patience = newPatience(b);
  for (;;) {
    try {
      return record(b, undo, await tried(b, patience, () => run(b)));
    } catch (err) {
      const failure = failureOf(err);
      if (!failure) throw err;
      record(b, undo, 'pending');
      if (mayPass(failure) && !isUsedUp(patience, undoPatienceMs, failure)) {
        const what = `another try at undoing the ${undo.step}`;
        await pauseWithin(b, patience, what, undoPatienceMs, failure.facts.retryAfterMs);
        continue;
      }
      const outcome = await resolved(b, undo, run, failure);
      if (outcome) return outcome;
      patience = newPatience(b); // a person's retry gets the whole patience again
    }
  }
}

/** Returns true when time may cure the failure. A list may be slow, so a missing appointment counts too. */
function mayPass(failure: Failure): boolean {
  return isPassing(failure) || failure.code === 'appointment_missing';
}

/** Asks a person. Returns the outcome when their decision finished the undo, and null when it is to be tried again. */
async function resolved(
  b: Booking,
  undo: Undo,
  run: Undo['run'],
  failure: Failure,
): Promise<UndoOutcome | null> {
  const decision = await undoAttention(
    b,
    isPassing(failure) ? new Failure('undo_failed', failure.facts) : failure,
  );
  if (decision === 'accept_fees') acceptFees(b);
  if (decision === 'leave') return left(b, undo);
  return decision === 'undone' ? checked(b, undo, run) : null;
}

/**
 * Checks a person's "it has been undone by hand" by a look. What still stands comes back to the person. If the provider
 * cannot be read, the person's word counts. While a call is unanswered, one empty look proves nothing: the looks over
 * its window decide.
 */
async function checked(b: Booking, undo: Undo, run: Undo['run']): Promise<UndoOutcome | null> {
  try {
    if (await undo.remains(b)) return null;
    if (undo.step === 'order' && b.state.order.unknownSince) return null;
    if (undo.step !== 'appointment' || !b.state.doubts.unknownBook) return record(b, undo, 'undone');
    return run === undo.run ? record(b, undo, 'pending') : null;
  } catch (err) {
    if (!failureOf(err)) throw err;
    return left(b, undo);
  }
}

/** Makes the person responsible for what is left, including what an unanswered call may still bring about. */
function left(b: Booking, undo: Undo): UndoOutcome {
  if (undo.step === 'appointment') callAccountedFor(b);
  if (b.state.undo.isUnderWay && undo.step === 'order') orderLeft(b);
  else if (b.state.undo.isUnderWay) allAppointmentsLeft(b);
  return record(b, undo, 'left_to_person');
}

/** Shows that a step's undo now depends on the provider's staff. It stays open until they have done it. */
export function leaveToPerson(b: Booking, step: Undo['step']): void {
  if (b.state.undo.isUnderWay) undoLeftToStaff(b, step);
}

/**
 * Records the outcome for the view while the booking ends. Before that the view shows only what a person left standing.
 */
function record(b: Booking, undo: Undo, outcome: UndoOutcome): UndoOutcome {
  if (b.state.undo.isUnderWay) undoTried(b, undo.step, outcome);
  return outcome;
}
