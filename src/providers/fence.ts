import { Failure } from '../booking/failures';

/** Resolves when the call may still be made; throws a Failure with `sent: "no"` when it was given up. */
export type Fence = () => Promise<void>;

/** The oldest answer of a fence on which a call is sent, in ms. */
const MAX_AGE_MS = 1_000;

/** How often a fence is asked before one call at most. */
const MAX_ASKS = 5;

/** How finely the age of an answer is told, in ms. */
const TICK_MS = 200;

/**
 * Asks the fence until its answer is fresh, so that a process that was frozen meanwhile asks again. The caller sends at
 * once. Throws what the fence throws; the caller's reason when it gave up; and with `sent: "no"` when the call's time is
 * over or no answer was fresh.
 */
export async function passFence(fence: Fence, limit: AbortSignal, caller: AbortSignal): Promise<void> {
  for (let asked = 0; asked < MAX_ASKS; asked++) {
    const ageMs = await ageOfAnswer(fence);
    caller.throwIfAborted();
    if (limit.aborted) throw notSent('not sent: asking whether it still counts took all of its time');
    if (ageMs <= MAX_AGE_MS) return;
  }
  throw notSent('not sent: this process stood still whenever it was about to send');
}

/**
 * How old the fence's answer is at most by the time that we hear of it. Measured from when we hear of it, a freeze just
 * before would not show; from when we asked, a slow answer would count as a freeze. So it is measured from the last tick
 * but one at which it had not come: the last may itself have come late, before what waited longer was read.
 */
async function ageOfAnswer(fence: Fence): Promise<number> {
  let notThereAtMs = performance.now();
  let lastTickMs = notThereAtMs;
  const ticks = setInterval(() => {
    notThereAtMs = lastTickMs;
    lastTickMs = performance.now();
  }, TICK_MS);
  try {
    await fence();
    return performance.now() - notThereAtMs;
  } finally {
    clearInterval(ticks);
  }
}

function notSent(said: string): Failure {
  return new Failure('provider_unavailable', { said, sent: 'no' });
}
