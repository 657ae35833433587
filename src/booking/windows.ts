import { Failure } from './failures';
import type { Slot } from './model';
import type { SlotWindow } from './schema/request';
import { offsetMinutes } from './times';
import { hasRules, offsetAt, stretchesOf } from './zone-data';
import { isZone, lastInstant, wallMs, ZONE_HINT, zoneOnWire } from './zones';

export { isZone, ZONE_HINT };

/**
 * Wanted windows: wall time at the appointment's place, DST included. Workflows must not import this file: it needs
 * zone data, which changes from one release to the next and would break their replay.
 */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Inclusive calendar days at the place, `YYYY-MM-DD`. */
export interface DayRange {
  from: string;
  to: string;
}

/** Returns the calendar day, `YYYY-MM-DD`, of an instant in a zone. The zone must be valid (`isZone`). */
export function localDay(instant: Date, zone: string): string {
  return dayOf(wallMs(instant.getTime(), zone));
}

/** Returns the calendar day, `YYYY-MM-DD`, on which a slot starts at its place. Throws as `zoneOf` does. */
export function slotDay(slot: Slot, timezone: string | null): string {
  const startMs = Date.parse(slot.startsAt);
  if (slot.offsets) return dayOf(startMs + offsetMinutes(slot.offsets.startsAt) * MINUTE_MS);
  return localDay(new Date(startMs), zoneOf(slot, timezone));
}

/** Returns the calendar day `days` after another. */
export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(day) + days * DAY_MS);
}

/**
 * Returns the slots that lie wholly inside the windows, in their order. Each day of a slot must lie inside one window's
 * hours on that day, so a slot over midnight needs two wanted days, or hours that end and begin at midnight. A slot's
 * own zone counts, else `timezone`. Throws `invalid_request` (field `timezone`) when neither is known.
 */
export function slotsInWindows(
  slots: readonly Slot[],
  windows: readonly SlotWindow[],
  timezone: string | null,
): Slot[] {
  return slots.filter((slot) => {
    const zone = zoneOf(slot, timezone);
    if (!(Date.parse(slot.endsAt) > Date.parse(slot.startsAt))) return false;
    for (const span of wallSpans(slot, zone)) {
      if (!windows.some((window) => isInside(span, window))) return false;
    }
    return true;
  });
}

/**
 * Returns the zone of a slot's place. `timezone`, from the request or the account, was checked before, maybe by an
 * earlier build. Throws `invalid_request` (field `timezone`) when the zone is unknown.
 */
export function zoneOf(slot: Slot, timezone: string | null): string {
  const own = zoneOnWire(slot.timezone);
  if (own !== null) return own;
  if (timezone !== null && hasRules(timezone)) return timezone;
  throw new Failure('invalid_request', {
    field: 'timezone',
    hint: 'The provider gives no time zone: name the IANA zone of the place, like America/New_York.',
  });
}

/**
 * Returns the days to ask the provider for. Every wanted day is in one of the ranges; they come in order, and neither
 * overlap nor touch. Days that a window skips inside its range are left in, because fewer calls beat fewer days.
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

/** Returns the days on which an instant may be anywhere on Earth: its day in UTC and the two days next to it. */
export function daysAround(instant: Date): DayRange {
  const day = localDay(instant, 'UTC');
  return { from: addDays(day, -1), to: addDays(day, 1) };
}

/** Returns the instant at which a window is over in `zone`; null when the window contains no day. */
export function windowEnd(window: SlotWindow, zone: string): Date | null {
  const range = trimmed(window);
  if (!range) return null;
  const [, end] = hoursOf(window);
  return new Date(lastInstant(Date.parse(range.to) + end, zone));
}

/** Returns a window's hours as ms since the place's midnight; the whole day when it names none. */
export function hoursOf(window: SlotWindow): [start: number, end: number] {
  if (!window.hours) return [0, DAY_MS];
  const [start = 0, end = 0] = window.hours.split('-').map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return (hour * 60 + minute) * MINUTE_MS;
  });
  return [start, end];
}

/** A part of a slot by the clock on the wall: its day and the ms since that day's midnight. */
interface WallSpan {
  day: string;
  start: number;
  end: number;
}

/** Yields what the clock on the wall shows during a slot, cut where the clocks change and at each midnight. */
function* wallSpans(slot: Slot, zone: string): Generator<WallSpan> {
  for (const [start, end] of clockTimes(slot, zone)) {
    // A moment has no length, but counts as a span.
    for (let from = start; from < end || from === start; from = midnightAfter(from)) {
      const midnight = Math.floor(from / DAY_MS) * DAY_MS;
      const to = Math.min(end, midnight + DAY_MS);
      yield { day: dayOf(midnight), start: from - midnight, end: to - midnight };
    }
  }
}

/**
 * Yields the wall times from which to which the clock runs during a slot, one pair more for each change of clocks in
 * it. If the provider wrote different offsets at start and end, it is unknown when the clocks change, so both count for
 * all of it.
 */
function* clockTimes({ startsAt, endsAt, offsets }: Slot, zone: string): Generator<[number, number]> {
  const [startMs, endMs] = [Date.parse(startsAt), Date.parse(endsAt)];
  if (offsets) {
    for (const offset of new Set([offsets.startsAt, offsets.endsAt])) {
      const aheadMs = offsetMinutes(offset) * MINUTE_MS;
      yield [startMs + aheadMs, endMs + aheadMs];
    }
    return;
  }
  let aheadMs = 0;
  for (const { fromMs, untilMs, offsetMin } of stretchesOf(zone, startMs, endMs)) {
    aheadMs = offsetMin * MINUTE_MS;
    yield [fromMs + aheadMs, untilMs + aheadMs];
  }
  // If the clocks change at the very end, the clock shows another time there. A day that ends then still ends at
  // midnight.
  const [before, after] = [endMs + aheadMs, endMs + offsetAt(zone, endMs) * MINUTE_MS];
  if (after !== before && before % DAY_MS !== 0) yield [after, after];
}

function midnightAfter(wall: number): number {
  return (Math.floor(wall / DAY_MS) + 1) * DAY_MS;
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

/** Returns a window's range cut down to its first and last wanted day; null when there is none. */
function trimmed(window: SlotWindow): DayRange | null {
  let { from, to } = window;
  for (let n = 0; n < WEEKDAYS.length && from <= to && !isWantedDay(window, from); n++)
    from = addDays(from, 1);
  for (let n = 0; n < WEEKDAYS.length && from <= to && !isWantedDay(window, to); n++) to = addDays(to, -1);
  return from <= to ? { from, to } : null;
}

function isWantedDay(window: SlotWindow, day: string): boolean {
  if (!window.days) return true;
  const name = WEEKDAYS[new Date(day).getUTCDay()];
  return name !== undefined && window.days.includes(name);
}

function dayOf(wall: number): string {
  return new Date(wall).toISOString().slice(0, DAY_LENGTH);
}

const DAY_LENGTH = 'YYYY-MM-DD'.length;
