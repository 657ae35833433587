import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import { Failure, failureRow } from '../src/booking/failures';

/** How failures of the table cross from activities to workflows. */

/**
 * Returns the ApplicationFailure of a Failure: its type is the code, its first detail the facts. The server retries
 * only what time may cure (the provider's failures, and Temporal's own absence), after the pause that the provider
 * named, if any.
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

/** Returns true when time alone may cure the failure. */
export function isRetryable({ code }: Failure): boolean {
  const isPassing = failureRow(code).owner === 'provider' || code === 'temporal_unavailable';
  return isPassing && code !== 'outcome_unknown';
}

/**
 * Returns the ApplicationFailure of a Failure that time has not cured: the server retries no more, and the workflow
 * decides.
 */
export function toFinalFailure({ code, message, facts }: Failure): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [facts] });
}

/**
 * Returns the failure of a poll that saw nothing yet. It is benign, so nobody is alarmed; the server retries the poll
 * at its own interval, or after `inMs`.
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
 * Runs an activity's body. Failures of the table cross to the workflow. Any other error is a bug, which the server
 * retries; `isBugFinal` returns true when the retries are to end so that a person sees it.
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

/** For polls: they are retried as long as they are wanted, so their attempt number does not count bugs. */
export const atOnce = (): boolean => true;

/** After this many tries a bug is real, and not just a deploy under way. */
const BUG_TRIES = 5;

export function afterSomeTries(): boolean {
  return Context.current().info.attempt >= BUG_TRIES;
}

/** Returns true when an error is neither a deliberate failure nor caused by the worker's shutdown. */
export function isBug(err: unknown): boolean {
  return !(err instanceof TemporalFailure) && !Context.current().cancellationSignal.aborted;
}
