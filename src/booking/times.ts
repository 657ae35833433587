/**
 * The days and times that this project works with. A date outside these years is a mistake or a provider's way to say
 * "never", and its text no longer sorts or parses like the others.
 */

/** First and last calendar day, `YYYY-MM-DD`. */
export const FIRST_DAY = '2000-01-01';
export const LAST_DAY = '2200-12-31';

const DAY_LENGTH = FIRST_DAY.length;
const FIRST_MS = Date.parse(`${FIRST_DAY}T00:00:00Z`);
const LAST_MS = Date.parse(`${LAST_DAY}T23:59:59Z`);

/** Returns true when a calendar day, `YYYY-MM-DD`, lies in these years. */
export function isDayInRange(day: string): boolean {
  return day.length === DAY_LENGTH && day >= FIRST_DAY && day <= LAST_DAY;
}

/** Returns true when a time, RFC 3339 or in ms, lies in these years; false when it cannot be read. */
export function isTimeInRange(time: string | number): boolean {
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return ms >= FIRST_MS && ms <= LAST_MS;
}

/** Returns true when two times, RFC 3339, are the same moment; false when either is null. */
export function isSameTime(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && Date.parse(one) === Date.parse(other);
}

/** The zones in which a day begins and ends last, and first. */
export const LAST_ZONE_ON_EARTH = 'Etc/GMT+12';
export const FIRST_ZONE_ON_EARTH = 'Pacific/Kiritimati';

/** How far from UTC the clocks of any place may be, in minutes. */
const [FARTHEST_WEST_MIN, FARTHEST_EAST_MIN] = [-12 * 60, 14 * 60];

/** Offsets from UTC are multiples of a quarter of an hour, everywhere and in all of these years. */
const QUARTER_MIN = 15;

/** Returns true when some place may have clocks at this offset from UTC, in minutes east. */
export function isOffsetOfPlace(offsetMin: number): boolean {
  return offsetMin >= FARTHEST_WEST_MIN && offsetMin <= FARTHEST_EAST_MIN && offsetMin % QUARTER_MIN === 0;
}

/** Returns an offset from UTC, in minutes east, as `±HH:MM`. */
export function offsetText(offsetMin: number): string {
  const [hours, minutes] = [Math.floor(Math.abs(offsetMin) / 60), Math.abs(offsetMin) % 60];
  const twoDigits = (number: number): string => String(number).padStart(2, '0');
  return `${offsetMin < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(minutes)}`;
}

const OFFSET = /^([+-])(\d{2}):(\d{2})$/;

/** Returns the minutes east of UTC that `±HH:MM` says; 0 for any other text. */
export function offsetMinutes(text: string): number {
  const [, sign, hours, minutes] = OFFSET.exec(text) ?? [];
  const offsetMin = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? 0 - offsetMin : offsetMin;
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Returns the ms of an RFC 3339 time, whose seconds may be left out; NaN for any other text. A time without an offset
 * from UTC is refused, because it would be read by the clock of this machine.
 */
export function msOfTime(text: string): number {
  return RFC_3339.test(text) ? Date.parse(text.replace(' ', 'T').toUpperCase()) : NaN;
}
