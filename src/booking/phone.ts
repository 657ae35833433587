import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/min';
import { plainSpelling } from './person-names';

/** Phone numbers as people write them. Pure; the lengths of each country's numbers come with libphonenumber-js. */

/** Whose number it is that comes without a country code: both providers are at home there. */
const HOME: CountryCode = 'US';

/** Digits with the marks that people put between them. Letters are none. */
const MAIN = /^\+?[\d ()./-]+$/;

/** What stands between a number and its extension: `x12`, `, ext. 12`, `;ext=12`, `(extn 12)`. */
const EXTENSION = /[ ,;(]*(?:;ext=|[,;]|#|ext(?:ension)?|e?xtn?|x)[ :.#]*(\d{1,7})[ )#]*$/i;

/**
 * Returns true when a text has the form of a phone number: 7 to 15 digits (E.164), and perhaps an extension after them.
 */
export function isPhoneForm(text: string): boolean {
  const { main } = partsOf(text);
  return MAIN.test(main) && /^\d{7,15}$/.test(main.replace(/\D/g, ''));
}

/** Returns true when a text ends in an extension of the number. */
export function hasExtension(text: string): boolean {
  return partsOf(text).extension !== null;
}

/**
 * The number as a keyboard writes it: with plain digits and marks, and without the `tel:` of a link (RFC 3966). It is
 * otherwise as it came.
 */
export function plainPhone(text: string): string {
  return plainSpelling(text.normalize('NFKC'))
    .trim()
    .replace(TEL, '')
    .replace(ARABIC_DIGIT, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(DOT, '.');
}

const TEL = /^(?:tel|callto):(?:\/\/)? */i;

/** Of both sets; the last four bits of each are the digit. */
const ARABIC_DIGIT = /[\u0660-\u0669\u06f0-\u06f9]/g;

/** Bullets and middle dots, which stand between groups of digits where no full stop does. */
const DOT = /[\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb]/g;

/**
 * Returns true when there can be such a number in its country, by its length; in the USA where it has no country code.
 * Whether it is in use nobody can tell.
 */
export function isPossiblePhone(text: string): boolean {
  return possible(text, HOME) !== null;
}

/**
 * Returns true when two texts are one number, whatever their spelling. One with a country code tells how to read one
 * without: a trunk zero is not part of the number (`+44 20 7946 0958`, `020 7946 0958`). Of extensions only two
 * different ones speak against it. False where one of them is missing or has no digits.
 */
export function isSamePhone(a: string | null | undefined, b: string | null | undefined): boolean {
  if (!a || !b) return false;
  const [one, other] = [read(a, countryOf(b)), read(b, countryOf(a))];
  if (!one || !other) return digits(a) !== '' && digits(a) === digits(b);
  const [oneExt, otherExt] = [partsOf(a).extension, partsOf(b).extension];
  return one.number === other.number && (oneExt === null || [null, oneExt].includes(otherExt));
}

/** Read as a number of the USA where it can be one, else as one of the other text's country. */
function read(text: string, country: CountryCode | undefined): PhoneNumber | null {
  const hasTrunkZero = /^\D*0/.test(written(text));
  const home = country === undefined || !hasTrunkZero ? possible(text, HOME) : null;
  return home ?? (country === undefined ? null : possible(text, country));
}

/** The country of a text that names one. */
function countryOf(text: string): CountryCode | undefined {
  return written(text).startsWith('+') ? possible(text, HOME)?.country : undefined;
}

function possible(text: string, defaultCountry: CountryCode): PhoneNumber | null {
  const number = parsePhoneNumberFromString(partsOf(text).main, { defaultCountry, extract: false });
  return number?.isPossible() ? number : null;
}

/** A number without its extension, and the extension. */
function partsOf(text: string): { main: string; extension: string | null } {
  const whole = written(text);
  const found = whole.length > MAX_LENGTH ? null : EXTENSION.exec(whole);
  return found
    ? { main: whole.slice(0, found.index), extension: found[1] ?? null }
    : { main: whole, extension: null };
}

/** Longest text that is searched for an extension, in characters: the search takes the square of it. */
const MAX_LENGTH = 200;

/** With a + for the 00 that much of the world dials before a country code. No number of the USA begins so. */
function written(text: string): string {
  return plainPhone(text).replace(/^00/, '+');
}

/** A US number with or without its country code; others whole. */
function digits(phone: string): string {
  return plainPhone(phone)
    .replace(/\D/g, '')
    .replace(/^1(?=\d{10}$)/, '');
}
