import { isWellFormed } from './text';

/**
 * Characters of a text that a reader cannot see. Two kinds of text come in: a line (a name, a street, a code), which
 * people compare, print and type again, and prose (notes, a reason), which may have lines of its own. Pure and without
 * Intl, because workflows use it and its lists must not change with the machine's Unicode data.
 */
export type TextKind = 'line' | 'prose';

/** Spaces of Unicode, the plain one among them; in a line each is read as the plain one. */
const SPACES = String.raw`\u0020\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000`;
const LINE_ENDS = String.raw`\t\n\v\f\r\u0085\u2028\u2029`;
/** Zero-width spaces and joiners, the byte order mark, the soft hyphen. */
const ZERO_WIDTH = String.raw`\u00AD\u200B-\u200D\u2060\uFEFF`;
/** Invisible marks that steer the direction of the text around them. */
const DIRECTIONS = String.raw`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069`;
/** Letters that are blank, fillers, invisible operators, and the tags that spell a flag's name. */
const BLANK_LETTERS = String.raw`\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2061-\u2065\u206A-\u206F\u2800\u3164\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E007F}`;
const CONTROLS = String.raw`\u0000-\u001F\u007F-\u009F`;

/** Returns a pattern for one of these characters. Each counts for itself, the combining ones too. */
const oneOf = (...characters: string[]): string => `[${characters.join('')}]`;
const noneOf = (...characters: string[]): string => `[^${characters.join('')}]`;

/**
 * Returns two patterns for what surrounds a text; each runs over the text once. A search for `[…]+$` would begin anew
 * at each blank inside the text, which takes seconds for a hundred thousand of them.
 */
const around = (...characters: string[]): { before: RegExp; upToLast: RegExp } => ({
  before: new RegExp(`^${oneOf(...characters)}+`),
  upToLast: new RegExp(`^[^]*${noneOf(...characters)}`),
});
const AROUND = {
  line: around(SPACES, LINE_ENDS, ZERO_WIDTH, DIRECTIONS),
  // Directions stay: they may embrace all of it.
  prose: around(SPACES, LINE_ENDS, String.raw`\u200B\u2060\uFEFF`),
} as const satisfies Record<TextKind, unknown>;
const OTHER_SPACES = new RegExp(`(?! )${oneOf(SPACES)}+`, 'g');

const VARIANTS = String.raw`\uFE00-\uFE0F`;
/** Accents and points, which need a letter to stand on: their own blocks, and those in Hebrew, Arabic and Syriac. */
const ACCENTS = String.raw`\u0300-\u036F\u0483-\u0489\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u064B-\u065F\u0670\u0711\u0730-\u074A\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\u302A-\u302F\u3099\u309A\uFE20-\uFE2F`;
const VISIBLE = new RegExp(
  noneOf(SPACES, LINE_ENDS, ZERO_WIDTH, DIRECTIONS, BLANK_LETTERS, VARIANTS, ACCENTS),
  'u',
);
const CONTROL = new RegExp(oneOf(CONTROLS, String.raw`\u2028\u2029`), 'u');
/** Noncharacters: the last two code points of each of the 17 planes, and a block of 32 (Unicode, chapter 23.7). */
const NONCHARACTERS =
  String.raw`\uFDD0-\uFDEF` +
  Array.from({ length: 17 }, (_, plane) => {
    const at = plane.toString(16);
    return `\\u{${at}FFFE}\\u{${at}FFFF}`;
  }).join('');
/** U+FFFC stands where a picture was left out of a text that somebody copied. */
const NO_CHARACTER = new RegExp(oneOf(NONCHARACTERS, String.raw`\uFFFC`), 'u');
const CONTROL_IN_PROSE = new RegExp(oneOf(String.raw`\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F`));
/** Everything that a line must not hold, in one pass: most lines hold none of it. */
const UNFIT_IN_LINE = new RegExp(
  oneOf(CONTROLS, String.raw`\u2028\u2029\uFFFC`, NONCHARACTERS, ZERO_WIDTH, DIRECTIONS, BLANK_LETTERS),
  'u',
);

/** Returns the text without surrounding blanks, and with a line's spaces plain; '' when nothing in it is visible. */
export function tidyText(text: string, kind: TextKind): string {
  const { before, upToLast } = AROUND[kind];
  const inner = (upToLast.exec(text)?.[0] ?? '').replace(before, '');
  if (isBlank(inner)) return '';
  return kind === 'line' ? inner.replace(OTHER_SPACES, (spaces) => ' '.repeat(spaces.length)) : inner;
}

/** Returns true when a reader would see nothing of the text. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text);
}

/**
 * Returns what is wrong with the characters of a tidied text and what is right, as a sentence; null when nothing is
 * wrong.
 */
export function textFault(text: string, kind: TextKind): string | null {
  return brokenText(text) ?? (kind === 'line' ? lineFault(text) : proseFault(text));
}

const HALF =
  'Holds half of a character (such as \\ud83d without its second half): send the whole character, or none.';
const LOST =
  'Holds U+FFFD, which stands where a character was lost by reading bytes in a wrong encoding: send the text anew, in UTF-8.';

/** Returns the fault of a text that was damaged before it came here, or null. */
export function brokenText(text: string): string | null {
  if (!isWellFormed(text)) return HALF;
  return text.includes('\uFFFD') ? LOST : null;
}

/** Returns true when a text holds control characters. In prose, line breaks and tabs do not count. */
export function hasControls(text: string, kind: TextKind): boolean {
  return (kind === 'line' ? CONTROL : CONTROL_IN_PROSE).test(text);
}

function lineFault(text: string): string | null {
  const first = UNFIT_IN_LINE.exec(text)?.[0];
  if (first === undefined) return null;
  if (CONTROL.test(first)) return 'Must be one line, without line breaks, tabs and other control characters.';
  if (NO_CHARACTER.test(first))
    return 'Must not hold U+FFFC, U+FFFF and other code points that stand for no character.';
  return 'Must not hold characters that nobody sees (zero-width, direction marks, fillers).';
}

function proseFault(text: string): string | null {
  return hasControls(text, 'prose')
    ? 'Must not hold control characters other than line breaks and tabs.'
    : null;
}
