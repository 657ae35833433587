/** The arithmetic of the bench. Every function throws for no values: an empty round is a failed one. */

/** The value that `share` (0 to 1) of the values do not exceed: the nearest rank, so always one that was measured. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('There is no percentile of no values.');
  return value;
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const upper = percentile(values, (Math.floor(values.length / 2) + 1) / values.length);
  return values.length % 2 === 1 ? upper : (percentile(values, 0.5) + upper) / 2;
}

/** A median and how far the values spread around it. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: percentile(values, 0), max: percentile(values, 1) };
}

/**
 * The ratio of ours to the other's, pair by pair, and their spread. A pair was measured back to back, so that whatever
 * else the machine did meanwhile is in both of it; the ratio of two medians would compare different minutes.
 */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length) throw new RangeError('There are not as many of one as of the other.');
  return spread(
    ours.map((value, index) => {
      const other = theirs[index];
      if (other === undefined || other === 0) throw new RangeError('There is no ratio to nothing.');
      return value / other;
    }),
  );
}
