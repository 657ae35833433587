import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Failure, failureRow } from '../src/booking/failures';

/** How failures of the table cross from activities to workflows. */

/**
 * The ApplicationFailure of a Failure: its type is the code, its first detail the facts. Only what time may cure
 * (the provider's failures) is retried by the server, at the provider's pace where it named one.
 */
export function toApplicationFailure(failure: Failure): ApplicationFailure {
  const retryable = failureRow(failure.code).owner === 'provider' && failure.code !== 'outcome_unknown';
  return ApplicationFailure.create({
    type: failure.code,
    message: failure.message,
    nonRetryable: !retryable,
    details: [failure.facts],
    nextRetryDelay: retryable ? failure.facts.retryAfterMs : undefined,
  });
}

/** The same for a failure that time has not cured: the server tries no more, and the workflow decides. */
export function toFinalFailure({ code, message, facts }: Failure): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [facts] });
}

/** "Nothing to see yet": fails a poll softly, so that the server tries it again and nobody is alarmed. */
export function notYet(what: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'not_yet',
    message: `${what}: not yet`,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Runs an activity's body; failures of the table cross as such, anything else is a bug and stays what it is. */
export async function crossing<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (err) {
    throw err instanceof Failure ? toApplicationFailure(err) : err;
  }
}
