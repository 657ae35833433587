import { cut, isWellFormed, toWellFormed } from '../booking/text';
import { shortened } from './http';

/**
 * Bounds the size of what providers send. Their texts may have any length, and Temporal carries what a booking keeps of
 * them for as long as it lives. A text for people is cut; an id or a key is taken whole or not at all.
 */

/** Longest text for people that is kept, in characters. */
const MAX_TEXT_LENGTH = 200;

/** Longest id. */
export const MAX_ID_LENGTH = 200;

/** Longest key of a slot. It goes back to the provider as it came. */
export const MAX_KEY_LENGTH = 2_048;

/** Longest time or date that is read. */
const MAX_TIME_LENGTH = 64;

/** How much of a refusal's words is searched, in characters: its meaning is at the beginning. */
const MAX_COMPLAINT_LENGTH = 1_000;

/** Returns a text cut to a length that can be kept and shown; null when there is none. */
export function brief(text: string | null | undefined, maxLength = MAX_TEXT_LENGTH): string | null {
  return text === null || text === undefined ? null : shortened(text, maxLength);
}

/** Returns an id, a code or a key as it came; null when there is none, it is too long, or it has half a character. */
export function whole(id: string | null | undefined, maxLength = MAX_ID_LENGTH): string | null {
  return id && id.length <= maxLength && isWellFormed(id) ? id : null;
}

/** Returns a time or date as it came; null when it is too long to be one. */
export function timeText(time: string | null | undefined): string | null {
  return whole(time, MAX_TIME_LENGTH);
}

/** Returns the beginning of a refusal's words. Patterns run over this only, because some take quadratic time. */
export function complaint(words: string): string {
  return toWellFormed(cut(words, MAX_COMPLAINT_LENGTH));
}
