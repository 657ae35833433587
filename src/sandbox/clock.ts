/** A sandbox's clock. It shows real time, but shrinks provider-side durations by a factor. */
export interface Clock {
  /** The real time, in ms since the epoch. */
  now(): number;
  /** Returns how many real ms a provider-side duration (in sandbox ms) takes; at least 0. */
  scaled(sandboxMs: number): number;
}

/**
 * Returns a clock that runs provider-side durations at `timeScale` real ms per sandbox ms (1/60: a minute a second).
 */
export function createClock(timeScale: number): Clock {
  if (!(timeScale > 0)) throw new RangeError('timeScale must be above 0 real ms per sandbox ms');
  return { now: Date.now, scaled: (sandboxMs) => Math.max(0, sandboxMs * timeScale) };
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
