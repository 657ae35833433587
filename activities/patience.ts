import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { pauseAfterTries } from '../src/booking/backoff';
import { Failure } from '../src/booking/failures';
import { CALLS_IN_AN_ACTIVITY } from '../src/booking/limits';
import type { Target } from './contract';
import { asActivity, isBug, isRetryable, toFinalFailure } from './failures';
import { inTime } from './in-time';

/**
 * Patience with a read that fails: the time in which tries were made. What counts are the pauses that were planned and
 * the tries' own time on a clock that never jumps; so a time without a worker does not count. The sum is kept in the
 * activity's heartbeat details, which its next try is given. A pause is cut to what is left, and the try that began when
 * nothing was left is the last: nobody is asked before a try that was made after the limit.
 */

/** What the tries before this one have spent. */
interface Spent {
  tries: number;
  ms: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Tries that are made at least, however slow they are: one call that hangs is not all that patience may come to. */
const LEAST_TRIES = 3;

/** Runs a read. Whatever time may cure is tried again by the server, until the booking's patience is used up. */
export async function reading<T>(target: Target, body: () => Promise<T>): Promise<T> {
  const { patienceMs } = target;
  if (patienceMs === undefined) return asActivity(body); // an earlier build limits the tries itself
  const { attempt, startToCloseTimeoutMs } = Context.current().info;
  const beganMs = performance.now();
  // Until it ends, a try counts as a whole one: a worker that is lost with it says nothing any more.
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

/** What to throw for a try that failed: after the last the workflow decides, else the server tries again after a pause. */
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

/** Returns true when this try began when the patience was used up. */
export function isLastTry({ patienceMs = Infinity, isLastTry: isSaidToBe = false }: Target): boolean {
  return isSaidToBe || isLast(spentBefore(), patienceMs);
}

function isLast({ tries, ms }: Spent, patienceMs: number): boolean {
  return ms >= patienceMs && tries + 1 >= LEAST_TRIES;
}

/** What failed has passed: a later failure has patience of its own. */
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
