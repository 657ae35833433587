import { cutAtGrapheme } from './graphemes';
import { REF_MARK } from './ref';
import { toWellFormed } from './text';

/**
 * Returns notes with our reference at their end, at most `maxLength` characters as the vendor counts them (code
 * points). The caller's text is cut to make room, never the ref, and it is cut between what a reader sees as
 * characters. Halves of characters, which a booking of an earlier build may hold, are replaced: no vendor accepts them.
 */
export function notesWithRef(notes: string | undefined, ref: string, maxLength = 1000): string {
  const tail = `${REF_MARK}${ref}`;
  const room = maxLength - tail.length - 1;
  const text = cutAtGrapheme(toWellFormed(notes ?? '').trim(), Math.max(0, room)).trimEnd();
  return text === '' ? tail : `${text}\n${tail}`;
}
