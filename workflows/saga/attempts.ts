/** What an attempt says in words. */
interface Worded {
  readonly slotMark: string;
  readonly reason: string | null;
}

/** Attempts whose words are kept. */
const KEPT = 100;

/**
 * Attempts without the words of old ones. A long life may make thousands, each is carried to its end, and their
 * numbers must stay: they are the generations of refs. What the current search has tried keeps its marks.
 */
export function withoutOldWords<A extends Worded>(attempts: readonly A[], triedFrom: number): A[] {
  const firstKept = Math.min(triedFrom, attempts.length - KEPT);
  return attempts.map((attempt, index) =>
    index < firstKept ? { ...attempt, slotMark: '', reason: null } : attempt,
  );
}
