import { shown, userOf, type Context } from './context';
import type { BookingRecord } from './state';
import type { Group, ListQuery } from './validation';

/** The list of bookings, filtered and in order as the vendor does it (code: get-bookings). */

/** Returns all bookings that a user hosts or attends and that fit. */
export function listed(context: Context, query: ListQuery, userId: number): BookingRecord[] {
  const { email } = userOf(context, userId);
  const now = context.clock.now();
  return context.state.bookings
    .flatMap((booking) => shown(context, booking) ?? [])
    .filter((booking) => booking.hostId === userId || booking.attendee.email === email)
    .filter((booking) => FILTERS.every((fits) => fits(booking, query)))
    .filter((booking) => query.status?.some((group) => IN_GROUP[group](booking, now)) ?? true)
    .sort(orderOf(query));
}

type Fits = (booking: BookingRecord, query: ListQuery) => boolean;

/** Whether a value is what was asked for, where something was. */
const same = <T>(asked: T | undefined, value: T): boolean => asked === undefined || asked === value;
const notBefore = (asked: string | undefined, value: string): boolean =>
  asked === undefined || Date.parse(value) >= Date.parse(asked);
const notAfter = (asked: string | undefined, value: string): boolean =>
  asked === undefined || Date.parse(value) <= Date.parse(asked);

const FILTERS: readonly Fits[] = [
  ({ attendee }, { attendeeEmail }) => same(attendeeEmail?.trim(), attendee.email),
  ({ attendee }, { attendeeName }) => same(attendeeName?.trim(), attendee.name),
  ({ uid }, { bookingUid }) => same(bookingUid?.trim(), uid),
  ({ eventTypeId }, query) => same(query.eventTypeId, eventTypeId),
  ({ eventTypeId }, { eventTypeIds }) => eventTypeIds?.includes(eventTypeId) ?? true,
  ({ start }, { afterStart }) => notBefore(afterStart, start),
  ({ end }, { beforeEnd }) => notAfter(beforeEnd, end),
  ({ createdAt }, { afterCreatedAt }) => notBefore(afterCreatedAt, createdAt),
  ({ createdAt }, { beforeCreatedAt }) => notAfter(beforeCreatedAt, createdAt),
  ({ updatedAt, createdAt }, { afterUpdatedAt }) => notBefore(afterUpdatedAt, updatedAt ?? createdAt),
  ({ updatedAt, createdAt }, { beforeUpdatedAt }) => notAfter(beforeUpdatedAt, updatedAt ?? createdAt),
];

const isToCome = ({ end }: BookingRecord, now: number): boolean => Date.parse(end) >= now;
const isOver = ({ status }: BookingRecord): boolean => status === 'cancelled' || status === 'rejected';

const IN_GROUP: Readonly<Record<Group, (booking: BookingRecord, now: number) => boolean>> = {
  upcoming: (booking, now) => isToCome(booking, now) && !isOver(booking),
  recurring: () => false,
  past: (booking, now) => !isToCome(booking, now) && !isOver(booking),
  cancelled: isOver,
  unconfirmed: (booking, now) => isToCome(booking, now) && booking.status === 'pending',
};

/** Without a sort, the order is nobody's promise: here the newest come first, so that nothing can rely on the other. */
function orderOf(query: ListQuery): (one: BookingRecord, other: BookingRecord) => number {
  const by = (order: 'asc' | 'desc' | undefined, of: (booking: BookingRecord) => string) =>
    order === undefined
      ? null
      : (one: BookingRecord, other: BookingRecord): number =>
          (order === 'asc' ? 1 : -1) * (of(one).localeCompare(of(other)) || one.id - other.id);
  return (
    by(query.sortStart, ({ start }) => start) ??
    by(query.sortEnd, ({ end }) => end) ??
    by(query.sortCreated, ({ createdAt }) => createdAt) ??
    by(query.sortUpdatedAt, ({ updatedAt, createdAt }) => updatedAt ?? createdAt) ??
    ((one, other) => other.id - one.id)
  );
}
