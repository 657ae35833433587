/** Resolves when the call may still be made; throws a Failure with `sent: "no"` when it was given up. */
export type Fence = () => Promise<void>;

/** How often a fence is asked before one call at most. */
export const MAX_ASKS = 5;

/** The oldest answer of a fence on which a call is sent, in ms. */
const MAX_AGE_MS = 1_000;

/** How finely the age of an answer is told, in ms. */
const TICK_MS = 200;

/**
 * Asks the fence, and returns whether its answer is still fresh, for whenever that is asked: a process that was frozen
 * meanwhile has to ask again. Throws what the fence throws.
 *
 * The age counts from the last tick but one at which the answer had not come. Counted from when we hear of it, a freeze
 * just before would not show; from when we asked, a slow answer would count as a freeze; and the last tick may itself have
 * come late, before what waited longer was read.
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
