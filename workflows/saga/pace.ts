import { pauseAfter } from '../../src/booking/backoff';
import { nowMs } from './clock';

/**
 * The pace of one wait. A finding leads to the next look at once, so a provider that says now this and now that would be
 * read without end; a pause follows each finding, and grows while they follow each other. The first look of a wait shows
 * how things stand and is no finding: a change right after it is seen without a pause. Polls and news keep the same pace.
 */
export interface Pace {
  /** The pause after the latest look, in ms. */
  pauseMs: number;
  /** When that look ended; null before the first. */
  lastMs: number | null;
}

const LEAST_PAUSE_MS = 1_000;

export function newPace(): Pace {
  return { pauseMs: 0, lastMs: null };
}

/** Notes a look that ended. The pause doubles up to `longestMs`, and begins anew after so long a quiet time. */
export function recordLook(pace: Pace, longestMs: number): void {
  pace.pauseMs = pace.lastMs === null ? 0 : nextPauseMs(pace, pace.lastMs, longestMs);
  pace.lastMs = nowMs();
}

function nextPauseMs({ pauseMs }: Pace, lastMs: number, longestMs: number): number {
  const wasQuiet = nowMs() - lastMs >= pauseMs + longestMs;
  return wasQuiet
    ? Math.min(LEAST_PAUSE_MS, longestMs)
    : pauseAfter(Math.max(pauseMs, LEAST_PAUSE_MS / 2), longestMs);
}

/** What is left of the pause, in ms. */
export function restMs({ pauseMs, lastMs }: Pace): number {
  return lastMs === null ? 0 : Math.max(0, lastMs + pauseMs - nowMs());
}
