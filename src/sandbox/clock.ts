/** A sandbox's sense of time: real now, and provider-side durations shrunk by a factor. */
export interface Clock {
  /** Real now, in ms since the epoch. */
  now(): number;
  /** Real ms that a provider-side duration (in sandbox ms) takes; at least 0. */
  scaled(sandboxMs: number): number;
}

/** A clock that runs provider-side durations at `timeScale` real ms per sandbox ms (1/60: a minute takes a second). */
export function createClock(timeScale: number): Clock {
  if (!(timeScale > 0)) throw new RangeError('timeScale must be above 0 real ms per sandbox ms');
  return { now: Date.now, scaled: (sandboxMs) => Math.max(0, sandboxMs * timeScale) };
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
