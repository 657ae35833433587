import { cut, unitsOf } from './text';

/**
 * Cuts between what a reader sees as characters: a family emoji, a flag, a letter with its accents. Not for workflows: what
 * Intl takes for one character changes with its version.
 */

/** Made once: it costs more than its use. Undefined where Node was built without Intl. */
const segmenter =
  typeof Intl === 'object' && 'Segmenter' in Intl
    ? new Intl.Segmenter('und', { granularity: 'grapheme' })
    : undefined;

/** Units after the cut that are looked at: enough to see whether what comes next belongs to what stands before. */
const LOOK_AHEAD = 32;

/**
 * The beginning of a text, of at most so many characters (Unicode code points), that ends between two graphemes. A first grapheme
 * that is longer than that is cut between its code points.
 */
export function cutAtGrapheme(text: string, maxCharacters: number): string {
  const end = unitsOf(text, maxCharacters);
  if (end === text.length) return text;
  const last = segmenter?.segment(text.slice(0, end + LOOK_AHEAD)).containing(end);
  return last === undefined || last.index === 0 ? cut(text, maxCharacters) : text.slice(0, last.index);
}
