/**
 * Names as people write and compare them. A name comes from a keyboard, a word processor or an old system, and each
 * spells it in its own way. Pure.
 */

/**
 * Quotes, primes, accents and letters that are used as the apostrophe in names (O’Brien, Kaʻanāpali, the Hebrew
 * geresh).
 */
const APOSTROPHE =
  /[\u0060\u00b4\u02b9-\u02bf\u05f3\u2018-\u201b\u2032\u2035\u2039\u203a\u275b\u275c\ua78b\ua78c\uff07\uff40]/g;

/** Double quotes, as around a nickname (Al “Bud” Smith). */
const QUOTE = /[\u00ab\u00bb\u02dd\u02ee\u05f4\u201c-\u201f\u2033\u2036\u275d\u275e\u301d-\u301f\uff02]/g;

/** Hyphens, dashes and the minus sign. */
const HYPHEN = /[\u05be\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]/g;

/** Blanks of other widths, and the no-break space. */
const BLANK = /\p{Zs}/gu;

/** Invisible characters: soft hyphens, joiners, marks of direction. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;

/** Returns the text with quotes, hyphens and blanks as a keyboard has them, and without invisible characters. */
export function plainSpelling(text: string): string {
  return text
    .replace(UNSEEN, '')
    .replace(APOSTROPHE, "'")
    .replace(QUOTE, '"')
    .replace(HYPHEN, '-')
    .replace(BLANK, ' ');
}

/**
 * Returns true when two names are letter for letter the same: only case, blanks, typography and the encoding of letters
 * may differ. Returns false when one of them is missing or blank.
 */
export function isSameSpelling(a: string | null | undefined, b: string | null | undefined): boolean {
  const [one, other] = [spelling(a), spelling(b)];
  return one !== '' && one === other;
}

/**
 * Returns true when two names may be spellings of the same name, as people compare them. Accents do not count (José,
 * Jose), and letters that a keyboard lacks may be written by others (Strauß, Strauss; Müller, Muller, Mueller). This
 * alone does not prove that it is the same person: something else must agree as well. Returns false when one of them is
 * missing or blank.
 */
export function isSameName(a: string | null | undefined, b: string | null | undefined): boolean {
  const others = foldsOf(b);
  return foldsOf(a).some((fold) => fold !== '' && others.includes(fold));
}

function spelling(name: string | null | undefined): string {
  // Done before and after: the compatibility form turns an acute accent into a blank, and makes apostrophes of its own.
  const plain = plainSpelling(plainSpelling(name ?? '').normalize('NFKC'));
  return plain.trim().replace(/\s+/g, ' ').toLowerCase();
}

/**
 * Returns a name in both ways of writing it without accents: leaving them out, and with the letters that stand for
 * them.
 */
function foldsOf(name: string | null | undefined): string[] {
  // Upper case and back is the full case folding, with ss for ß.
  const folded = spelling(name).toUpperCase().toLowerCase();
  return [folded, written(folded, DIGRAPHS)].map((one) => withoutAccents(written(one, LETTERS)));
}

function written(text: string, table: Readonly<Record<string, string>>): string {
  return Array.from(text.normalize('NFC'), (letter) => table[letter] ?? letter).join('');
}

/** Removes the marks of Latin, Greek and Cyrillic letters only, because other scripts write vowels as marks. */
function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
}

/** Letters that Unicode does not decompose. Source: CLDR's transform Latin-ASCII, letters of living languages only. */
const LETTERS: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ı: 'i',
  ĸ: 'q',
  ɓ: 'b',
  ɖ: 'd',
  ɗ: 'd',
  ɛ: 'e',
  ƒ: 'f',
  ɠ: 'g',
  ǥ: 'g',
  ɨ: 'i',
  ƙ: 'k',
  ɲ: 'n',
  ƥ: 'p',
  ʉ: 'u',
  ƴ: 'y',
  ƶ: 'z',
};

/**
 * How passports write these letters. Source: ICAO Doc 9303, part 3, section 6.A, "Transliteration of … Latin-based
 * characters".
 */
const DIGRAPHS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' };
