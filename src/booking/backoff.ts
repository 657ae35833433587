/** Pauses between tries: each is twice the one before it, up to a longest. In ms. */

/** The pause that follows a pause. */
export function pauseAfter(pauseMs: number, longestMs: number): number {
  return Math.min(pauseMs * 2, longestMs);
}

/** The pause after so many tries, of which the first is followed by `firstMs`. */
export function pauseAfterTries(tries: number, firstMs: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** tries, longestMs);
}

/** How many tries it takes until the pauses between them add up to at least `ms`. */
export function triesWithin(ms: number, firstMs: number, longestMs: number): number {
  let tries = 1;
  for (let spentMs = 0; spentMs < ms; tries += 1) spentMs += pauseAfterTries(tries - 1, firstMs, longestMs);
  return tries;
}
