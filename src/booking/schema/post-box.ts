import { plainSpelling } from '../person-names';

/**
 * Recognises addresses that take mail but have nobody at home. The words come from USPS Publication 28, on post office
 * box, Puerto Rico, private mailbox and general delivery addresses.
 */

/** The lines of an address by their fields in a request. */
export interface AddressLines {
  firstLine?: string | undefined;
  secondLine?: string | undefined;
}

/**
 * The words that name streets and places with homes: the common ones of Publication 28, appendix C1 and C2, in full and
 * as it abbreviates them.
 */
const STREET_WORDS: readonly string[] = [
  'alley aly ave avenue av bayou bend bluff boulevard blvd branch bridge brook bypass camino calle',
  'canyon cyn causeway cswy circle cir close cliff corner court ct cove cv creek crk crescent cres',
  'crossing xing drive dr estate estates ests expressway expy falls farm farms ferry field flat flats',
  'ford forest fork freeway fwy garden gardens glen green grove grv harbor haven heights hts highway',
  'hwy hill hills hollow holw island isle junction knoll lake landing lane ln loop manor meadow meadows',
  'mill mountain mtn oval park parkway pkwy pass path pike place pl plain plaza plz point pt prairie',
  'ranch rnch rapids ridge rdg river road rd route rte row run shore shores spring springs spur square',
  'sq station street str st summit terrace ter terr trace trce track trail trl tunnel turnpike tpke',
  'valley vly view village vlg vista walk way wy woods apartment apartments apts cottage house lodge',
  'villa',
].flatMap((line) => line.split(' '));

/** The rest of a street's name: a few words, the last of them a street word. `Box Canyon Rd`, `Box Elder Creek Ln`. */
const STREET_NAME = String.raw`[^\p{L}\p{N},;]{1,3}(?:\p{L}+[^\p{L}\p{N},;]{1,3}){0,3}(?:${STREET_WORDS.join('|')})(?![\p{L}\p{N}])`;

/** The word ends here and does not go on to a street's name. What follows may be a number, a word, or nothing. */
const NO_STREET = String.raw`(?!\p{L}|${STREET_NAME})`;

/** The word begins here. */
const APART = String.raw`(?<![\p{L}\p{N}])`;

/** `12`, `#12`, `no. 12`. */
const NUMBER_WORD = String.raw`\W{0,3}(?:n(?:o|r|um(?:ber)?)(?!\p{L}))?\W{0,3}`;

const POST_OFFICE = String.raw`(?:p\W{0,2}[o0]|post\W{0,2}off(?:ice)?)`;

/**
 * `P.O. Box`, `POB`, `Post Office Box`, `P O Drawer`, `Postal Box`, anywhere in a line. A lone letter always names a
 * box.
 */
const AT_OFFICE = pattern(
  String.raw`${APART}(?:${POST_OFFICE}\W{0,3}(?:box|bx|b|drawer|bin|caller|lock\W?box)|post(?:al)?\W?box)` +
    String.raw`(?:${NO_STREET}|${NUMBER_WORD}(?<!\p{L})[a-z](?!\p{L}))`,
);

/** Other words for a box, anywhere in a line. `PMB 12` and `Private Mailbox 12` stand behind the agency's street. */
const OTHER_BOX = pattern(
  String.raw`${APART}(?:pmb|private\W{0,3}mail\W?box|firm\W{1,3}callers?|caller\W{1,3}service)${NO_STREET}`,
);

/** `Apartado 12`, `Apartado Postal 12`, `Apdo. A-12`. Without a number it may be a street's name. */
const SPANISH_BOX = pattern(
  String.raw`${APART}(?:apartado|apdo)(?:\W{1,3}postal)?${NUMBER_WORD}(?:\d|(?<!\p{L})[a-z]{1,3}-?\d)`,
);

/** Mail that is kept at the post office until it is collected. In a street's name `Gen. del` is a general. */
const KEPT_THERE = pattern(
  String.raw`${APART}(?:(?:general\W{1,3}delivery|poste\W{1,3}restante|lista\W{1,3}de\W{1,3}correos)(?!\p{N})${NO_STREET}|gen\W{1,3}del\W{0,3}$)`,
);

/** What a box may be called when nothing else in its line tells what it is. Longer words are names of places. */
const BARE_NAME =
  '(?:[a-z]{0,3}-?\\d+-?[a-z]?|[a-z]{1,2}|[ivxlc]+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)';

/** `Box 12`, `Box no. 12`, `Mailbox XII`, `P.O. 12` and the like, as the whole line. */
const BARE = pattern(
  String.raw`^\W*(?:(?:(?:lock|mail)\W{0,3})?(?:box|bx|drawer|caller|bin)${NO_STREET}${NUMBER_WORD}${BARE_NAME}|` +
    String.raw`${POST_OFFICE}${NUMBER_WORD}\d+)\W*$`,
);

/** A first line that may be the beginning of a box in the second: `P.O.`, `Post Office`, and `General` alone. */
const OPEN_END = pattern(
  String.raw`${APART}(?:${POST_OFFICE}|apartado|apdo)\W{0,3}$|^\W*(?:private|firm|general|post(?:al)?|poste)\W*$`,
);

/**
 * Returns the lines at which nobody can be visited: a post office box, a box at an agency, general delivery. A box that
 * is split over both lines is reported at the first. A second line that only names a box may belong to a home: somebody
 * lives at `RR 2`, `Box 152`.
 */
export function boxLines({ firstLine, secondLine }: AddressLines): (keyof AddressLines)[] {
  const [first, second] = [plain(firstLine), plain(secondLine)];
  const both = `${first} ${second}`;
  const isSplit = BARE.test(both) || (OPEN_END.test(first) && isBox(both));
  const isFirst = isBox(first) || BARE.test(first);
  const isSecond = isBox(second);
  return [
    ...(isFirst || (isSplit && !isSecond) ? (['firstLine'] as const) : []),
    ...(isSecond ? (['secondLine'] as const) : []),
  ];
}

function isBox(line: string): boolean {
  return [AT_OFFICE, OTHER_BOX, SPANISH_BOX, KEPT_THERE].some((box) => box.test(line));
}

function plain(line: string | undefined): string {
  return plainSpelling((line ?? '').normalize('NFKC'));
}

function pattern(source: string): RegExp {
  return new RegExp(source, 'iu');
}
