import { firstInstant } from '../../booking/zones';
import { type ReadTime, type Reading, readTime, rfc3339, UNNOTICED } from '../time-text';

/** Times as Cal.com writes them: in UTC, or with an offset. */

export { rfc3339 };

/**
 * Reads a provider's time. Returns null when there is none or it makes no sense, as in the year 9999. One without an
 * offset is in UTC, as all of Cal.com's bookings are (docs/providers.md#what-a-booking-says).
 */
export function timeOf(given: string | null | undefined, reading: Reading = UNNOTICED): ReadTime | null {
  return readTime(given, reading, (wall) => wall);
}

/** Returns the first instant of a day in a zone, in ms. */
export function startOfDay(day: string, zone: string): number {
  return firstInstant(Date.parse(day), zone);
}
