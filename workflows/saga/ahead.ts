import type { Ahead, AheadOf, ReadAhead } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { FoundSlots, Sighting } from '../../src/booking/model';
import { withoutOrderDetails } from '../../src/booking/request-parts';
import { nowMs } from './clock';
import { clueOf } from './ownership';
import { mostSlots } from './search';
import type { Booking } from './state';

/**
 * The activity that gets an order reads ahead what the next steps need, so that they need no further activity. What it
 * read counts only in the workflow task that gets its result. When anything comes between (a person's decision, a wait,
 * a change), the steps read for themselves.
 */

/** How long after a book call began its answer counts as heard soon, in ms. */
const HEARD_SOON_MS = 30 * 60_000;

/** Returns what to read ahead; undefined in an undo, and when the next step is not a search for slots. */
export function toReadAhead(b: Booking): Ahead | undefined {
  const { request, capabilities } = b.state.terms;
  const isNext = !b.state.undo.isUnderWay && b.state.search.until === null && request.tier !== 'request';
  return isNext ? { capabilities, clue: clueOf(b), max: mostSlots(b) } : undefined;
}

/** Returns the same for an activity whose input does not otherwise hold the request. */
export function toReadAheadFor(b: Booking): AheadOf {
  const ahead = toReadAhead(b);
  return ahead ? { ahead: { ...ahead, request: withoutOrderDetails(b.state.terms.request) } } : {};
}

/** Records that the order was read, and what was read ahead. It counts until this workflow task is over. */
export function readAheadNow(b: Booking, read: ReadAhead | null): void {
  b.ahead = { read, atMs: nowMs() };
}

/** Returns true when the order was read in this workflow task. */
export function isOrderReadNow({ ahead }: Booking): boolean {
  return ahead?.atMs === nowMs();
}

/** Returns the look that was made ahead, or null. */
export function lookedAhead(b: Booking): Sighting | null {
  return current(b)?.sighting ?? null;
}

/**
 * Returns the slots that were found ahead, or null. They count only for the first search, because a later one leaves
 * out what was tried. Throws the failure with which the search was refused.
 */
export function foundAhead(b: Booking): FoundSlots | null {
  const found = b.state.search.attempts.length === 0 ? (current(b)?.found ?? null) : null;
  if (found && 'refused' in found) throw new Failure(found.refused, found.facts);
  return found;
}

/**
 * Records the look that followed a book call. It counts until this workflow task is over, and only when the answer was
 * heard soon: after a time without workers it may be hours old.
 */
export function seenAfterNow(b: Booking, sighting: Sighting | null, calledMs: number): void {
  const isRecent = nowMs() - calledMs <= HEARD_SOON_MS;
  b.seenAfter = sighting && isRecent ? { sighting, atMs: nowMs() } : null;
}

/** Takes that look for a wait that begins in the same workflow task. Returns null when there is none. */
export function takeSeenAfter(b: Booking): Sighting | null {
  const { seenAfter } = b;
  b.seenAfter = null;
  return seenAfter?.atMs === nowMs() ? seenAfter.sighting : null;
}

/** Returns what was read ahead in this workflow task, or null. The clock stands still within a task. */
function current({ ahead }: Booking): ReadAhead | null {
  return ahead?.atMs === nowMs() ? ahead.read : null;
}
