import { DateTime } from 'luxon';
import { isDayInRange, isTimeInRange } from '../../booking/times';
import { timeText } from '../bounded';

/** Times and dates as Oliver writes them. Zones are IANA names and count where the wire gives no offset. */

/**
 * A provider's time as RFC 3339 in UTC; null when there is none or it makes no sense, as in the year 9999. A time of day alone
 * (`16:00`, the schema calls open times `format: time`) is one of `day`.
 */
export function utc(time: string | null | undefined, zone: string, day: string | null = null): string | null {
  const written = timeText(time)?.trim().replace(' ', 'T');
  if (!written) return null;
  const whole = TIME_OF_DAY.test(written) ? day && `${day}T${written}` : written;
  const parsed = whole ? DateTime.fromISO(whole, { zone }) : null;
  return parsed?.isValid && isTimeInRange(parsed.toMillis()) ? parsed.toUTC().toISO() : null;
}

const TIME_OF_DAY = /^\d{1,2}:\d{2}/;

/** A calendar date, `YYYY-MM-DD`; the contract's schema says a date, its text MM/DD/YYYY, so both are read. */
export function dayOf(date: string | null | undefined): string | null {
  const given = timeText(date);
  const american = given?.match(/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/);
  const written = american
    ? `${american[3]}-${american[1]?.padStart(2, '0')}-${american[2]?.padStart(2, '0')}`
    : given?.slice(0, DAY_LENGTH);
  const isDay = written && isDayInRange(written) && DateTime.fromISO(written, { zone: 'utc' }).isValid;
  return isDay ? written : null;
}

const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** The first instant of a day in a zone, in ms. */
export function startOfDay(day: string, zone: string): number {
  return DateTime.fromISO(day, { zone }).startOf('day').toMillis();
}

/** An instant as RFC 3339 in UTC. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
