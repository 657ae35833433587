import type { FoundSlots } from '../../booking/model';
import type { BookingSummary } from '../../booking/schema/summary';
import { type Paint, statusText } from './paint';
import { tableText } from './table';
import { momentText, spanText } from './times';

/** Returns bookings, one per row. Lists do not know the zone of the place, so times are UTC. */
export function bookingsText(bookings: readonly BookingSummary[], paint: Paint): string {
  if (bookings.length === 0) return 'No bookings.';
  const rows = bookings.map((booking) => [
    booking.id,
    booking.status === null ? '' : statusText(booking.status, paint),
    [booking.provider, booking.account].filter(Boolean).join('/'),
    booking.reference ?? '',
    booking.startsAt === null ? '' : momentText(booking.startsAt),
    booking.attention === null ? '' : paint('yellow', booking.attention),
    booking.createdAt === null ? '' : momentText(booking.createdAt),
  ]);
  return tableText(['Booking', 'Status', 'Provider', 'Reference', 'Starts', 'Needs a person', 'Began'], rows);
}

/** Returns slots, one per row, best first. */
export function slotsText({ slots, complete }: FoundSlots): string {
  const list = slots.length === 0 ? NONE : listText(slots);
  return complete ? list : `${list}\n\n${INCOMPLETE}`;
}

const NONE = 'No slots in these windows.';
const INCOMPLETE = 'The search stopped at its limit of calls: later days may have more. Ask for fewer days.';

function listText(slots: FoundSlots['slots']): string {
  const rows = slots.map((slot, index) => [
    String(index + 1),
    spanText(slot.startsAt, slot.endsAt, slot.timezone, slot.offsets),
    slot.place?.name ?? '',
    slot.distance === null ? '' : String(slot.distance),
    slot.price === null ? '' : String(slot.price),
    slot.expiresAt === null ? '' : momentText(slot.expiresAt),
  ]);
  return tableText(['', 'Time', 'Place', 'Distance', 'Price', 'On offer until'], rows);
}
