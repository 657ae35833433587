import { DateTime, IANAZone } from 'luxon';
import { Failure } from './failures';
import type { Slot } from './model';
import type { SlotWindow } from './schema/request';

/**
 * Wanted windows: wall time at the appointment's place, DST included. Needs zone data, which differs between
 * machines: never imported by workflows, whose replay would break on it.
 */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Inclusive calendar days at the place, `YYYY-MM-DD`. */
export interface DayRange {
  from: string;
  to: string;
}

/** Whether `name` is an IANA zone that this machine knows. Offsets such as `+02:00` are none: they have no DST. */
export function isZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
}

/** The calendar day, `YYYY-MM-DD`, that an instant falls on in a zone. The zone must be one (`isZone`). */
export function localDay(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM-dd');
}

/** The calendar day `days` after another. */
export function addDays(day: string, days: number): string {
  return utcDay(day).plus({ days }).toFormat('yyyy-MM-dd');
}

/**
 * The slots that lie wholly inside a window's hours on one of its days, in their order. A slot's own zone counts,
 * else `timezone`. Throws `invalid_request` (field `timezone`) where neither is known.
 */
export function slotsInWindows(
  slots: readonly Slot[],
  windows: readonly SlotWindow[],
  timezone: string | null,
): Slot[] {
  return slots.filter((slot) => {
    const span = wallSpan(slot, zoneOf(slot, timezone));
    return span !== null && windows.some((window) => isInside(span, window));
  });
}

/** The zone of a slot's place. Throws `invalid_request` (field `timezone`) where it is unknown. */
export function zoneOf(slot: Slot, timezone: string | null): string {
  const zone = [slot.timezone, timezone].find((name) => name !== null && isZone(name));
  if (zone) return zone;
  throw new Failure('invalid_request', {
    field: 'timezone',
    hint: 'The provider gives no time zone: name the IANA zone of the place, like America/New_York.',
  });
}

/**
 * The days to ask the provider for: every wanted day is in one of the ranges, which neither overlap nor touch and
 * come in order. Days that a window skips inside its range are left in: fewer calls beat fewer days.
 */
export function daysOf(windows: readonly SlotWindow[]): DayRange[] {
  const ranges = windows.map(trimmed).filter((range) => range !== null);
  ranges.sort((a, b) => (a.from < b.from ? -1 : 1));
  const merged: DayRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (!last || addDays(last.to, 1) < range.from) merged.push({ ...range });
    else if (range.to > last.to) last.to = range.to;
  }
  return merged;
}

/** The days on which an instant may be, wherever on Earth: its day in UTC and the days beside it. */
export function daysAround(instant: Date): DayRange {
  const day = localDay(instant, 'UTC');
  return { from: addDays(day, -1), to: addDays(day, 1) };
}

/** The instant at which a window is over in `zone`; null when it names no day at all. */
export function windowEnd(window: SlotWindow, zone: string): Date | null {
  const range = trimmed(window);
  if (!range) return null;
  const [, end] = hoursOf(window);
  return DateTime.fromISO(range.to, { zone })
    .plus({ days: Math.floor(end / DAY_MS) })
    .set({ hour: Math.floor((end % DAY_MS) / (60 * MINUTE_MS)), minute: (end / MINUTE_MS) % 60 })
    .toJSDate();
}

/** A window's hours as ms since the place's midnight; the whole day when it names none. */
export function hoursOf(window: SlotWindow): [start: number, end: number] {
  if (!window.hours) return [0, DAY_MS];
  const [start = 0, end = 0] = window.hours.split('-').map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return (hour * 60 + minute) * MINUTE_MS;
  });
  return [start, end];
}

/** A slot by the clock on the wall: its day and the ms since that day's midnight. */
interface WallSpan {
  day: string;
  start: number;
  end: number;
}

/**
 * A slot during which the clocks change has two spans, one by the clock before and one by the clock after; the
 * span that covers both is taken, so that no moment of the slot shows a time outside the window.
 */
function wallSpan(slot: Slot, zone: string): WallSpan | null {
  const start = DateTime.fromISO(slot.startsAt, { zone });
  const end = DateTime.fromISO(slot.endsAt, { zone });
  const duration = end.toMillis() - start.toMillis();
  if (!(duration > 0)) return null;
  const day = start.toFormat('yyyy-MM-dd');
  const endDay = end.toFormat('yyyy-MM-dd');
  const daysLater = utcDay(endDay).diff(utcDay(day)).toMillis();
  const startMs = msOfDay(start);
  const endMs = msOfDay(end) + daysLater;
  return { day, start: Math.min(startMs, endMs - duration), end: Math.max(startMs + duration, endMs) };
}

function isInside(span: WallSpan, window: SlotWindow): boolean {
  const [start, end] = hoursOf(window);
  return (
    span.day >= window.from &&
    span.day <= window.to &&
    isWantedDay(window, span.day) &&
    span.start >= start &&
    span.end <= end
  );
}

/** A window's range cut down to its first and last wanted day; null when there is none. */
function trimmed(window: SlotWindow): DayRange | null {
  let { from, to } = window;
  for (let n = 0; n < WEEKDAYS.length && from <= to && !isWantedDay(window, from); n++)
    from = addDays(from, 1);
  for (let n = 0; n < WEEKDAYS.length && from <= to && !isWantedDay(window, to); n++) to = addDays(to, -1);
  return from <= to ? { from, to } : null;
}

function isWantedDay(window: SlotWindow, day: string): boolean {
  if (!window.days) return true;
  const name = WEEKDAYS[utcDay(day).weekday - 1];
  return name !== undefined && window.days.includes(name);
}

/** Wall time, not time since midnight: on the day of a change they differ. */
function msOfDay(time: DateTime): number {
  return (time.hour * 60 + time.minute) * MINUTE_MS + time.second * 1000 + time.millisecond;
}

function utcDay(day: string): DateTime {
  return DateTime.fromISO(day, { zone: 'utc' });
}
