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

/** What a reference begins with in notes. */
export const REF_MARK = 'ref:';
/** Whatever stands around it, but not as a part of another word or with a part of another number. */
const PATTERN = /(?<![A-Za-z0-9])ref:([A-Za-z0-9._:-]{1,80}\/book\/\d{1,9})(?!\d)/g;

/** The reference of the maker's n-th book call. */
export function bookRef(maker: string, generation: number): string {
  return `${maker}/book/${generation}`;
}

/** Longest notes that are looked through, in characters: a hundred times what goes in. */
const MAX_READ_LENGTH = 100_000;

/**
 * The last reference in an appointment's notes, or null. Ours goes in at their end, behind whatever the caller wrote; what
 * somebody added after it does not make it a stranger's.
 */
export function refInNotes(notes: string | null | undefined): string | null {
  const refs = [...(notes ?? '').slice(0, MAX_READ_LENGTH).matchAll(PATTERN)];
  return refs.at(-1)?.[1] ?? null;
}

/** Returns true when a reference is one of this maker's. */
export function isRefOf(maker: string, ref: string | null): boolean {
  return ref !== null && ref.startsWith(`${maker}/book/`);
}
