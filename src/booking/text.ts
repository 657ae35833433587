/**
 * Text by its characters. JavaScript counts UTF-16 units and cuts between the halves of an emoji; vendors count characters,
 * and strict JSON parsers refuse a half. Pure and without Intl, so that workflows may use it; where a cut should keep
 * what a reader sees as one character together, see graphemes.ts.
 */

/** Half of a character. A pair of halves is one character to the `u` flag, so only a half on its own is found. */
const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;

/** How many characters (Unicode code points) a text has. A half on its own counts as one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** The beginning of a text, of at most so many characters (code points). Cuts no character in two. */
export function cut(text: string, maxCharacters: number): string {
  return text.slice(0, unitsOf(text, maxCharacters));
}

/** How many UTF-16 units the first so many characters (code points) of a text take. */
export function unitsOf(text: string, characters: number): number {
  // A text has no more characters than units.
  if (text.length <= characters) return text.length;
  let units = 0;
  let seen = 0;
  for (const character of text) {
    if (seen >= characters) break;
    seen += 1;
    units += character.length;
  }
  return units;
}

/** Returns true when a text can be written in UTF-8: it holds no half of a character. */
export function isWellFormed(text: string): boolean {
  return !HALF.test(text);
}

/** JSON.stringify writes half of a character, and nothing else, as such an escape; a backslash of the text as two. */
const HALF_ESCAPED = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Returns true when what JSON.stringify wrote holds half of a character somewhere. */
export function holdsHalves(json: string): boolean {
  return HALF_ESCAPED.test(json);
}

/** The text with U+FFFD for each half of a character. For text that people read; an id or a key is taken whole or not at all. */
export function toWellFormed(text: string): string {
  return isWellFormed(text) ? text : text.replace(HALVES, '\uFFFD');
}
