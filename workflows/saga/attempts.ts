/** What an attempt says in words. */
interface Worded {
  readonly slotMark: string;
  readonly reason: string | null;
}

/** How many attempts keep their words. */
const KEPT = 100;

/**
 * Returns the attempts, old ones without their words. A long life may make thousands, and all are carried to its end
 * because their numbers are the generations of refs. The attempts of the current search keep their marks.
 */
export function withoutOldWords<A extends Worded>(attempts: readonly A[], triedFrom: number): A[] {
  const firstKept = Math.min(triedFrom, attempts.length - KEPT);
  return attempts.map((attempt, index) =>
    index < firstKept ? { ...attempt, slotMark: '', reason: null } : attempt,
  );
}
