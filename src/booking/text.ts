/**
 * Text by its characters. JavaScript counts UTF-16 units and cuts between the halves of an emoji, but vendors count
 * characters and strict JSON parsers refuse a half. Pure and without Intl, so that workflows may use it. For cuts that
 * keep together what a reader sees as one character, see graphemes.ts.
 */

/** Half of a character. The `u` flag reads a pair of halves as one character, so only a lone half matches. */
const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;

/** Returns how many characters (Unicode code points) a text has. A lone half counts as one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** Returns the beginning of a text, at most `maxCharacters` code points long. It cuts no character in two. */
export function cut(text: string, maxCharacters: number): string {
  return text.slice(0, unitsOf(text, maxCharacters));
}

/** Returns how many UTF-16 units the first `characters` code points of a text take. */
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

/** Returns true when a text can be written in UTF-8, that is, when it holds no half of a character. */
export function isWellFormed(text: string): boolean {
  return !HALF.test(text);
}

/** The escape by which JSON.stringify writes half of a character. It writes a backslash of the text as two. */
const HALF_ESCAPED = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Returns true when JSON that JSON.stringify wrote holds half of a character. */
export function holdsHalves(json: string): boolean {
  return HALF_ESCAPED.test(json);
}

/**
 * Returns the text with U+FFFD for each half of a character. Only for text that people read, never for an id or a key.
 */
export function toWellFormed(text: string): string {
  return isWellFormed(text) ? text : text.replace(HALVES, '\uFFFD');
}
