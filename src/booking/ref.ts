/**
 * Our reference: what a book call puts at the end of the appointment's notes, so that the appointment can be
 * told to be ours when the answer got lost. Derived, never random: `<maker>/book/<generation>`, where the
 * maker is one booking of one id: an adopted order's later booking has the same id, but must not take an
 * earlier one's appointment for its own.
 */

/** One booking of an id: the id and the moment (RFC 3339) at which this booking of it began. */
export function makerOf(bookingId: string, createdAt: string): string {
  return `${bookingId}.${Date.parse(createdAt).toString(36)}`;
}

/** The maker in a reference. */
export function makerOfRef(ref: string): string {
  return ref.slice(0, ref.lastIndexOf('/book/'));
}

const MARK = 'ref:';
const PATTERN = /(?:^|\s)ref:([A-Za-z0-9._:-]{1,80}\/book\/\d{1,9})$/;

/** The reference of the maker's n-th book call. */
export function bookRef(maker: string, generation: number): string {
  return `${maker}/book/${generation}`;
}

/** Notes with our reference at their end, at most `maxLength` characters; the caller's text gives way, never the ref. */
export function notesWithRef(notes: string | undefined, ref: string, maxLength = 1000): string {
  const tail = `${MARK}${ref}`;
  const room = maxLength - tail.length - 1;
  const text = (notes ?? '').trim().slice(0, Math.max(0, room)).trimEnd();
  return text === '' ? tail : `${text}\n${tail}`;
}

/** Longest reference with its mark, in characters: no more than the notes' end is looked at. */
const MAX_TAIL_LENGTH = 120;

/** The reference at the end of an appointment's notes, or null. */
export function refInNotes(notes: string | null | undefined): string | null {
  return notes?.trimEnd().slice(-MAX_TAIL_LENGTH).match(PATTERN)?.[1] ?? null;
}

/** Whether a reference is one of this maker's. */
export function isRefOf(maker: string, ref: string | null): boolean {
  return ref !== null && ref.startsWith(`${maker}/book/`);
}
