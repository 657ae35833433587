import { plainSpelling } from '../person-names';

/**
 * Addresses that take mail and have nobody at home. The words are those of USPS Publication 28, on post office box, Puerto
 * Rico and private mailbox addresses.
 */

/** What stands after the word: the box's number or letter, or nothing more. A word there makes it a street (Box Canyon). */
const NUMBER = String.raw`\W{0,3}(?:n(?:o|r|um(?:ber)?)\b)?\W{0,3}(?:\d|[a-z](?!\p{L})|$)`;

/** `P.O. Box`, `POB`, `Post Office Box`, `P O Drawer`, `Postal Box`, wherever in a line. */
const POST_OFFICE = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:(?:p\W{0,2}[o0]|post\W{0,2}off(?:ice)?)\W{0,3}(?:box|bx|b|drawer|bin|caller|lock\W?box)|post(?:al)?\W?box)${NUMBER}`,
  'iu',
);

/** `Apartado 12`, `Apartado Postal 12`, `Apdo. 12`; `PMB 12` stands behind the street of the agency. */
const OTHER_WORDS = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:(?:apartado|apdo)(?:\W{1,3}postal)?|pmb)\W{0,3}(?:no\b)?\W{0,3}\d`,
  'iu',
);

/** `Box 12` and the like, as all that a line says. */
const BARE = /^\W*(?:(?:box|drawer|caller|lock\W?box)\W{0,3}(?:\d+[a-z]?|[a-z])|general\W+delivery)\W*$/iu;

/** Whether a line of an address has a post office box or a box at an agency. */
export function isPostBox(line: string): boolean {
  const plain = plainSpelling(line.normalize('NFKC'));
  return POST_OFFICE.test(plain) || OTHER_WORDS.test(plain);
}

/**
 * The same for a first line, which is also one where it is no more than a box, or general delivery. On a second line
 * that may be a home's: under `RR 2`, at `Box 152`, somebody lives.
 */
export function isPostBoxFirst(line: string): boolean {
  return isPostBox(line) || BARE.test(plainSpelling(line.normalize('NFKC')));
}
