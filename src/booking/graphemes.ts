import { cut, unitsOf } from './text';

/**
 * Cutting a text between what a reader sees as characters: a family emoji, a flag, a letter with its accents. Not for
 * workflows, because what Intl counts as one character changes with its version.
 */

/** Made once, because making it costs more than using it. Undefined if Node was built without Intl. */
const segmenter =
  typeof Intl === 'object' && 'Segmenter' in Intl
    ? new Intl.Segmenter('und', { granularity: 'grapheme' })
    : undefined;

/** How many units after the cut are looked at: enough to see whether they belong to the character before it. */
const LOOK_AHEAD = 32;

/**
 * Returns the beginning of a text with at most `maxCharacters` code points, cut between two graphemes. A first grapheme
 * that is longer is cut between its code points.
 */
export function cutAtGrapheme(text: string, maxCharacters: number): string {
  const end = unitsOf(text, maxCharacters);
  if (end === text.length) return text;
  const last = segmenter?.segment(text.slice(0, end + LOOK_AHEAD)).containing(end);
  return last === undefined || last.index === 0 ? cut(text, maxCharacters) : text.slice(0, last.index);
}
