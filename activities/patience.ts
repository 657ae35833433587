import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { pauseAfterTries } from '../src/booking/backoff';
import { Failure } from '../src/booking/failures';
import { CALLS_IN_AN_ACTIVITY } from '../src/booking/limits';
import type { Target } from './contract';
import { asActivity, isBug, isRetryable, toFinalFailure } from './failures';
import { inTime } from './in-time';

/**
 * Patience with a failing read: the time in which tries were made. It counts the planned pauses, and the tries' own
 * time on a clock that never jumps, so a time without a worker does not count. The sum is kept in the activity's
 * heartbeat details, which the next try gets. A pause is cut to what is left. The try that began when nothing was left
 * is the last, so a person is asked only after a try that was made after the limit.
 */

/** The patience that earlier tries have spent. */
interface Spent {
  tries: number;
  ms: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** The least number of tries, however slow they are: a single hanging call must not use up all patience. */
const LEAST_TRIES = 3;

/** Runs a read. The server retries a failure that time may cure, until the booking's patience is used up. */
export async function reading<T>(target: Target, body: () => Promise<T>): Promise<T> {
  const { patienceMs } = target;
  if (patienceMs === undefined) return asActivity(body); // an earlier build limits the tries itself
  const { attempt, startToCloseTimeoutMs } = Context.current().info;
  const beganMs = performance.now();
  // Until a try ends, it counts with its full time, because a worker that is lost with it cannot report any.
  if (attempt > 1) keep(withOneMore(spentBefore(), startToCloseTimeoutMs));
  try {
    const limitMs = target.callTimeoutMs * CALLS_IN_AN_ACTIVITY;
    return await inTime(limitMs, body(), () => notRead(limitMs));
  } catch (err) {
    const isToTryAgain = err instanceof Failure ? isRetryable(err) : isBug(err);
    if (isToTryAgain) throw patienceWith(err, patienceMs, beganMs);
    throw err instanceof Failure ? toFinalFailure(err) : err;
  }
}

/** Returns what a failed try throws: after the last try the workflow decides, else the server retries after a pause. */
export function patienceWith(err: unknown, patienceMs: number, beganMs: number): ApplicationFailure {
  const before = spentBefore();
  const spentMs = before.ms + (performance.now() - beganMs);
  if (isLast(before, patienceMs)) return givenUp(err, spentMs);
  const wantedMs = Math.max(
    pauseAfterTries(before.tries, FIRST_PAUSE_MS, LONGEST_PAUSE_MS),
    retryAfterMs(err),
  );
  const pauseMs = Math.round(Math.max(FIRST_PAUSE_MS, Math.min(wantedMs, patienceMs - spentMs)));
  keep(withOneMore(before, spentMs - before.ms + pauseMs));
  return err instanceof Failure
    ? ApplicationFailure.create({
        type: err.code,
        message: err.message,
        details: [err.facts],
        nextRetryDelay: pauseMs,
      })
    : ApplicationFailure.fromError(err, { nextRetryDelay: pauseMs });
}

/** Returns true when patience was already used up as this try began. */
export function isLastTry({ patienceMs = Infinity, isLastTry: isSaidToBe = false }: Target): boolean {
  return isSaidToBe || isLast(spentBefore(), patienceMs);
}

function isLast({ tries, ms }: Spent, patienceMs: number): boolean {
  return ms >= patienceMs && tries + 1 >= LEAST_TRIES;
}

/** Resets the patience after a success: a later failure gets its own. */
export function forgetFailures(): void {
  const context = Context.current();
  if (context.info.heartbeatDetails != null) context.heartbeat(null);
}

function notRead(limitMs: number): Failure {
  return new Failure('provider_unavailable', { said: `not read to its end within ${limitMs} ms` });
}

function givenUp(err: unknown, spentMs: number): ApplicationFailure {
  if (!(err instanceof Failure)) return ApplicationFailure.fromError(err, { nonRetryable: true });
  return toFinalFailure(new Failure(err.code, { ...err.facts, triedForMs: Math.round(spentMs) }));
}

function retryAfterMs(err: unknown): number {
  return err instanceof Failure ? (err.facts.retryAfterMs ?? 0) : 0;
}

function withOneMore({ tries, ms }: Spent, moreMs: number): Spent {
  return { tries: tries + 1, ms: ms + moreMs };
}

function keep(spent: Spent): void {
  Context.current().heartbeat(spent);
}

function spentBefore(): Spent {
  const kept: unknown = Context.current().info.heartbeatDetails;
  const numberAt = (name: keyof Spent): number => {
    const value: unknown = typeof kept === 'object' && kept !== null ? Reflect.get(kept, name) : 0;
    return typeof value === 'number' ? value : 0;
  };
  return { tries: numberAt('tries'), ms: numberAt('ms') };
}
