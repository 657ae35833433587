import type { Ahead, AheadOf, ReadAhead } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { FoundSlots, Sighting } from '../../src/booking/model';
import { withoutOrderDetails } from '../../src/booking/request-parts';
import { nowMs } from './clock';
import { clueOf } from './ownership';
import { mostSlots } from './search';
import type { Booking } from './state';

/**
 * Reading ahead: the activity that comes by an order goes on to read what the steps after it need, so that these need no
 * activity of their own. What it read counts only in the workflow task that hears of it. Whatever comes between (a person's
 * word, a wait, a change), the steps read for themselves.
 */

/** Returns what is to be read ahead: nothing by an undo, and nothing where no slot is searched next. */
export function toReadAhead(b: Booking): Ahead | undefined {
  const { request, capabilities } = b.state.terms;
  const isNext = !b.state.undo.isUnderWay && b.state.search.until === null && request.tier !== 'request';
  return isNext ? { capabilities, clue: clueOf(b), max: mostSlots(b) } : undefined;
}

/** The same for an activity that is not given the request otherwise. */
export function toReadAheadFor(b: Booking): AheadOf {
  const ahead = toReadAhead(b);
  return ahead ? { ahead: { ...ahead, request: withoutOrderDetails(b.state.terms.request) } } : {};
}

/** An activity has answered; what it read ahead counts until this task is over. */
export function readAheadNow(b: Booking, ahead: ReadAhead | null): void {
  b.ahead = ahead && { ...ahead, atMs: nowMs() };
}

/** Returns the look that was made ahead, or null. */
export function lookedAhead(b: Booking): Sighting | null {
  return current(b)?.sighting ?? null;
}

/**
 * Returns what was found ahead, or null. It is the first search's: a later one leaves out what was tried. Throws what the
 * search was refused with.
 */
export function foundAhead(b: Booking): FoundSlots | null {
  const found = b.state.search.attempts.length === 0 ? (current(b)?.found ?? null) : null;
  if (found && 'refused' in found) throw new Failure(found.refused, found.facts);
  return found;
}

/** Time stands still in a workflow task. */
function current({ ahead }: Booking): ReadAhead | null {
  return ahead?.atMs === nowMs() ? ahead : null;
}
