import { type ReadTime, readDate, type Reading, readTime, rfc3339, UNNOTICED } from '../time-text';

/** Times and dates as Junction writes them. */

/** A date before anybody alive was born. */
const FIRST_DATE = '1900-01-01';

type Given = string | null | undefined;

/**
 * Reads a provider's time. Returns null when there is none or it makes no sense, as in the year 9999. Junction leaves
 * the offset out in some webhooks and examples, and says that its times are UTC (docs/providers.md#what-comes-back).
 */
export function timeOf(given: Given, reading: Reading = UNNOTICED): ReadTime | null {
  return readTime(given, reading, (wall) => wall);
}

/** Reads a provider's time as RFC 3339 in UTC. */
export function utc(given: Given, reading?: Reading): string | null {
  const time = timeOf(given, reading);
  return time && rfc3339(time.ms);
}

/** Returns the calendar date of a date or date-time, as written; null when it is neither or lies before FIRST_DATE. */
export function dateOf(given: Given, reading: Reading = UNNOTICED): string | null {
  return readDate(given, reading, { accepts: (date) => date >= FIRST_DATE });
}

/** Returns the calendar date some days later. */
export function plusDays(date: string, days: number): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, DATE_LENGTH);
}

/** Returns today's date in UTC. */
export function utcDate(now: number): string {
  return new Date(now).toISOString().slice(0, DATE_LENGTH);
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;
