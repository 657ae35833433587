import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import { Failure, failureRow } from '../src/booking/failures';

/** How failures of the table cross from activities to workflows. */

/**
 * The ApplicationFailure of a Failure: its type is the code, its first detail the facts. Only what time may cure
 * (the provider's failures, and Temporal's own absence) is retried by the server, at the provider's pace where it named one.
 */
export function toApplicationFailure(failure: Failure): ApplicationFailure {
  const retryable = isRetryable(failure);
  return ApplicationFailure.create({
    type: failure.code,
    message: failure.message,
    nonRetryable: !retryable,
    details: [failure.facts],
    nextRetryDelay: retryable ? failure.facts.retryAfterMs : undefined,
  });
}

/** Returns true when time alone may cure it. */
export function isRetryable({ code }: Failure): boolean {
  const isPassing = failureRow(code).owner === 'provider' || code === 'temporal_unavailable';
  return isPassing && code !== 'outcome_unknown';
}

/** The same for a failure that time has not cured: the server tries no more, and the workflow decides. */
export function toFinalFailure({ code, message, facts }: Failure): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [facts] });
}

/**
 * "Nothing to see yet": fails a poll softly, so that the server tries it again and nobody is alarmed; at the poll's own
 * interval, or after `inMs`.
 */
export function notYet(what: string, inMs?: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'not_yet',
    message: `${what}: not yet`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: inMs,
  });
}

/**
 * Runs an activity's body; failures of the table cross as such, anything else is a bug and stays what it is: the server
 * tries it again. Where it would do so without end, `isBugFinal` says when a person is to see it instead.
 */
export async function asActivity<T>(body: () => Promise<T>, isBugFinal = (): boolean => false): Promise<T> {
  try {
    return await body();
  } catch (err) {
    if (err instanceof Failure) throw toApplicationFailure(err);
    if (isBug(err) && isBugFinal()) throw ApplicationFailure.fromError(err, { nonRetryable: true });
    throw err;
  }
}

/** Polls are tried for as long as they are wanted, so that their attempts say nothing of how often a bug came. */
export const atOnce = (): boolean => true;

/** Tries after which a bug is no deploy that was under way. */
const BUG_TRIES = 5;

export function afterSomeTries(): boolean {
  return Context.current().info.attempt >= BUG_TRIES;
}

/** Not a failure that was made on purpose, nor the end of the worker. */
export function isBug(err: unknown): boolean {
  return !(err instanceof TemporalFailure) && !Context.current().cancellationSignal.aborted;
}
