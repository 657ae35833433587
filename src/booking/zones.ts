import { FixedOffsetZone, Zone, type ZoneOffsetFormat } from 'luxon';
import { offsetText } from './times';
import { abbreviations, hasRules, offsetAt, type Stretch, stretchesOf, zoneNames } from './zone-data';

/**
 * Names of zones, and the clock on the wall there. Workflows must not import this file: the data changes from one
 * release to the next and would break their replay.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Areas of tzdata whose names mean one place, and areas of old names of the same form, like `US/Eastern`. */
const AREAS: readonly string[] = [
  ...[
    'Africa',
    'America',
    'Antarctica',
    'Arctic',
    'Asia',
    'Atlantic',
    'Australia',
    'Europe',
    'Indian',
    'Pacific',
  ],
  ...['Brazil', 'Canada', 'Chile', 'Mexico', 'US'],
];

/** Other unambiguous names. */
const UTC_NAMES: readonly string[] = ['UTC', 'Etc/UTC'];

/**
 * Further names of tzdata that are clear when a provider uses them: the rules of a part of the United States, a country
 * with one zone, and other names of UTC. The remaining names are abbreviations, which mean several places (in tzdata
 * EST is Panama's, and GMT is Britain's in winter), or have the opposite sign (`Etc/GMT+5` is at -05:00).
 */
const CLEAR_ON_THE_WIRE: readonly string[] = [
  ...['EST5EDT', 'CST6CDT', 'MST7MDT', 'PST8PDT', 'Navajo'],
  ...[
    'Cuba',
    'Egypt',
    'Eire',
    'Hongkong',
    'Iceland',
    'Iran',
    'Israel',
    'Jamaica',
    'Japan',
    'Kwajalein',
    'Libya',
  ],
  ...[
    'Poland',
    'Portugal',
    'Singapore',
    'Turkey',
    'GB',
    'GB-Eire',
    'NZ',
    'NZ-CHAT',
    'PRC',
    'ROC',
    'ROK',
    'W-SU',
  ],
  ...['Etc/UCT', 'Etc/Universal', 'Etc/Zulu', 'UCT', 'Universal', 'Zulu'],
];

const LISTED: ReadonlySet<string> = new Set(zoneNames().filter(isOfThatForm));

/** The right spelling of each name that is accepted from providers, by its lower-case spelling. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  [...LISTED, ...CLEAR_ON_THE_WIRE.filter(hasRules)].map((name) => [name.toLowerCase(), name]),
);

function isOfThatForm(name: string): boolean {
  return UTC_NAMES.includes(name) || AREAS.includes(name.split('/')[0] ?? '');
}

/** What is right, for a zone that `isZone` refuses. */
export const ZONE_HINT =
  'Must be an IANA zone of the form Area/City in its exact spelling, like America/New_York, or UTC; ' +
  'no abbreviation and no offset.';

/**
 * Returns true when settings and requests may name the zone. The list is fixed: UTC and the zone data's names of the
 * form Area/City. Other names that this machine's Intl accepts are ambiguous (`AST`, `IST`) or in a spelling of its
 * own.
 */
export function isZone(name: string): boolean {
  return LISTED.has(name);
}

/**
 * Returns the zone that a provider names, in its right spelling; null for a name that means several zones or none.
 * Case, surrounding blanks, and a blank for `_` make no difference.
 */
export function zoneOnWire(name: string | null | undefined): string | null {
  return SPELLINGS.get(wordKey(name)) ?? null;
}

/** Every name and abbreviation of the zone data, by its lower-case spelling. */
const DATA_WORDS: ReadonlyMap<string, string> = new Map(
  [...abbreviations(), ...zoneNames()].map((word) => [word.toLowerCase(), word]),
);

/**
 * Returns the zone data's own spelling of a provider's word for a zone, clear or not (`MST`, `Etc/GMT+5`); null for any
 * other text, which may be somebody's name.
 */
export function zoneWord(text: string | null | undefined): string | null {
  return DATA_WORDS.get(wordKey(text)) ?? null;
}

function wordKey(text: string | null | undefined): string {
  return (text ?? '').trim().replaceAll(' ', '_').toLowerCase();
}

/** Returns the wall time at an instant, in ms as if it were UTC. Throws RangeError for a zone without rules. */
export function wallMs(ms: number, zone: string): number {
  return ms + offsetAt(zone, ms) * MINUTE_MS;
}

/** The farthest that a wall time may be from the same time in UTC, in ms. A place may skip a whole day. */
const FARTHEST_MS = 2 * DAY_MS;

/** Returns the first instant at which the clock on the wall shows this time or a later one. */
export function firstInstant(wall: number, zone: string): number {
  for (const { fromMs, untilMs, offsetMin } of stretchesAround(wall, zone)) {
    const ms = Math.max(fromMs, wall - offsetMin * MINUTE_MS);
    if (ms < untilMs) return ms;
  }
  return wall;
}

/** Returns the instant after which the clock on the wall never shows an earlier time than this. */
export function lastInstant(wall: number, zone: string): number {
  for (const { fromMs, untilMs, offsetMin } of [...stretchesAround(wall, zone)].reverse()) {
    const ms = Math.min(untilMs, wall - offsetMin * MINUTE_MS);
    if (ms > fromMs) return ms;
  }
  return wall;
}

/**
 * Returns the instant that a wall time means. If the clocks are set back and there are two, it is the first. If they
 * are set forward and there is none, it is the instant by the clock before the change.
 */
export function instantOf(wall: number, zone: string): number {
  let skippedMs = 0;
  for (const { fromMs, untilMs, offsetMin } of stretchesAround(wall, zone)) {
    const ms = wall - offsetMin * MINUTE_MS;
    if (ms < fromMs) return skippedMs;
    if (ms < untilMs) return ms;
    skippedMs = ms;
  }
  return skippedMs;
}

function stretchesAround(wall: number, zone: string): Iterable<Stretch> {
  return stretchesOf(zone, wall - FARTHEST_MS, wall + FARTHEST_MS);
}

/** Returns a zone of our data for Luxon (Luxon's documentation, "Custom zones"). Throws RangeError without rules. */
export function luxonZone(name: string): Zone {
  return new DataZone(name);
}

class DataZone extends Zone {
  constructor(private readonly zone: string) {
    super();
    if (!hasRules(zone)) throw new RangeError('The zone data has no such zone');
  }
  override get type(): string {
    return 'data';
  }
  override get name(): string {
    return this.zone;
  }
  override get isUniversal(): boolean {
    return false;
  }
  override get isValid(): boolean {
    return true;
  }
  override offset(ms: number): number {
    return offsetAt(this.zone, ms);
  }
  override offsetName(ms: number): string {
    return offsetText(this.offset(ms));
  }
  override formatOffset(ms: number, format: ZoneOffsetFormat): string {
    return FixedOffsetZone.instance(this.offset(ms)).formatOffset(ms, format);
  }
  override equals(other: Zone): boolean {
    return other.type === this.type && other.name === this.name;
  }
}
