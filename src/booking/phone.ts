import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/min';
import { plainSpelling } from './person-names';

/** Phone numbers as people write them. Pure; the lengths of each country's numbers come with libphonenumber-js. */

/** Whose number it is that comes without a country code: both providers are at home there. */
const HOME: CountryCode = 'US';

/**
 * Digits with the marks that people put between them, and an extension: `+1 (602) 555-0123 ext. 12`. Letters are none.
 */
const WRITTEN = /^\+?[\d ()./-]+(?:(?:;ext=|,|#|x|ext\.?|extension)[ :]*\d{1,7})?$/i;

/** Whether a text has the form of a phone number: 7 to 15 digits (E.164), and perhaps an extension after them. */
export function isPhoneForm(text: string): boolean {
  const plain = written(text);
  const [main = ''] = plain.split(/[;,#a-z]/i);
  return WRITTEN.test(plain) && /^\d{7,15}$/.test(main.replace(/\D/g, ''));
}

/**
 * Whether there can be such a number in its country, by its length; in the USA where it has no country code. Whether it is
 * in use nobody can tell.
 */
export function isPossiblePhone(text: string): boolean {
  return possible(text, HOME) !== null;
}

/**
 * Whether two texts are one number, whatever their spelling. One with a country code tells how to read one without: a
 * trunk zero is not part of the number (`+44 20 7946 0958`, `020 7946 0958`). Of extensions only two different ones speak
 * against it. False where one of them is missing or has no digits.
 */
export function isSamePhone(a: string | null | undefined, b: string | null | undefined): boolean {
  if (!a || !b) return false;
  const [one, other] = [read(a, countryOf(b)), read(b, countryOf(a))];
  if (!one || !other) return digits(a) !== '' && digits(a) === digits(b);
  return one.number === other.number && (one.ext === undefined || [undefined, one.ext].includes(other.ext));
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
  const number = parsePhoneNumberFromString(written(text), { defaultCountry, extract: false });
  return number?.isPossible() ? number : null;
}

/** With a + for the 00 that much of the world dials before a country code. No number of the USA begins so. */
function written(text: string): string {
  return plainSpelling(text).trim().replace(/^00/, '+');
}

/** A US number with or without its country code; others whole. */
function digits(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
}
