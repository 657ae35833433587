import { DateTime } from 'luxon';

/** The forms of a `Retry-After`: seconds, and the three formats of an HTTP date (RFC 9110, section 5.6.7). */
export const RETRY_AFTER_FORMS = ['seconds', 'imf', 'rfc850', 'asctime'] as const;
export type RetryAfterForm = (typeof RETRY_AFTER_FORMS)[number];

const DATES: Readonly<Record<Exclude<RetryAfterForm, 'seconds'>, string>> = {
  imf: "ccc, dd LLL yyyy HH:mm:ss 'GMT'",
  rfc850: "cccc, dd-LLL-yy HH:mm:ss 'GMT'",
  asctime: 'ccc LLL dd HH:mm:ss yyyy',
};

/** Returns a `Retry-After` that ends `inMs` real ms after `nowMs`, rounded up to the second. */
export function retryAfter(form: RetryAfterForm, inMs: number, nowMs: number): string {
  if (form === 'seconds') return String(Math.ceil(inMs / 1_000));
  const at = DateTime.fromMillis(Math.ceil((nowMs + inMs) / 1_000) * 1_000, { zone: 'utc', locale: 'en-US' });
  const text = at.toFormat(DATES[form]);
  // Only this form pads the day of the month with a blank.
  return form === 'asctime' ? text.replace(/ 0(?=\d )/, '  ') : text;
}
