/**
 * Our reference. A book call puts it at the end of the appointment's notes, so that the appointment can be recognised
 * as ours when the answer got lost. It is derived, never random: `<maker>/book/<generation>`. The maker is one booking
 * of an id: a later booking of an adopted order has the same id, but must not take an earlier one's appointment for its
 * own.
 */

/** Returns the maker of a booking: its id and the moment (RFC 3339) at which it began. */
export function makerOf(bookingId: string, createdAt: string): string {
  return `${bookingId}.${Date.parse(createdAt).toString(36)}`;
}

/** Returns the maker in a reference. */
export function makerOfRef(ref: string): string {
  return ref.slice(0, ref.lastIndexOf('/book/'));
}

/** What a reference begins with in notes. */
export const REF_MARK = 'ref:';
/** A reference anywhere in a text, but not inside another word or run into another number. */
const PATTERN = /(?<![A-Za-z0-9])ref:([A-Za-z0-9._:-]{1,80}\/book\/\d{1,9})(?!\d)/g;

/** Returns the reference of the maker's n-th book call. */
export function bookRef(maker: string, generation: number): string {
  return `${maker}/book/${generation}`;
}

/** The longest notes that are looked through, in characters: a hundred times what we send. */
const MAX_READ_LENGTH = 100_000;

/**
 * Returns the last reference in an appointment's notes, or null. Our reference follows the caller's text. Text that
 * somebody adds after it does not matter.
 */
export function refInNotes(notes: string | null | undefined): string | null {
  const refs = [...(notes ?? '').slice(0, MAX_READ_LENGTH).matchAll(PATTERN)];
  return refs.at(-1)?.[1] ?? null;
}

/** Returns true when a reference is one of this maker's. */
export function isRefOf(maker: string, ref: string | null): boolean {
  return ref !== null && ref.startsWith(`${maker}/book/`);
}
