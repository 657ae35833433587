import { isWellFormed } from './text';

/**
 * What a text may hold that nobody sees. Two kinds of text come in: a line (a name, a street, a code), which is compared,
 * printed and typed again by people, and prose (notes, a reason), which may have lines of its own. Pure and without Intl:
 * workflows use it, and what it lists must not change with the machine's Unicode data.
 */
export type TextKind = 'line' | 'prose';

/** Spaces of Unicode, the plain one among them; in a line each is read as the plain one. */
const SPACES = String.raw`\u0020\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000`;
const LINE_ENDS = String.raw`\t\n\v\f\r\u0085\u2028\u2029`;
/** Zero-width spaces and joiners, the byte order mark, the soft hyphen. */
const ZERO_WIDTH = String.raw`\u00AD\u200B-\u200D\u2060\uFEFF`;
/** What steers the direction of the text around it, and shows nothing itself. */
const DIRECTIONS = String.raw`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069`;
/** Letters that are blank, fillers, invisible operators, and the tags that spell a flag's name. */
const BLANK_LETTERS = String.raw`\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2061-\u2065\u206A-\u206F\u2800\u3164\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E007F}`;
const CONTROLS = String.raw`\u0000-\u001F\u007F-\u009F`;

/** One of these characters: each counts for itself, the combining ones too. */
const oneOf = (...characters: string[]): string => `[${characters.join('')}]`;
const ends = (characters: string): RegExp =>
  new RegExp(`^${oneOf(characters)}+|${oneOf(characters)}+$`, 'gu');

const AROUND_LINE = ends(SPACES + LINE_ENDS + ZERO_WIDTH + DIRECTIONS);
/** Directions stay: they may embrace all of it. */
const AROUND_PROSE = ends(`${SPACES}${LINE_ENDS}${String.raw`\u200B\u2060\uFEFF`}`);
const SPACE = new RegExp(oneOf(SPACES), 'gu');

const VARIANTS = String.raw`\uFE00-\uFE0F`;
const NOTHING_VISIBLE = new RegExp(
  `^${oneOf(SPACES, LINE_ENDS, ZERO_WIDTH, DIRECTIONS, BLANK_LETTERS, VARIANTS)}*$`,
  'u',
);
const CONTROL = new RegExp(oneOf(CONTROLS, String.raw`\u2028\u2029`), 'u');
const INVISIBLE = new RegExp(oneOf(ZERO_WIDTH, DIRECTIONS, BLANK_LETTERS), 'u');
const CONTROL_IN_PROSE = new RegExp(`(?![\\t\\n\\r])${oneOf(CONTROLS)}`, 'u');

/** The text as it is meant: without what surrounds it, and a line's spaces plain. Holds '' where nothing is to be seen. */
export function tidyText(text: string, kind: TextKind): string {
  if (NOTHING_VISIBLE.test(text)) return '';
  return kind === 'line' ? text.replace(AROUND_LINE, '').replace(SPACE, ' ') : text.replace(AROUND_PROSE, '');
}

/** Whether a reader would see nothing of the text. */
export function isBlank(text: string): boolean {
  return NOTHING_VISIBLE.test(text);
}

/** What is wrong with the characters of a tidied text and what is right, as a sentence; null when nothing is. */
export function textFault(text: string, kind: TextKind): string | null {
  return brokenText(text) ?? (kind === 'line' ? lineFault(text) : proseFault(text));
}

const HALF =
  'Holds half of a character (such as \\ud83d without its second half): send the whole character, or none.';
const LOST =
  'Holds U+FFFD, which stands where a character was lost by reading bytes in a wrong encoding: send the text anew, in UTF-8.';

/** The fault of a text that was damaged before it came here; null when it is whole. */
export function brokenText(text: string): string | null {
  if (!isWellFormed(text)) return HALF;
  return text.includes('\uFFFD') ? LOST : null;
}

/** Whether a text holds control characters; in prose, line breaks and tabs are none. */
export function hasControls(text: string, kind: TextKind): boolean {
  return (kind === 'line' ? CONTROL : CONTROL_IN_PROSE).test(text);
}

function lineFault(text: string): string | null {
  if (hasControls(text, 'line'))
    return 'Must be one line, without line breaks, tabs and other control characters.';
  return INVISIBLE.test(text)
    ? 'Must not hold characters that nobody sees (zero-width, direction marks, fillers).'
    : null;
}

function proseFault(text: string): string | null {
  return hasControls(text, 'prose')
    ? 'Must not hold control characters other than line breaks and tabs.'
    : null;
}
