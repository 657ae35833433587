import { condition } from '@temporalio/workflow';
import { Failure, failureRow, UNDO_CHOICES, type Choice } from '../../src/booking/failures';
import { Ending, endsBooking, failureOf } from './ending';
import { now, nowMs } from './clock';
import { carryOnMidStep, isLongMidStep, unlessCarriedOn } from './long-life';
import { isAsked, stopAsking, takeDecision } from './mail';
import { personAsked, questionClosed } from './parts/attention';
import { deadlinesHeldBack } from './parts/deadlines';
import { resetAccepted } from './parts/life';
import { publish } from './publish';
import type { Begun, Booking } from './state';

/**
 * Makes a call of a forward step until it succeeds. The owner of a failure decides: the request's, the order's and the
 * slot's failures end the booking; the provider's and our own wait for a person.
 */
export function withAttention<T>(b: Begun, call: () => Promise<T>): Promise<T> {
  return untilItSucceeds(call, async (failure) => {
    if (endsBooking(failure)) throw new Ending('failed', failure.code, failure.facts);
    await retryDecided(b, failure);
  });
}

/**
 * Makes a call until it succeeds. `decide` is told each failure, and throws to give up. Bugs, cancels and endings pass
 * through.
 */
export async function untilItSucceeds<T>(
  call: () => Promise<T>,
  decide: (failure: Failure) => Promise<void>,
): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (err) {
      const failure = failureOf(err);
      if (!failure) throw err;
      await decide(failure);
    }
  }
}

/** Waits until a person says `retry`, in a new run when the history has grown meanwhile. Ends the booking at `end`. */
async function retryDecided(b: Begun, failure: Failure): Promise<void> {
  if ((await attention(b, failure, choicesFor(failure), decidedInAnyRun)) === 'end')
    throw new Ending('failed', failure.code, failure.facts);
}

/** Waits for the decision about a question that an earlier run left open, before its step goes on. */
export async function decideFirst(b: Begun): Promise<void> {
  const { failure } = b.state.attention;
  if (failure) await retryDecided(b, new Failure(failure.code, failure.facts));
}

/** What a person can decide about a failed undo. */
export type UndoDecision = Exclude<Choice, 'end' | 'rebook' | 'completed' | 'drop'>;

/** Waits for a person over a failed undo. */
export async function undoAttention(b: Booking, failure: Failure): Promise<UndoDecision> {
  const choices: readonly Choice[] =
    failure.code === 'fee_window' ? ['accept_fees', ...UNDO_CHOICES] : UNDO_CHOICES;
  const choice = await attention(b, failure, choices);
  // Only these choices are offered here, and the inbox refuses the others.
  return choice as UndoDecision;
}

/**
 * Shows the booking to a person and waits for the decision. Deadlines stand still meanwhile. A question that an earlier
 * run left open stays as it is.
 */
export async function attention(
  b: Begun,
  failure: Failure,
  choices: readonly Choice[] = choicesFor(failure),
  decided = decidedInThisRun,
): Promise<Choice> {
  // The booking's own question comes before unread messages, and from here on it holds the deadlines back instead of
  // them.
  if (isAsked(b)) stopAsking(b);
  if (!b.state.attention.failure) {
    takeDecision(b); // of an earlier question
    personAsked(b, failure, choices, triedLine(b, failure));
  }
  const sinceMs = Date.parse(b.state.attention.question?.since ?? now());
  publish(b);
  await unlessCarriedOn(
    () => decided(b),
    () => {
      questionClosed(b);
      deadlinesHeldBack(b, nowMs() - sinceMs);
    },
  );
  return decidedChoice(b, failure);
}

function choicesFor({ code }: Failure): readonly Choice[] {
  return failureRow(code).choices ?? ['retry', 'end'];
}

async function decidedInThisRun(b: Begun): Promise<void> {
  await condition(() => b.inbox.decision !== null);
}

async function decidedInAnyRun(b: Begun): Promise<void> {
  await condition(() => b.inbox.decision !== null || isLongMidStep(b));
  if (b.inbox.decision === null) await carryOnMidStep(b);
  await decidedInThisRun(b);
}

function decidedChoice(b: Begun, { code, facts }: Failure): Choice {
  const choice = takeDecision(b)?.choice ?? 'retry';
  // A person has seen to what the run before the reset made, so this run may write from here on.
  if (code === 'booking_reset' && choice === 'retry') resetAccepted(b, facts.runId ?? null);
  return choice;
}

function triedLine(b: Begun, failure: Failure): string {
  const { said, field } = failure.facts;
  return [`${now()} while ${b.state.progress.status}: ${failure.code}`, field && `field ${field}`, said]
    .filter(Boolean)
    .join('; ');
}
