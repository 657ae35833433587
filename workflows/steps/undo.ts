import { Failure } from '../../src/booking/failures';
import type { BookingView, UndoOutcome } from '../../src/booking/schema/view';
import { after, now, nowMs } from '../clock';
import { failureOf } from '../ending';
import { undoAttention } from '../owned';
import { change, type Booking } from '../state';
import { pauseUntil } from '../waiting';

/**
 * One step's compensation. `run` is safe to repeat and safe when there is nothing to undo; `pending` says that
 * it has done what can be done for now and `settle` must follow. What fails is thrown as a failure.
 */
export interface Undo {
  step: BookingView['compensation'][number]['step'];
  run: (b: Booking) => Promise<UndoOutcome>;
  /** Settles what `run` left pending; where absent, `run` again does. */
  settle?: (b: Booking) => Promise<UndoOutcome>;
  /** Whether there is still something to undo, by a look-up alone. */
  stands: (b: Booking) => Promise<boolean>;
}

/**
 * Undoes the steps, newest first, each until it is settled: retried with backoff for its time limit, then in
 * front of a person. A late effect of an unknown call is waited for last, after the other undos had their first go.
 */
export async function compensate(b: Booking, undos: readonly Undo[]): Promise<void> {
  if (undos.length === 0) return;
  b.compensating = true;
  change(b, {
    status: 'compensating',
    waitingFor: null,
    attention: null,
    compensation: undos.map(({ step }) => ({ step, outcome: 'pending', attempts: 0, at: now() })),
  });
  const pending: Undo[] = [];
  for (const undo of undos) {
    if ((await undone(b, undo)) === 'pending') pending.push(undo);
  }
  for (const undo of pending) await undone(b, undo, undo.settle ?? undo.run);
}

/** Runs an undo until it has an outcome: its own, or a person's. Call it shielded. */
export async function undone(b: Booking, undo: Undo, run: Undo['run'] = undo.run): Promise<UndoOutcome> {
  const startedMs = nowMs();
  let pauseMs = b.state.limits.pollFirstMs;
  for (;;) {
    try {
      return record(b, undo, await run(b));
    } catch (err) {
      const failure = failureOf(err);
      if (!failure) throw err;
      record(b, undo, 'pending');
      if (isPassing(failure) && nowMs() - startedMs < b.state.limits.undoPatienceMs) {
        await pauseUntil(
          b,
          `another try at undoing the ${undo.step}`,
          after(now(), failure.facts.retryAfterMs ?? pauseMs),
        );
        pauseMs = Math.min(pauseMs * 2, b.state.limits.pollMaxMs);
        continue;
      }
      const outcome = await resolved(b, undo, failure);
      if (outcome) return outcome;
    }
  }
}

/** Asks a person. The outcome when their decision settled the undo; null to try again. */
async function resolved(b: Booking, undo: Undo, failure: Failure): Promise<UndoOutcome | null> {
  const decision = await undoAttention(
    b,
    isPassing(failure) ? new Failure('undo_failed', failure.facts) : failure,
  );
  if (decision === 'accept_fees') change(b, { acceptFees: true });
  if (decision === 'leave') return record(b, undo, 'left_to_person');
  return decision === 'undone' ? checked(b, undo) : null;
}

/**
 * "It has been undone by hand" is checked by look-up: what still stands comes back to the person. Where the
 * provider cannot be read, the person's word stands.
 */
async function checked(b: Booking, undo: Undo): Promise<UndoOutcome | null> {
  try {
    return (await undo.stands(b)) ? null : record(b, undo, 'undone');
  } catch (err) {
    if (!failureOf(err)) throw err;
    return record(b, undo, 'left_to_person');
  }
}

/** Failures that time alone may cure. */
function isPassing(failure: Failure): boolean {
  return failure.code === 'provider_unavailable' || failure.code === 'rate_limited';
}

/** Shows that a step's undo now depends on a person at the provider; it stays open until they have done it. */
export function leaveToPerson(b: Booking, step: Undo['step']): void {
  change(b, {
    compensation: b.state.compensation.map((entry) =>
      entry.step === step ? { ...entry, outcome: 'left_to_person', at: now() } : entry,
    ),
  });
}

function record(b: Booking, undo: Undo, outcome: UndoOutcome): UndoOutcome {
  const compensation = b.state.compensation.map((entry) =>
    entry.step === undo.step ? { ...entry, outcome, attempts: entry.attempts + 1, at: now() } : entry,
  );
  change(b, { compensation });
  return outcome;
}
