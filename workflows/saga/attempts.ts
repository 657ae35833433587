import type { Attempt } from './parts/search';

/** Attempts whose words are kept. */
const KEPT = 100;

/**
 * Attempts without the words of old ones. A long life may make thousands, each is carried to its end, and their
 * numbers must stay: they are the generations of refs. What the current search has tried keeps its marks.
 */
export function withoutOldWords(attempts: readonly Attempt[], triedFrom: number): Attempt[] {
  const firstKept = Math.min(triedFrom, attempts.length - KEPT);
  return attempts.map((attempt, index) =>
    index < firstKept ? { ...attempt, slotMark: '', reason: null } : attempt,
  );
}
