import packed from 'moment-timezone/data/packed/latest.json';

/**
 * The zone data of the package moment-timezone. Everything here that computes with zones uses it, so results are the
 * same on every machine, and `npm update moment-timezone` renews it without a newer Node. Only the package's data is
 * read: its code would load moment as well, which is not needed.
 */

/** The release of the IANA database that the data comes from, like `2026f`. */
export const ZONE_DATA_VERSION: string = packed.version;

/** A time during which a zone's clocks keep their offset from UTC. */
export interface Stretch {
  fromMs: number;
  /** Not included. */
  untilMs: number;
  /** East of UTC, in minutes. */
  offsetMin: number;
}

/** A zone's offsets in order; the last one has no end. */
interface Rules {
  untilsMs: readonly number[];
  offsetsMin: readonly number[];
}

const MINUTE_MS = 60_000;

/** The packed row of each name in the data. Links share their zone's row. */
const ROWS: ReadonlyMap<string, string> = rowsOf(packed.zones, packed.links);
const unpackedRules = new Map<string, Rules>();

/** Returns every name in the data, including old and doubtful ones. */
export function zoneNames(): string[] {
  return [...ROWS.keys()];
}

/** Returns the abbreviations in the data, like `MST`. Most of them mean several places. */
export function abbreviations(): string[] {
  const called = [...ROWS.values()].flatMap((row) => row.split('|')[1]?.split(' ') ?? []);
  return [...new Set(called)].filter((word) => /^[A-Z]+$/.test(word));
}

/** Returns true when the data has rules under exactly this name. */
export function hasRules(zone: string): boolean {
  return ROWS.has(zone);
}

/**
 * Returns the zone's offset from UTC at an instant, in minutes east. Throws RangeError for a zone that is not in the
 * data.
 */
export function offsetAt(zone: string, ms: number): number {
  return stretchAt(zone, ms).offsetMin;
}

/** Yields the stretches that cover a time, in order. The first begins at `fromMs` and the last ends at `untilMs`. */
export function* stretchesOf(zone: string, fromMs: number, untilMs: number): Generator<Stretch> {
  for (let ms = fromMs; ms < untilMs;) {
    const stretch = stretchAt(zone, ms);
    yield { fromMs: ms, untilMs: Math.min(stretch.untilMs, untilMs), offsetMin: stretch.offsetMin };
    ms = stretch.untilMs;
  }
}

/** Returns the rest of the stretch that an instant lies in. */
function stretchAt(zone: string, ms: number): Stretch {
  const { untilsMs, offsetsMin } = rulesOf(zone);
  const alike = alikeYear(ms);
  const index = firstAfter(untilsMs, ms - alike.shiftMs);
  const untilMs = (untilsMs[index] ?? Infinity) + alike.shiftMs;
  return { fromMs: ms, untilMs: Math.min(untilMs, alike.untilMs), offsetMin: offsetsMin[index] ?? 0 };
}

/** The last year for which the data lists changes of clocks. It holds no rule for later years. */
const LAST_YEAR = 2037;
const END_MS = Date.UTC(LAST_YEAR + 1, 0, 1);

/**
 * Returns how far to shift an instant into a year that the data covers. A later year gets the changes of a covered year
 * with the same weekdays from March on, as the rules in force today would have it. Years begin in March here, after the
 * leap day; no zone changes its clocks in January or February any more.
 */
function alikeYear(ms: number): { shiftMs: number; untilMs: number } {
  if (ms < END_MS) return { shiftMs: 0, untilMs: END_MS };
  const date = new Date(ms);
  const year = date.getUTCMonth() < 2 ? date.getUTCFullYear() - 1 : date.getUTCFullYear();
  let alike = LAST_YEAR;
  while (weekdayOf(alike) !== weekdayOf(year)) alike--;
  return { shiftMs: firstOfMarch(year) - firstOfMarch(alike), untilMs: firstOfMarch(year + 1) };
}

function firstOfMarch(year: number): number {
  return Date.UTC(year, 2, 1);
}

function weekdayOf(year: number): number {
  return new Date(firstOfMarch(year)).getUTCDay();
}

/** Returns the index of the first number that is greater than `value`. The numbers rise, and the last is Infinity. */
function firstAfter(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function rulesOf(zone: string): Rules {
  const known = unpackedRules.get(zone);
  if (known) return known;
  const row = ROWS.get(zone);
  if (row === undefined) throw new RangeError('The zone data has no such zone');
  const rules = unpacked(row);
  unpackedRules.set(zone, rules);
  return rules;
}

function rowsOf(zones: readonly string[], links: readonly string[]): Map<string, string> {
  const rows = new Map(zones.map((row) => [row.slice(0, row.indexOf('|')), row]));
  for (const link of links) {
    const [zone = '', name = ''] = link.split('|');
    const row = rows.get(zone);
    if (row !== undefined) rows.set(name, row);
  }
  return rows;
}

/**
 * Unpacks a row of the data (moment-timezone's documentation, "Packed Format"): name, abbreviations, offsets in minutes
 * west, their order, and the minutes from each change to the next. All numbers are in base 60.
 */
function unpacked(row: string): Rules {
  const [, , offsets = '', order = '', steps = ''] = row.split('|');
  const west = offsets.split(' ').map(base60);
  const offsetsMin = order.split('').map((digit) => 0 - (west[base60(digit)] ?? 0));
  const stepsMin = steps === '' ? [] : steps.split(' ').map(base60);
  let ms = 0;
  const changesMs = stepsMin
    .slice(0, offsetsMin.length - 1)
    .map((step) => (ms = Math.round(ms + step * MINUTE_MS)));
  return { untilsMs: [...changesMs, Infinity], offsetsMin };
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX';

function base60(text: string): number {
  const isNegative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.slice(isNegative ? 1 : 0).split('.');
  const number = whole.split('').reduce((sum, digit) => sum * 60 + DIGITS.indexOf(digit), 0);
  const part = fraction.split('').reduceRight((sum, digit) => (sum + DIGITS.indexOf(digit)) / 60, 0);
  return isNegative ? -(number + part) : number + part;
}
