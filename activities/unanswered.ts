import { Failure } from '../src/booking/failures';
import type { Unanswered } from '../src/booking/model';

/** Unclear outcomes of a write: when its answer, or the read after it, does not tell. */

/** Returns `unknown` for a write whose effect cannot be told, and null for a failure that proves that it had none. */
export function unansweredOf({ code, facts: { said = 'no answer', isRefusal } }: Failure): Unanswered | null {
  if (code !== 'outcome_unknown') return null;
  return { is: 'unknown', said, ...(isRefusal && { isRefusal }) };
}

/** Reads after a write. A failure is returned and not thrown, because it says nothing about the write's effect. */
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
