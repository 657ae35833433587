import type { WrittenOffsets } from '../booking/model';
import { isOffsetOfPlace, isTimeInRange, offsetText } from '../booking/times';
import { hasRules, offsetAt } from '../booking/zone-data';
import { zoneOnWire, zoneWord } from '../booking/zones';
import { timeText } from './bounded';
import type { Notice } from './once';

/**
 * Times and zones as providers write them. An unreadable one counts as missing, and is noticed by its field. Its value
 * may be anything, so it is never told.
 */

/** A time as it was written. */
interface WrittenTime {
  /** The wall time that it shows, in ms as if it were UTC. */
  wall: number;
  /** Minutes east of UTC; null when no offset is written. */
  offsetMin: number | null;
}

/** The field that a value was read from, and whom to tell when it cannot be read. */
export interface Reading {
  field: string;
  notice: Notice;
}

/** For a value that is read a second time, and was noticed the first time. */
export const UNNOTICED: Reading = { field: '', notice: () => undefined };

/** An instant as it was read. */
export interface ReadTime {
  ms: number;
  /** Whether the text itself tells the instant, by its offset or as a number. */
  isExact: boolean;
  placeOffsetMin: number | null;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

const DATE = /^(\d{4})-(\d{2})-(\d{2})/.source;
const BASIC_DATE = /^(\d{4})(\d{2})(\d{2})/.source;
const TIME = /(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?/.source;
const BASIC_TIME = /(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d+))?)?/.source;
const OFFSET = / *(?:([zZ]|UTC|GMT)|([+-])(\d{2})(?::?(\d{2}))?)/.source;

/** ISO 8601 in its extended and its basic form, RFC 3339, and what databases print; a date alone is its midnight. */
const FORMS: readonly RegExp[] = [
  new RegExp(`${DATE}(?:(?:[Tt]| +)${TIME}(?:${OFFSET})?)?$`),
  new RegExp(`${BASIC_DATE}(?:[Tt]${BASIC_TIME}(?:${OFFSET})?)?$`),
];

/** Zone names beside an offset (RFC 9557), which add nothing to the offset; and the typesetters' minus. */
const ZONE_TAGS = /(?<=[zZ]|[+-]\d{2}(?::?\d{2})?)(?:\[[^\]]*\])+$/;
const TYPESET_MINUS = /\u2212/g;

/**
 * Reads a provider's time. Returns null when there is none or it makes no sense, as in the year 9999. A number is the
 * time since 1970 in seconds or ms: in the years that we work with, only one of the two is possible.
 */
export function readTime(given: Given, { field, notice }: Reading, onWall: WallReading): ReadTime | null {
  if (isBlank(given)) return null;
  const text = timeText(given)?.trim();
  const time = text === undefined ? null : (epochTime(text) ?? instantOf(writtenTime(text), onWall));
  if (time && isTimeInRange(time.ms)) return time;
  notice(field, UNREADABLE);
  return null;
}

type Given = string | null | undefined;

/** Returns the instant, in ms, that a wall time without a written offset means. */
type WallReading = (wall: number) => number;

/** The word by which an unreadable value is noticed. */
const UNREADABLE = 'unreadable';

function isBlank(given: Given): boolean {
  return given === null || given === undefined || given.trim() === '';
}

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ].*)?$/;
const ISO_BASIC_DATE = /^(\d{4})(\d{2})(\d{2})(?:[Tt].*)?$/;
const AMERICAN_DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;

/**
 * Returns the calendar date, `YYYY-MM-DD`, of a date or date-time, as written; null when there is none, it does not
 * exist, or it is not accepted. With `american`, MM/DD/YYYY is read as well.
 */
export function readDate(
  given: Given,
  { field, notice }: Reading,
  { accepts, american = false }: { accepts: (date: string) => boolean; american?: boolean },
): string | null {
  if (isBlank(given)) return null;
  const text = timeText(given)?.trim() ?? '';
  const us = american ? text.replace(AMERICAN_DATE, isoOfAmerican) : text;
  const [, year, month, day] = ISO_DATE.exec(us) ?? ISO_BASIC_DATE.exec(us) ?? [];
  const wall = wallOf([year, month, day].map((part) => Number(part ?? 0)));
  const date = wall === null ? '' : rfc3339(wall).slice(0, DATE_LENGTH);
  if (date !== '' && accepts(date)) return date;
  notice(field, UNREADABLE);
  return null;
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;

function isoOfAmerican(_text: string, month: string, day: string, year: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

const EPOCH = /^\d{9,13}(?:\.\d+)?$/;

function epochTime(text: string): ReadTime | null {
  if (!EPOCH.test(text)) return null;
  const ms = [Number(text) * SECOND_MS, Number(text)].map(Math.floor).find(isTimeInRange);
  return ms === undefined ? null : { ms, isExact: true, placeOffsetMin: null };
}

function instantOf(written: WrittenTime | null, onWall: WallReading): ReadTime | null {
  if (!written) return null;
  const { wall, offsetMin } = written;
  if (offsetMin === null) return { ms: onWall(wall), isExact: false, placeOffsetMin: null };
  // Providers that do not tell the clock of the place write UTC, so offset 0 tells no place's clock.
  return {
    ms: wall - offsetMin * MINUTE_MS,
    isExact: true,
    placeOffsetMin: offsetMin === 0 ? null : offsetMin,
  };
}

/** Reads a text digit by digit, so that the machine's zone and today's date do not matter. */
function writtenTime(text: string): WrittenTime | null {
  const plain = text.replace(TYPESET_MINUS, '-').replace(ZONE_TAGS, '');
  const [, ...parts] = FORMS.map((form) => form.exec(plain)).find((match) => match !== null) ?? [];
  const [year, month, day, hour, minute, second, fraction, utc, sign, offsetHour, offsetMinute] = parts;
  const wall = wallOf([year, month, day, hour, minute, second].map((part) => Number(part ?? 0)));
  if (year === undefined || wall === null) return null;
  const ms = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  if (utc !== undefined) return { wall: wall + ms, offsetMin: 0 };
  if (sign === undefined) return { wall: wall + ms, offsetMin: null };
  const offsetMin = Number(offsetHour) * 60 + Number(offsetMinute ?? 0);
  if (Number(offsetHour) > 23 || Number(offsetMinute ?? 0) > 59) return null;
  return { wall: wall + ms, offsetMin: sign === '-' ? 0 - offsetMin : offsetMin };
}

/** Returns the wall time in ms; null for an impossible date or time. 24:00 and a leap second are possible. */
function wallOf([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: number[]): number | null {
  const midnight = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC reads years up to 99 as those of the last century, and 30 February as a day in March.
  const isDate =
    midnight.getUTCFullYear() === year &&
    midnight.getUTCMonth() === month - 1 &&
    midnight.getUTCDate() === day;
  const isTime = hour < 24 && minute < 60 && second <= 60;
  const isDaysEnd = hour === 24 && minute === 0 && second === 0;
  if (!isDate || !(isTime || isDaysEnd)) return null;
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * SECOND_MS;
}

/**
 * Returns the zone that a provider names; null when it names none, or (noticed) an ambiguous one. Only a word of the
 * zone data is told in the notice, because any other may belong in another field.
 */
export function readZone(given: Given, { field, notice }: Reading): string | null {
  const zone = zoneOnWire(timeText(given));
  if (zone === null && !isBlank(given)) notice(field, zoneWord(timeText(given)) ?? UNREADABLE);
  return zone;
}

/** A start and an end, as RFC 3339 in UTC. */
export interface ReadSpan {
  startsAt: string | null;
  endsAt: string | null;
  /** As a slot's: only where they contradict the zone. */
  offsets?: WrittenOffsets;
}

/**
 * Returns start and end. Offsets that contradict our data of the zone are kept beside the times, and noticed by zone:
 * the provider knows the clock at its place better than data that may be older than a change of law. An offset that no
 * place on Earth has is not believed, and noticed too.
 */
export function spanOf(
  start: ReadTime | null,
  end: ReadTime | null,
  zone: string | null,
  notice: Notice,
): ReadSpan {
  const span = { startsAt: start && rfc3339(start.ms), endsAt: end && rfc3339(end.ms) };
  const told = [start, end].flatMap((time) => believed(time, notice) ?? []);
  const doubtful = told.find(
    ({ ms, offsetMin }) => zone !== null && hasRules(zone) && offsetAt(zone, ms) !== offsetMin,
  );
  const [first] = told;
  if (!doubtful || !first) return span;
  notice(`offset at ${zone ?? ''}`, offsetText(doubtful.offsetMin).replace(':', ''));
  const last = told.at(-1) ?? first;
  return {
    ...span,
    offsets: { startsAt: offsetText(first.offsetMin), endsAt: offsetText(last.offsetMin) },
  };
}

function believed(time: ReadTime | null, notice: Notice): { ms: number; offsetMin: number } | null {
  if (!time || time.placeOffsetMin === null) return null;
  if (isOffsetOfPlace(time.placeOffsetMin)) return { ms: time.ms, offsetMin: time.placeOffsetMin };
  notice('offset', offsetText(time.placeOffsetMin).replace(':', ''));
  return null;
}

/** Returns an instant as RFC 3339 in UTC. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
