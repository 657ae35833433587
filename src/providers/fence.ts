/** Resolves when the call may still be made; throws a Failure with `sent: "no"` when it was given up. */
export type Fence = () => Promise<void>;

/** How often a fence is asked at most before one call. */
export const MAX_ASKS = 5;

/** The oldest answer of a fence on which a call is sent, in ms. */
const MAX_AGE_MS = 1_000;

/** The resolution of an answer's age, in ms. */
const TICK_MS = 200;

/**
 * Asks the fence. Returns a function that tells, at any later time, whether the answer is still fresh: a process that
 * was frozen meanwhile has to ask again. Throws what the fence throws.
 *
 * The age counts from the last tick but one at which the answer had not come. If it counted from when we hear of the
 * answer, a freeze just before would not show. If it counted from when we asked, a slow answer would look like a
 * freeze. The last tick may itself come late, before an answer that has waited longer is read.
 */
export async function askFence(fence: Fence): Promise<() => boolean> {
  let notThereAtMs = performance.now();
  let lastTickMs = notThereAtMs;
  const ticks = setInterval(() => {
    notThereAtMs = lastTickMs;
    lastTickMs = performance.now();
  }, TICK_MS);
  try {
    await fence();
  } finally {
    clearInterval(ticks);
  }
  return () => performance.now() - notThereAtMs <= MAX_AGE_MS;
}
