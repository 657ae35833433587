import { pauseAfter } from '../../src/booking/backoff';
import type { Failure, FailureCode } from '../../src/booking/failures';
import { writeLimitMs } from './activities';
import { after, now, nowMs } from './clock';
import { failureOf } from './ending';
import type { Booking } from './state';
import { pauseUntil } from './waiting';

/**
 * Patience: the time in which tries were made. It counts the tries' own time, each at most as long as a write may take,
 * and the pauses between them, each at most twice as long as planned: a busy Temporal may be that late, and any longer
 * time is one without workers, which does not count. A pause is cut to what is left. The try that began when nothing
 * was left is the last, so a person is asked only after a try that was made after the limit.
 */
export interface Patience {
  spentMs: number;
  /** What had been spent when the latest try began. */
  spentBeforeTryMs: number;
  nextPauseMs: number;
}

export function newPatience(b: Booking): Patience {
  return { spentMs: 0, spentBeforeTryMs: 0, nextPauseMs: b.state.terms.limits.pollFirstMs };
}

/** Makes a try and counts its time. */
export async function tried<T>(b: Booking, patience: Patience, call: () => Promise<T>): Promise<T> {
  const beganMs = nowMs();
  patience.spentBeforeTryMs = patience.spentMs;
  try {
    return await call();
  } finally {
    patience.spentMs += Math.min(nowMs() - beganMs, writeLimitMs(b));
  }
}

/** Returns true when a try that begins now is the last. */
export function isLastTry({ spentMs }: Patience, limitMs: number): boolean {
  return spentMs >= limitMs;
}

/** Returns true when the latest try was the last; a read within it has had patience of its own, to the same end. */
export function isUsedUp({ spentBeforeTryMs }: Patience, limitMs: number, failure?: Failure): boolean {
  return spentBeforeTryMs >= limitMs || (failure?.facts.triedForMs ?? 0) >= limitMs;
}

/** Pauses before the next try: longer each time, at least as long as the provider asks for, within what is left. */
export async function pauseWithin(
  b: Booking,
  patience: Patience,
  what: string,
  limitMs: number,
  retryAfterMs = 0,
): Promise<void> {
  const leftMs = Math.max(b.state.terms.limits.pollFirstMs, limitMs - patience.spentMs);
  const pauseMs = Math.min(Math.max(retryAfterMs, patience.nextPauseMs), leftMs);
  patience.nextPauseMs = pauseAfter(patience.nextPauseMs, b.state.terms.limits.pollMaxMs);
  await pauseFor(b, patience, what, pauseMs);
}

/** Pauses for the whole time, whatever patience is left. */
export function pauseFor(b: Booking, patience: Patience, what: string, pauseMs: number): Promise<void> {
  return spending(patience, pauseMs, () => pauseUntil(b, what, after(now(), pauseMs)));
}

/** Makes a wait that is planned to take `plannedMs`, and counts its time. */
export async function spending<T>(patience: Patience, plannedMs: number, wait: () => Promise<T>): Promise<T> {
  const beganMs = nowMs();
  try {
    return await wait();
  } finally {
    patience.spentMs += Math.min(nowMs() - beganMs, plannedMs * 2);
  }
}

const PASSING: readonly FailureCode[] = ['rate_limited', 'provider_unavailable'];

/**
 * Returns true when time alone may cure a failure. A write that is thrown as one certainly had no effect: nothing of it
 * was sent, or the vendor itself asked for fewer calls; every other answer that sounds like it is an unknown outcome.
 */
export function isPassing({ code }: Failure): boolean {
  return PASSING.includes(code);
}

/**
 * Repeats a call while it fails in a way that time may cure, and throws the last failure. `limitMsOf` returns the
 * patience with a failure, in ms, or 0 when it is not retried. The call is told whether it is the last one, as far as
 * earlier failures tell.
 */
export async function patiently<T>(
  b: Booking,
  what: string,
  call: (isLast: boolean) => Promise<T>,
  limitMsOf: (failure: Failure) => number,
): Promise<T> {
  const patience = newPatience(b);
  let limitMs = Infinity;
  for (;;) {
    try {
      const isLast = isLastTry(patience, limitMs);
      return await tried(b, patience, () => call(isLast));
    } catch (err) {
      const failure = failureOf(err);
      if (!failure) throw err;
      limitMs = limitMsOf(failure);
      if (isUsedUp(patience, limitMs)) throw err;
      await pauseWithin(b, patience, what, limitMs, failure.facts.retryAfterMs);
    }
  }
}
