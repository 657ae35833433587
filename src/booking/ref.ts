/**
 * Our reference: what a book call puts at the end of the appointment's notes, so that the appointment can be
 * told to be ours when the answer got lost. Derived, never random: `<bookingId>/book/<generation>`.
 */

const MARK = 'ref:';
const PATTERN = /(?:^|\s)ref:([A-Za-z0-9._:-]{1,80}\/book\/\d{1,9})\s*$/;

/** The reference of a booking's n-th book call. */
export function bookRef(bookingId: string, generation: number): string {
  return `${bookingId}/book/${generation}`;
}

/** Notes with our reference at their end, at most `maxLength` characters; the caller's text gives way, never the ref. */
export function notesWithRef(notes: string | undefined, ref: string, maxLength = 1000): string {
  const tail = `${MARK}${ref}`;
  const room = maxLength - tail.length - 1;
  const text = (notes ?? '').trim().slice(0, Math.max(0, room)).trimEnd();
  return text === '' ? tail : `${text}\n${tail}`;
}

/** The reference at the end of an appointment's notes, or null. */
export function refInNotes(notes: string | null | undefined): string | null {
  return notes?.match(PATTERN)?.[1] ?? null;
}

/** Whether a reference was made by this booking. */
export function isRefOf(bookingId: string, ref: string | null): boolean {
  return ref !== null && ref.startsWith(`${bookingId}/book/`);
}
