import type { Failure, FailureCode } from '../src/booking/failures';
import { after, now, nowMs } from './clock';
import { failureOf } from './ending';
import type { Booking } from './state';
import { pauseUntil } from './waiting';

/** Writes that certainly had no effect, and that time alone may let through. */

const PASSING: readonly FailureCode[] = ['rate_limited', 'provider_unavailable'];

/** Whether time alone may cure a failure. */
export function isPassing({ code }: Failure): boolean {
  return PASSING.includes(code);
}

/**
 * Makes a call again while it fails in a way that time may cure, with growing pauses, and none shorter than the provider
 * names. `limitMsOf` says for how long, in ms; 0 for what is not tried again. The last failure is thrown.
 */
export async function patiently<T>(
  b: Booking,
  what: string,
  call: () => Promise<T>,
  limitMsOf: (failure: Failure) => number,
): Promise<T> {
  const startedMs = nowMs();
  let pauseMs = b.state.limits.pollFirstMs;
  for (;;) {
    try {
      return await call();
    } catch (err) {
      const failure = failureOf(err);
      if (!failure || nowMs() - startedMs >= limitMsOf(failure)) throw err;
      await pauseUntil(b, what, after(now(), Math.max(failure.facts.retryAfterMs ?? 0, pauseMs)));
      pauseMs = Math.min(pauseMs * 2, b.state.limits.pollMaxMs);
    }
  }
}
