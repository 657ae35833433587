import { DateTime } from 'luxon';
import { eventTypeOf, userOf, type Context } from './context';
import { quirkyBooking, quirkyDays } from './quirks';
import type { BookingRecord } from './state';
import type { ListQuery, SlotsQuery } from './validation';

/** The shapes of answers as the contract defines them, before and after the quirks that are on. */

export type Wire = Record<string, unknown>;

/** Wraps the data of an answer. */
export function success(data: unknown, more: Wire = {}): Wire {
  return { status: 'success', data, ...more };
}

/** Returns a booking (contract: BookingOutput_2024_08_13). */
export function bookingAnswer(context: Context, booking: BookingRecord): unknown {
  return quirkyBooking(context.state.quirks, plainBooking(context, booking));
}

/** Returns a booking as the contract has it, for `GET /_sandbox/state`, without quirks. */
export function plainBooking(context: Context, booking: BookingRecord): Wire {
  const host = userOf(context, booking.hostId);
  const { id, slug, title, lengthMinutes } = eventTypeOf(context, booking.eventTypeId);
  const { phoneNumber, ...attendee } = booking.attendee;
  return {
    id: booking.id,
    uid: booking.uid,
    title: `${title} between ${host.name} and ${attendee.name}`,
    description: '',
    hosts: [{ ...host, displayEmail: host.email }],
    status: booking.status,
    ...(booking.status === 'cancelled' && {
      ...given('cancellationReason', booking.cancellationReason),
      ...given('cancelledByEmail', booking.cancelledBy),
    }),
    ...given('reschedulingReason', booking.reschedulingReason),
    ...given('rescheduledByEmail', booking.rescheduledBy),
    ...given('rescheduledFromUid', booking.fromUid),
    ...given('rescheduledToUid', booking.toUid),
    start: booking.start,
    end: booking.end,
    duration: lengthMinutes,
    eventTypeId: id,
    eventType: { id, slug },
    location: booking.location ?? 'integrations:daily',
    absentHost: booking.absentHost,
    createdAt: booking.createdAt,
    updatedAt: booking.updatedAt,
    metadata: booking.metadata,
    icsUid: `${booking.uid}@sandbox.invalid`,
    attendees: [{ ...attendee, displayEmail: attendee.email, ...given('phoneNumber', phoneNumber) }],
    bookingFieldsResponses: booking.responses,
  };
}

/** Returns a page of the list with what the contract says of pages (contract: PaginationMetaDto). */
export function pageAnswer(context: Context, all: readonly BookingRecord[], query: ListQuery): Wire {
  const { take, skip } = query;
  const page = all.slice(skip, skip + take);
  const totalPages = Math.ceil(all.length / take);
  const pagination = {
    itemsReturned: page.length,
    totalItems: all.length,
    itemsPerPage: take,
    remainingItems: Math.max(0, all.length - skip - take),
    currentPage: totalPages === 0 ? 0 : Math.min(Math.floor(skip / take) + 1, totalPages),
    totalPages,
    hasNextPage: skip + take < all.length,
    hasPreviousPage: skip > 0,
  };
  return success(
    page.map((booking) => bookingAnswer(context, booking)),
    { pagination },
  );
}

/** Returns free times by their days in the asked zone; days without any are left out (contract: SlotsOutput_2024_09_04). */
export function slotsAnswer(
  context: Context,
  times: readonly { start: number; end: number }[],
  { timeZone, format }: SlotsQuery,
): Wire {
  const days = new Map<string, Wire[]>();
  for (const { start, end } of times) {
    const [from, to] = [start, end].map((at) => DateTime.fromMillis(at, { zone: timeZone ?? 'utc' }));
    const date = from?.toISODate() ?? '';
    const slot = { start: from?.toISO(), ...(format === 'range' && { end: to?.toISO() }) };
    days.set(date, [...(days.get(date) ?? []), slot]);
  }
  return success(quirkyDays(context.state.quirks, Object.fromEntries(days)));
}

/** Returns a field when there is something to say. */
export function given(field: string, value: unknown): Wire {
  return value === null || value === undefined || value === '' ? {} : { [field]: value };
}
