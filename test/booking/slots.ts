import type { Slot } from '../../src/booking/model';

/** A slot that starts at `startsAt` (RFC 3339) and takes `minutes`. */
export function slotAt(startsAt: string, minutes = 60, more: Partial<Slot> = {}): Slot {
  const start = Date.parse(startsAt);
  return {
    key: `slot-${startsAt}`,
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + minutes * 60_000).toISOString(),
    expiresAt: null,
    timezone: 'America/New_York',
    price: null,
    distance: null,
    location: null,
    place: null,
    ...more,
  };
}
