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
  run(b: Booking): Promise<UndoOutcome>;
  /** Settles what `run` left pending; where absent, `run` again does. */
  settle?(b: Booking): Promise<UndoOutcome>;
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
  for (const undo of undos) await settled(b, undo, (booking) => undo.run(booking));
  for (const undo of undos) {
    if (outcomeOf(b, undo) !== 'pending') continue;
    await settled(b, undo, (booking) => (undo.settle ?? undo.run)(booking));
  }
}

/** Runs an undo until it has an outcome: its own, or a person's. */
async function settled(b: Booking, undo: Undo, run: (b: Booking) => Promise<UndoOutcome>): Promise<void> {
  const startedMs = nowMs();
  let pauseMs = b.state.limits.pollFirstMs;
  for (;;) {
    try {
      record(b, undo, await run(b));
      return;
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
      if (await resolved(b, undo, failure, run)) return;
    }
  }
}

/** Asks a person. True when their decision settled the undo; false to try again. */
async function resolved(
  b: Booking,
  undo: Undo,
  failure: Failure,
  run: (b: Booking) => Promise<UndoOutcome>,
): Promise<boolean> {
  const decision = await undoAttention(
    b,
    isPassing(failure) ? new Failure('undo_failed', failure.facts) : failure,
  );
  if (decision === 'accept_fees') change(b, { acceptFees: true });
  if (decision === 'leave') {
    record(b, undo, 'left_to_person');
    return true;
  }
  if (decision !== 'undone') return false;
  return checked(b, undo, run);
}

/**
 * "It has been undone by hand" is checked: the undo runs once more, and finds nothing or finds it standing. Where
 * the provider cannot be read, the person's word stands.
 */
async function checked(b: Booking, undo: Undo, run: (b: Booking) => Promise<UndoOutcome>): Promise<boolean> {
  try {
    record(b, undo, await run(b));
    return true;
  } catch (err) {
    const failure = failureOf(err);
    if (!failure) throw err;
    if (!isPassing(failure) && !CANNOT_READ.includes(failure.code)) return false;
    record(b, undo, 'left_to_person');
    return true;
  }
}

const CANNOT_READ: readonly string[] = [
  'credentials_rejected',
  'unexpected_answer',
  'activity_failed',
  'account_unknown',
];

/** Failures that time alone may cure. */
function isPassing(failure: Failure): boolean {
  return failure.code === 'provider_unavailable' || failure.code === 'rate_limited';
}

function outcomeOf(b: Booking, undo: Undo): UndoOutcome {
  return b.state.compensation.find(({ step }) => step === undo.step)?.outcome ?? 'nothing_to_undo';
}

function record(b: Booking, undo: Undo, outcome: UndoOutcome): void {
  const compensation = b.state.compensation.map((entry) =>
    entry.step === undo.step ? { ...entry, outcome, attempts: entry.attempts + 1, at: now() } : entry,
  );
  change(b, { compensation });
}
