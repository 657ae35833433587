import { DateTime } from 'luxon';
import { isZone } from '../../booking/windows';

/** Times as people read them: by the clock at the place, with the zone named and its offset beside it. */

const DAY = 'ccc d LLL yyyy';
const CLOCK = 'HH:mm';

/** From when to when; `endsAt` may be unknown. Without a zone that this machine knows, in UTC. */
export function spanText(startsAt: string, endsAt: string | null, timezone: string | null): string {
  const zone = zoneOf(timezone);
  const start = timeIn(startsAt, zone);
  const end = endsAt === null ? null : timeIn(endsAt, zone);
  if (!start.isValid) return startsAt;
  if (!end?.isValid) return momentText(startsAt, timezone);
  if (start.hasSame(end, 'day') && start.offset === end.offset) {
    return `${start.toFormat(`${DAY}, ${CLOCK}`)}–${end.toFormat(CLOCK)} ${zoneText(start, zone)}`;
  }
  return `${momentText(startsAt, timezone)} – ${momentText(endsAt ?? startsAt, timezone)}`;
}

/** One moment, to the minute; null where it is not known yet. */
export function momentText(at: string | null, timezone: string | null = null): string {
  if (at === null) return 'at a time to be named';
  const zone = zoneOf(timezone);
  const time = timeIn(at, zone);
  return time.isValid ? `${time.toFormat(`${DAY}, ${CLOCK}`)} ${zoneText(time, zone)}` : at;
}

/** The clock in UTC, to the second: `14:03:07Z`. */
export function clockText(at: string): string {
  const time = timeIn(at, 'UTC');
  return time.isValid ? time.toFormat("HH:mm:ss'Z'") : at;
}

function timeIn(at: string, zone: string): DateTime {
  return DateTime.fromISO(at, { zone, locale: 'en-US' });
}

function zoneOf(timezone: string | null): string {
  return timezone !== null && isZone(timezone) ? timezone : 'UTC';
}

function zoneText(time: DateTime, zone: string): string {
  return zone === 'UTC' ? 'UTC' : `${zone} (UTC${time.toFormat('ZZ')})`;
}
