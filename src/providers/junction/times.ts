import { isTimeInRange } from '../../booking/times';
import { timeText } from '../bounded';

/** Times and dates as Junction writes them. */

const HAS_OFFSET = /(?:[zZ]|[+-]\d{2}:?\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}/;
const FIRST_DATE = '1900-01-01';

/**
 * A provider's time as RFC 3339 in UTC; null when there is none or it makes no sense, as in the year 9999. Junction leaves the offset
 * out in some webhooks and examples and says that its times are UTC (providers.md, "Reading what comes back").
 */
export function utc(given: string | null | undefined): string | null {
  const time = timeText(given);
  if (!time || !DATE.test(time)) return null;
  const joined = time.replace(' ', 'T');
  const parsed = Date.parse(joined.includes('T') && !HAS_OFFSET.test(joined) ? `${joined}Z` : joined);
  return isTimeInRange(parsed) ? new Date(parsed).toISOString() : null;
}

/** The calendar date of a date or date-time, as written; null when it is neither, or before anybody alive was born. */
export function dateOf(value: string | null | undefined): string | null {
  const date = timeText(value)?.match(DATE)?.[0] ?? '';
  return date >= FIRST_DATE && !Number.isNaN(Date.parse(date)) ? date : null;
}

/** A calendar date some days later. */
export function plusDays(date: string, days: number): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, DATE_LENGTH);
}

/** Today's date in UTC. */
export function utcDate(now: number): string {
  return new Date(now).toISOString().slice(0, DATE_LENGTH);
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;
