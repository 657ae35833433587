import packed from 'moment-timezone/data/packed/latest.json';

/**
 * When the clocks of which zone show what: the zone data that the package moment-timezone carries. All reckoning in zones
 * is by it, so it is the same on every machine and is renewed by `npm update moment-timezone`, without a newer Node.
 * Of the package only the data is read: its code would load moment as well, for nothing that is needed here.
 */

/** The release of the IANA database that the data is of, like `2026f`. */
export const ZONE_DATA_VERSION: string = packed.version;

/** A time during which a zone's clocks keep their offset from UTC. */
export interface Stretch {
  fromMs: number;
  /** Not included. */
  untilMs: number;
  /** East of UTC, in minutes. */
  offsetMin: number;
}

/** A zone's offsets in their order; the last one has no end. */
interface Rules {
  untilsMs: readonly number[];
  offsetsMin: readonly number[];
}

const MINUTE_MS = 60_000;

/** Every name of the data with the row that it stands for, as the package packs it. Links share their zone's row. */
const ROWS: ReadonlyMap<string, string> = rowsOf(packed.zones, packed.links);
const unpackedRules = new Map<string, Rules>();

/** Every name that the data has, old and doubtful ones included. */
export function zoneNames(): string[] {
  return [...ROWS.keys()];
}

/** What clocks are called in the data at some time, like `MST`. Most of these mean several places. */
export function abbreviations(): string[] {
  const called = [...ROWS.values()].flatMap((row) => row.split('|')[1]?.split(' ') ?? []);
  return [...new Set(called)].filter((word) => /^[A-Z]+$/.test(word));
}

/** Returns true when the data has rules under exactly this name. */
export function hasRules(zone: string): boolean {
  return ROWS.has(zone);
}

/** The zone's offset from UTC at an instant, in minutes east. Throws RangeError for a zone that the data has not. */
export function offsetAt(zone: string, ms: number): number {
  return stretchAt(zone, ms).offsetMin;
}

/** The stretches that cover a time, in order. The first begins at `fromMs` and the last ends at `untilMs`. */
export function* stretchesOf(zone: string, fromMs: number, untilMs: number): Generator<Stretch> {
  for (let ms = fromMs; ms < untilMs;) {
    const stretch = stretchAt(zone, ms);
    yield { fromMs: ms, untilMs: Math.min(stretch.untilMs, untilMs), offsetMin: stretch.offsetMin };
    ms = stretch.untilMs;
  }
}

/** The rest of the stretch that an instant lies in. */
function stretchAt(zone: string, ms: number): Stretch {
  const { untilsMs, offsetsMin } = rulesOf(zone);
  const alike = alikeYear(ms);
  const index = firstAfter(untilsMs, ms - alike.shiftMs);
  const untilMs = (untilsMs[index] ?? Infinity) + alike.shiftMs;
  return { fromMs: ms, untilMs: Math.min(untilMs, alike.untilMs), offsetMin: offsetsMin[index] ?? 0 };
}

/** The data tells each change of clocks up to the end of this year, and no rule for later ones. */
const LAST_YEAR = 2037;
const END_MS = Date.UTC(LAST_YEAR + 1, 0, 1);

/**
 * After its end the data's last years go on: a later year has the changes of the one whose weekdays are the same from
 * March on, which is how the rules that are in force today would have it. Years begin in March here, past the leap day;
 * no zone changes its clocks in January or February any more.
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

/** The place of the first number that is greater; the numbers rise, and the last is endless. */
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
 * A row of the data (moment-timezone's documentation, "Packed Format"): name, abbreviations, offsets in minutes west, their
 * order, and the minutes from each change to the next, all numbers to the base of 60.
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
