/**
 * Times in HTTP headers (RFC 9110, 5.6.7). Date.parse accepts more forms, and reads some by the zone of this machine.
 */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';

/** The three forms that a recipient must read; all are in GMT. */
const FORMS: readonly RegExp[] = [
  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^${LONG_DAY}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  // asctime: Sun Nov  6 08:49:37 1994
  new RegExp(`^${DAY} ${MONTH} (?<day>\\d\\d| ?\\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * Returns an HTTP date in ms since the epoch; null for any other text. `now` (ms) decides the century of a year with
 * two digits: one that appears to be more than 50 years ahead means the last year that ended so.
 */
export function httpDate(text: string, now: number): number | null {
  const found = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (!found) return null;
  const [year = 0, day = 0, hour = 0, minute = 0, second = 0] = PARTS.map((part) => Number(found[part]));
  const month = MONTHS.indexOf(found['month'] ?? '');
  const isShort = found['year']?.length === 2;
  return instantOf([isShort ? fullYear(year, now) : year, month, day, hour, minute, second]);
}

const PARTS = ['year', 'day', 'hour', 'minute', 'second'] as const;

type Parts = [year: number, month: number, day: number, hour: number, minute: number, second: number];

/** Returns the instant, or null for an impossible day or time. A leap second is the next minute's first. */
function instantOf([year, month, day, hour, minute, second]: Parts): number | null {
  const midnight = new Date(0).setUTCFullYear(year, month, day);
  const isDay = new Date(midnight).getUTCMonth() === month && day > 0;
  if (!isDay || hour > 23 || minute > 59 || second > 60) return null;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1_000;
}

const CENTURY = 100;
const LONGEST_AHEAD_YEARS = 50;

function fullYear(lastTwoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const inThisCentury = thisYear - (thisYear % CENTURY) + lastTwoDigits;
  return inThisCentury > thisYear + LONGEST_AHEAD_YEARS ? inThisCentury - CENTURY : inThisCentury;
}

/** The longest pause that a provider may ask for, in ms. After that it is simply asked again. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Returns a Retry-After header (seconds or an HTTP date) as ms from `now`, the time of the answer by its writer's
 * clock, in ms. If several were joined, the longest counts. Returns undefined when it makes no sense or is over: a
 * pause of 0 would let an overloaded provider be called without one.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const date = httpDate(value, now);
  const ms = date === null ? secondsOf(value) * 1_000 : date - now;
  return ms > 0 ? Math.min(Math.ceil(ms), MAX_RETRY_AFTER_MS) : undefined;
}

/** Returns the number of seconds, or the largest of a list; NaN for anything else. */
function secondsOf(value: string): number {
  const isSeconds = (one: string): boolean => /^\d+(\.\d+)?$/.test(one);
  return Math.max(...value.split(',').map((one) => (isSeconds(one.trim()) ? Number(one) : NaN)));
}
