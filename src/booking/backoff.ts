/** Pauses between tries, in ms. Each is twice the one before it, up to a longest. */

/** Returns the pause that follows a pause. */
export function pauseAfter(pauseMs: number, longestMs: number): number {
  return Math.min(pauseMs * 2, longestMs);
}

/** Returns the pause after this many tries, when the first try is followed by `firstMs`. */
export function pauseAfterTries(tries: number, firstMs: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** tries, longestMs);
}

/** Returns how many tries it takes until the pauses between them add up to at least `ms`. */
export function triesWithin(ms: number, firstMs: number, longestMs: number): number {
  let tries = 1;
  for (let spentMs = 0; spentMs < ms; tries += 1) spentMs += pauseAfterTries(tries - 1, firstMs, longestMs);
  return tries;
}
