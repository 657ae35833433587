/**
 * The days and times that this project works with. Outside of these years a date is a mistake or a provider's word
 * for "never", and its text no longer sorts or parses as the others do.
 */

/** First and last calendar day, `YYYY-MM-DD`. */
export const FIRST_DAY = '2000-01-01';
export const LAST_DAY = '2200-12-31';

const DAY_LENGTH = FIRST_DAY.length;
const FIRST_MS = Date.parse(`${FIRST_DAY}T00:00:00Z`);
const LAST_MS = Date.parse(`${LAST_DAY}T23:59:59Z`);

/** Whether a calendar day, `YYYY-MM-DD`, lies in these years. */
export function isDayInRange(day: string): boolean {
  return day.length === DAY_LENGTH && day >= FIRST_DAY && day <= LAST_DAY;
}

/** Whether a time, RFC 3339 or in ms, lies in these years; false for one that cannot be read. */
export function isTimeInRange(time: string | number): boolean {
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return ms >= FIRST_MS && ms <= LAST_MS;
}

/** Whether two times, RFC 3339, are the same moment; false where either is not known. */
export function isSameTime(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && Date.parse(one) === Date.parse(other);
}

/** Where a day begins, and ends, last and first. */
export const LAST_ZONE_ON_EARTH = 'Etc/GMT+12';
export const FIRST_ZONE_ON_EARTH = 'Pacific/Kiritimati';
