import { DateTime, FixedOffsetZone, type Zone } from 'luxon';
import type { WrittenOffsets } from '../../booking/model';
import type { AppointmentView } from '../../booking/schema/view';
import { isSameTime, msOfTime, offsetMinutes } from '../../booking/times';
import { hasRules } from '../../booking/zone-data';
import { luxonZone } from '../../booking/zones';

/** Writes times as people read them: by the clock at the place, with the zone named and its offset beside it. */

const DAY = 'ccc d LLL yyyy';
const CLOCK = 'HH:mm';

/** A place's clock: that of its zone, or of the offset that the provider wrote, if that contradicts the zone. */
interface PlaceClock {
  name: string;
  zone: Zone;
  isOther: boolean;
}

/**
 * Returns start and end; `endsAt` may be unknown. Without a zone that our data knows, they are in UTC. `offsets` are
 * the provider's, if they contradict the zone.
 */
export function spanText(
  startsAt: string,
  endsAt: string | null,
  timezone: string | null,
  offsets?: WrittenOffsets,
): string {
  const startClock = clockOf(timezone, offsets?.startsAt);
  const endClock = clockOf(timezone, offsets?.endsAt);
  const start = timeOn(startsAt, startClock);
  const end = endsAt === null ? null : timeOn(endsAt, endClock);
  if (!start.isValid) return startsAt;
  if (!end?.isValid) return timeText(start, startClock);
  if (start.hasSame(end, 'day') && start.offset === end.offset) {
    return `${start.toFormat(`${DAY}, ${CLOCK}`)}–${end.toFormat(CLOCK)} ${zoneText(start, startClock)}`;
  }
  return `${timeText(start, startClock)} – ${timeText(end, endClock)}`;
}

/** Returns one moment, to the minute. `at` is null when it is not known yet. */
export function momentText(at: string | null, timezone: string | null = null, offset?: string): string {
  if (at === null) return 'at a time to be named';
  const clock = clockOf(timezone, offset);
  const time = timeOn(at, clock);
  return time.isValid ? timeText(time, clock) : at;
}

/** Returns the start of a tried slot, by the clock at its place as far as the appointment tells. */
export function slotText(startsAt: string | null, appointment: AppointmentView | null): string {
  const { timezone = null, offsets } = appointment ?? {};
  const isItsTime = isSameTime(startsAt, appointment?.startsAt ?? null);
  return momentText(startsAt, timezone, isItsTime ? offsets?.startsAt : undefined);
}

/** Returns the time of day in UTC, to the second: `14:03:07Z`. */
export function clockText(at: string): string {
  const time = timeOn(at, UTC);
  return time.isValid ? time.toFormat("HH:mm:ss'Z'") : at;
}

const UTC: PlaceClock = { name: 'UTC', zone: FixedOffsetZone.utcInstance, isOther: false };

function clockOf(timezone: string | null, offset: string | undefined): PlaceClock {
  if (timezone === null || !hasRules(timezone)) return UTC;
  if (offset !== undefined) {
    return { name: timezone, zone: FixedOffsetZone.instance(offsetMinutes(offset)), isOther: true };
  }
  return timezone === UTC.name ? UTC : { name: timezone, zone: luxonZone(timezone), isOther: false };
}

function timeOn(at: string, { zone }: PlaceClock): DateTime {
  return DateTime.fromMillis(msOfTime(at), { zone, locale: 'en-US' });
}

function timeText(time: DateTime, clock: PlaceClock): string {
  return `${time.toFormat(`${DAY}, ${CLOCK}`)} ${zoneText(time, clock)}`;
}

function zoneText(time: DateTime, { name, isOther }: PlaceClock): string {
  if (name === UTC.name && !isOther) return UTC.name;
  return `${name} (UTC${time.toFormat('ZZ')}${isOther ? ' by the provider' : ''})`;
}
