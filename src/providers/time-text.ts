import type { WrittenOffsets } from '../booking/model';
import { isOffsetOfPlace, isTimeInRange, offsetText } from '../booking/times';
import { hasRules, offsetAt } from '../booking/zone-data';
import { zoneOnWire, zoneWord } from '../booking/zones';
import { timeText } from './bounded';
import type { Notice } from './once';

/**
 * Times and zones as providers write them. Whatever of them cannot be read counts as missing, and is noticed by its
 * field; the value may be anything, so it is never told.
 */

/** A time as it was written. */
interface WrittenTime {
  /** The clock that it shows, in ms as if it showed UTC. */
  wall: number;
  /** Minutes east of UTC; null where none is written. */
  offsetMin: number | null;
}

/** Where a value was read, and whom to tell when it cannot be. */
export interface Reading {
  field: string;
  notice: Notice;
}

/** For what is read a second time, and was noticed the first. */
export const UNNOTICED: Reading = { field: '', notice: () => undefined };

/** An instant, and the offset by which it was written where that tells the clock of a place; else null. */
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

/** Zone names beside an offset (RFC 9557), which say nothing that the offset does not; and the minus of typesetters. */
const ZONE_TAGS = /(?<=[zZ]|[+-]\d{2}(?::?\d{2})?)(?:\[[^\]]*\])+$/;
const TYPESET_MINUS = /\u2212/g;

/**
 * A provider's time; null where there is none, or none that makes sense, as one of the year 9999. A number is the time
 * since 1970, in seconds or ms: in the years that we work with only one of them can be meant.
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

/** The instant, in ms, that a time on the wall means where no offset is written beside it. */
type WallReading = (wall: number) => number;

/** The word by which a value is noticed that cannot be read. */
const UNREADABLE = 'unreadable';

function isBlank(given: Given): boolean {
  return given === null || given === undefined || given.trim() === '';
}

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ].*)?$/;
const ISO_BASIC_DATE = /^(\d{4})(\d{2})(\d{2})(?:[Tt].*)?$/;
const AMERICAN_DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;

/**
 * The calendar date, `YYYY-MM-DD`, of a date or date-time, as written; null where there is none, none that a calendar has,
 * or one that is not accepted. With `american`, MM/DD/YYYY is one as well.
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
  // UTC is what providers write that tell no place's clock.
  return {
    ms: wall - offsetMin * MINUTE_MS,
    isExact: true,
    placeOffsetMin: offsetMin === 0 ? null : offsetMin,
  };
}

/** What a text says, digit by digit: machine's zone and today's date have no part in it. */
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

/** Null for a date that no calendar has, or a time that no clock shows but for 24:00 and a leap second. */
function wallOf([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: number[]): number | null {
  const midnight = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC takes the years to 99 for those of the last century, and the 30th of February for a day of March.
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
 * The zone that a provider names; null where it names none, or one that may be several, which is noticed. Only a word of
 * the zone data is told: any other may be what belongs in another field.
 */
export function readZone(given: Given, { field, notice }: Reading): string | null {
  const zone = zoneOnWire(timeText(given));
  if (zone === null && !isBlank(given)) notice(field, zoneWord(timeText(given)) ?? UNREADABLE);
  return zone;
}

/** From when to when, as RFC 3339 in UTC. */
export interface ReadSpan {
  startsAt: string | null;
  endsAt: string | null;
  /** As a slot's: only where they contradict the zone. */
  offsets?: WrittenOffsets;
}

/**
 * From when to when something is. Offsets that contradict our data of its zone are kept beside the times, for the
 * provider knows the clock at its place better than data which may be older than a change of law; it is noticed by zone.
 * An offset that no place on Earth has is not believed, and noticed as well.
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

/** An instant as RFC 3339 in UTC. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
