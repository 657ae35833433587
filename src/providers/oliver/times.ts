import { isDayInRange } from '../../booking/times';
import { firstInstant, instantOf } from '../../booking/zones';
import { type ReadTime, readDate, type Reading, readTime, rfc3339, UNNOTICED } from '../time-text';

/** Times and dates as Oliver writes them. The given IANA zone counts when the wire gives no offset. */

export { rfc3339 };

type Given = string | null | undefined;

const TIME_OF_DAY = /^\s*(\d{1,2}:\d{2})/;
const TIME_LENGTH = 'HH:MM'.length;

/**
 * Reads a provider's time. Returns null when there is none or it makes no sense, as in the year 9999. A time of day
 * alone (`16:00`, the schema calls open times `format: time`) belongs to `day`.
 */
export function timeOf(
  given: Given,
  zone: string,
  day: string | null = null,
  reading: Reading = UNNOTICED,
): ReadTime | null {
  const text =
    day && given?.replace(TIME_OF_DAY, (_, time: string) => `${day}T${time.padStart(TIME_LENGTH, '0')}`);
  return readTime(text ?? given, reading, (wall) => instantOf(wall, zone));
}

/** Reads a provider's time as RFC 3339 in UTC. */
export function utc(given: Given, zone: string, day: string | null = null, reading?: Reading): string | null {
  const time = timeOf(given, zone, day, reading);
  return time && rfc3339(time.ms);
}

/** Returns a calendar date, `YYYY-MM-DD`. The contract's schema says a date, its text MM/DD/YYYY, so both are read. */
export function dayOf(given: Given, reading: Reading = UNNOTICED): string | null {
  return readDate(given, reading, { accepts: isDayInRange, american: true });
}

/** Returns the first instant of a day in a zone, in ms. */
export function startOfDay(day: string, zone: string): number {
  return firstInstant(Date.parse(day), zone);
}
