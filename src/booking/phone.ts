import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/min';
import { plainSpelling } from './person-names';

/** Phone numbers as people write them. Pure; the lengths of each country's numbers come with libphonenumber-js. */

/** The country of a number without a country code: both providers are at home there. */
const HOME: CountryCode = 'US';

/** Digits with the marks that people put between them, without letters. */
const MAIN = /^\+?[\d ()./-]+$/;

/** What stands between a number and its extension: `x12`, `, ext. 12`, `;ext=12`, `(extn 12)`. */
const EXTENSION = /[ ,;(]*(?:;ext=|[,;]|#|ext(?:ension)?|e?xtn?|x)[ :.#]*(\d{1,7})[ )#]*$/i;

/**
 * Returns true when a text has the form of a phone number: 7 to 15 digits (E.164), maybe followed by an extension.
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
 * Returns the number as a keyboard writes it: with plain digits and marks, and without the `tel:` of a link (RFC 3966).
 * Nothing else changes.
 */
export function plainPhone(text: string): string {
  return plainSpelling(text.normalize('NFKC'))
    .trim()
    .replace(TEL, '')
    .replace(ARABIC_DIGIT, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(DOT, '.');
}

const TEL = /^(?:tel|callto):(?:\/\/)? */i;

/** Arabic digits of both sets. The last four bits of each are the digit. */
const ARABIC_DIGIT = /[\u0660-\u0669\u06f0-\u06f9]/g;

/** Bullets and middle dots, which some write between groups of digits instead of a full stop. */
const DOT = /[\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb]/g;

/**
 * Returns true when its country can have a number of this length; without a country code that is the USA. It does not
 * tell whether the number is in use.
 */
export function isPossiblePhone(text: string): boolean {
  return possible(text, HOME) !== null;
}

/**
 * Returns true when two texts are the same number, whatever their spelling. A text with a country code tells how to
 * read one without: a trunk zero is not part of the number (`+44 20 7946 0958`, `020 7946 0958`). Two different
 * extensions make two numbers; a missing extension does not. Returns false when one of them is missing or has no
 * digits.
 */
export function isSamePhone(a: string | null | undefined, b: string | null | undefined): boolean {
  if (!a || !b) return false;
  const [one, other] = [read(a, countryOf(b)), read(b, countryOf(a))];
  if (!one || !other) return digits(a) !== '' && digits(a) === digits(b);
  const [oneExt, otherExt] = [partsOf(a).extension, partsOf(b).extension];
  return one.number === other.number && (oneExt === null || [null, oneExt].includes(otherExt));
}

/** Reads a text as a number of the USA if it can be one, else as one of the other text's country. */
function read(text: string, country: CountryCode | undefined): PhoneNumber | null {
  const hasTrunkZero = /^\D*0/.test(written(text));
  const home = country === undefined || !hasTrunkZero ? possible(text, HOME) : null;
  return home ?? (country === undefined ? null : possible(text, country));
}

/** Returns the country of a text with a country code; undefined without one. */
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

/** The longest text that is searched for an extension, in characters: the search takes quadratic time. */
const MAX_LENGTH = 200;

/** Writes + for the 00 that much of the world dials before a country code. No number of the USA begins with 00. */
function written(text: string): string {
  return plainPhone(text).replace(/^00/, '+');
}

/** Returns the digits of a number; those of a US number without its country code. */
function digits(phone: string): string {
  return plainPhone(phone)
    .replace(/\D/g, '')
    .replace(/^1(?=\d{10}$)/, '');
}
