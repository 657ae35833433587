import { Failure } from '../src/booking/failures';
import type { Unanswered } from '../src/booking/model';

/** What a write comes to when its answer, or the read after it, does not tell. */

/** The answer of a write whose effect cannot be told; null for a failure that proves that there was none. */
export function unansweredOf({ code, facts: { said = 'no answer', isRefusal } }: Failure): Unanswered | null {
  if (code !== 'outcome_unknown') return null;
  return { is: 'unknown', said, ...(isRefusal && { isRefusal }) };
}

/** A read after a write: its failure is no failure of the write, and says nothing of its effect. */
export async function afterSending<T>(read: () => Promise<T>): Promise<T | Failure> {
  try {
    return await read();
  } catch (err) {
    if (err instanceof Failure) return err;
    throw err;
  }
}

export function wordsOf({ code, facts: { said } }: Failure): string {
  return said ? `${code}: ${said}` : code;
}
