import { pauseAfter } from '../../src/booking/backoff';
import { nowMs } from './clock';

/**
 * The pace of one wait. A finding leads to the next look at once, so a provider whose answers keep changing would be
 * read without end. So a pause follows each finding, and grows while findings follow each other. The first look of a
 * wait is no finding: a change right after it is seen without a pause. Polls and news keep the same pace.
 */
export interface Pace {
  /** The pause after the latest look, in ms. */
  pauseMs: number;
  /** When that look ended; null before the first. */
  lastMs: number | null;
  /** Whether it was made ahead (ahead.ts): the next poll need not begin with another. */
  isAhead: boolean;
}

const LEAST_PAUSE_MS = 1_000;

export function newPace(): Pace {
  return { pauseMs: 0, lastMs: null, isAhead: false };
}

/**
 * Records a look that ended. The pause doubles up to `longestMs`, and starts again after `longestMs` without a look.
 */
export function recordLook(pace: Pace, longestMs: number): void {
  pace.pauseMs = pace.lastMs === null ? 0 : nextPauseMs(pace, pace.lastMs, longestMs);
  pace.lastMs = nowMs();
  pace.isAhead = false;
}

/** Records that the wait began with a look that was made ahead. */
export function recordLookAhead(pace: Pace): void {
  pace.lastMs = nowMs();
  pace.isAhead = true;
}

function nextPauseMs({ pauseMs }: Pace, lastMs: number, longestMs: number): number {
  const wasQuiet = nowMs() - lastMs >= pauseMs + longestMs;
  return wasQuiet
    ? Math.min(LEAST_PAUSE_MS, longestMs)
    : pauseAfter(Math.max(pauseMs, LEAST_PAUSE_MS / 2), longestMs);
}

/** Returns true for the first poll after a look that was made ahead. Whatever follows that poll has a look of its own. */
export function takeAhead(pace: Pace): boolean {
  const { isAhead } = pace;
  pace.isAhead = false;
  return isAhead;
}

/** Returns true when no look of the wait has ended yet. */
export function isFirstLook({ lastMs }: Pace): boolean {
  return lastMs === null;
}

/** Returns how much of the pause is left, in ms. */
export function restMs({ pauseMs, lastMs }: Pace): number {
  return lastMs === null ? 0 : Math.max(0, lastMs + pauseMs - nowMs());
}
