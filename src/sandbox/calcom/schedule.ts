import { DateTime } from 'luxon';
import { remembering } from '../remember';
import { eventTypeOf, isLive, type Context } from './context';
import { REFUSALS } from './errors';
import type { BookingRecord, EventTypeRecord } from './state';
import type { SlotsQuery } from './validation';

/**
 * The times of event types: every half hour from 8:00 to 18:00, Monday to Friday, on the wall clocks of the schedule's
 * zone. A host has one accepted booking at a time, whatever its event type.
 */

const OPENS_AT_HOUR = 8;
const CLOSES_AT_HOUR = 18;
const EVERY_MINUTES = 30;
const SATURDAY = 6;
/** The wall time of the slot that crosses midnight. It is offered while `midnightSlots` is on. */
const BEFORE_MIDNIGHT = { hour: 23, minute: 45 };
/** More days than anybody asks for; the vendor names no limit. */
const MOST_DAYS = 400;

/** A span of time, both ends in UTC, in ms since the epoch. */
interface Span {
  start: number;
  end: number;
}

/** Returns the free times of an event type, earliest first. The `empty` control hides them all. */
export function freeTimes(context: Context, query: SlotsQuery): Span[] {
  const eventType = eventTypeOf(context, query.eventTypeId);
  const [from, to] = rangeOf(query);
  if (from > to) throw REFUSALS.badRange();
  const { slots, bookings } = context.state;
  if (slots.empty > 0) {
    slots.empty -= 1;
    return [];
  }
  const moved = bookings.find(({ uid }) => uid === query.bookingUidToReschedule) ?? null;
  const earliest = context.clock.now() + eventType.noticeMinutes * 60_000;
  const busy = busySpans(context, eventType, moved);
  return startsBetween(context, eventType, from, to)
    .map((start) => ({ start, end: start + lengthMs(eventType) }))
    .filter(({ start }) => start >= earliest && start <= to)
    .filter((span) => !busy.some((other) => overlap(span, other)));
}

/** A date without a time means the start of that day in UTC, for the end of the range its end (code: get-slots-input). */
function rangeOf({ start, end }: SlotsQuery): [number, number] {
  const utc = (text: string): DateTime => DateTime.fromISO(text, { zone: 'utc' });
  const last = end.includes('T') ? utc(end) : utc(end).endOf('day');
  return [utc(start).toMillis(), last.toMillis()];
}

/** Refuses a time that cannot be booked: past, too soon, outside of the schedule, or held by another booking. */
export function claim(
  context: Context,
  eventType: EventTypeRecord,
  start: number,
  moved: BookingRecord | null,
): void {
  const { slots } = context.state;
  const now = context.clock.now();
  if (start <= now) throw REFUSALS.past();
  if (start < now + eventType.noticeMinutes * 60_000) throw REFUSALS.outOfBounds();
  if (slots.snatch > 0) {
    slots.snatch -= 1;
    slots.taken.push(takenKey(eventType, start));
  }
  const span = { start, end: start + lengthMs(eventType) };
  const isBusy = busySpans(context, eventType, moved).some((other) => overlap(span, other));
  if (isBusy || !isInSchedule(context, eventType, span)) throw REFUSALS.taken();
}

export function lengthMs({ lengthMinutes }: EventTypeRecord): number {
  return lengthMinutes * 60_000;
}

function takenKey({ ownerId }: EventTypeRecord, start: number): string {
  return `${ownerId}|${new Date(start).toISOString()}`;
}

/** What holds the host's time: accepted bookings, and pending ones where they hold it. */
function busySpans(context: Context, eventType: EventTypeRecord, moved: BookingRecord | null): Span[] {
  const { bookings, slots } = context.state;
  const held = bookings.filter(
    (one) =>
      one.hostId === eventType.ownerId &&
      one.uid !== moved?.uid &&
      isLive(one) &&
      (one.status !== 'pending' || eventTypeOf(context, one.eventTypeId).pendingHolds),
  );
  const taken = slots.taken
    .filter((key) => key.startsWith(`${eventType.ownerId}|`))
    .map((key) => Date.parse(key.slice(key.indexOf('|') + 1)));
  return [
    ...held.map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) })),
    ...taken.map((start) => ({ start, end: start + lengthMs(eventType) })),
  ];
}

function overlap(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}

function isInSchedule(context: Context, eventType: EventTypeRecord, span: Span): boolean {
  const start = DateTime.fromMillis(span.start, { zone: eventType.timeZone });
  if (context.state.quirks.midnightSlots && isMidnightStart(start)) return true;
  const end = DateTime.fromMillis(span.end, { zone: eventType.timeZone });
  const opens = start.startOf('day').set({ hour: OPENS_AT_HOUR });
  const closes = start.startOf('day').set({ hour: CLOSES_AT_HOUR });
  return start.weekday < SATURDAY && start >= opens && end <= closes;
}

function isMidnightStart({ hour, minute }: DateTime): boolean {
  return hour === BEFORE_MIDNIGHT.hour && minute === BEFORE_MIDNIGHT.minute;
}

function startsBetween(context: Context, eventType: EventTypeRecord, from: number, to: number): number[] {
  const { timeZone, lengthMinutes } = eventType;
  const first = DateTime.fromMillis(from, { zone: timeZone }).startOf('day');
  const late = context.state.quirks.midnightSlots === true;
  const days = Math.min(Math.ceil((to - first.toMillis()) / 86_400_000) + 1, MOST_DAYS);
  return Array.from({ length: Math.max(0, days) }, (_, index) => first.plus({ days: index }))
    .flatMap((day) => startsOfDay(day, lengthMinutes, late))
    .filter((start) => start >= from && start <= to);
}

/** Each day is computed once: times in zones are slow to compute, and a search needs hundreds. */
const ofDays = remembering<readonly number[]>();

function startsOfDay(day: DateTime, lengthMinutes: number, late: boolean): readonly number[] {
  const key = [day.zoneName, day.toISODate(), lengthMinutes, late].join('|');
  return ofDays(key, () => {
    const open = day.weekday < SATURDAY ? openStarts(day, lengthMinutes) : [];
    return late ? [...open, day.set(BEFORE_MIDNIGHT).toMillis()] : open;
  });
}

function openStarts(day: DateTime, lengthMinutes: number): number[] {
  const last = (CLOSES_AT_HOUR - OPENS_AT_HOUR) * 60 - lengthMinutes;
  const count = Math.floor(last / EVERY_MINUTES) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const minute = OPENS_AT_HOUR * 60 + index * EVERY_MINUTES;
    return day.set({ hour: Math.floor(minute / 60), minute: minute % 60 }).toMillis();
  });
}
