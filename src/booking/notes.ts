import { cutAtGrapheme } from './graphemes';
import { REF_MARK } from './ref';
import { toWellFormed } from './text';

/**
 * Notes with our reference at their end, at most `maxLength` characters as the vendor counts them (code points); the caller's
 * text gives way, never the ref. It is cut between what a reader sees as characters. A half of a character, which a booking of
 * an earlier build may hold, must not cost the booking: no vendor takes one.
 */
export function notesWithRef(notes: string | undefined, ref: string, maxLength = 1000): string {
  const tail = `${REF_MARK}${ref}`;
  const room = maxLength - tail.length - 1;
  const text = cutAtGrapheme(toWellFormed(notes ?? '').trim(), Math.max(0, room)).trimEnd();
  return text === '' ? tail : `${text}\n${tail}`;
}
