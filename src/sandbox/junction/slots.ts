import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { DateTime } from 'luxon';
import { remembering } from '../remember';
import { HOME_AREAS, PSC_TIMEZONE, SITES } from './catalogue';
import { isLive, type Context } from './context';
import { REFUSALS } from './errors';
import type { VisitKind } from './state';

/**
 * Slots are computed from kind, place, day and hour, so that a restart offers the same slots. A slot's id is
 * `<kind>|<place>|<day>|<HH:mm>`; a booking key is that id with its expiry, signed.
 */

export interface Slot {
  id: string;
  kind: VisitKind;
  /** ZIP code at home, site code at a PSC. */
  place: string;
  start: DateTime;
  end: DateTime;
  /** Both in UTC, in the format of the wire. */
  startAt: string;
  endAt: string;
  capacity: number;
  price: number;
  isPriority: boolean;
  /** Whether it can be booked online; otherwise it is shown without a key. */
  bookable: boolean;
}

interface Timetable {
  lengthMinutes: number;
  /** Wall times at the place, `HH:mm`. */
  starts: readonly string[];
  /** Days that one search covers. */
  days: number;
  timezone: (place: string) => string | null;
}

function every(minutes: number, from: number, to: number): string[] {
  const count = ((to - from) * 60) / minutes;
  return Array.from({ length: count }, (_, index) => {
    const minute = from * 60 + index * minutes;
    return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  });
}

/** Days covered: docs/providers.md#slots. Hours at draw sites: docs/providers.md#junctions-sandbox. */
const TIMETABLES: Readonly<Record<VisitKind, Timetable>> = {
  phlebotomy: {
    lengthMinutes: 120,
    starts: every(120, 7, 19),
    days: 14,
    timezone: (zip) => HOME_AREAS[zip]?.timezone ?? null,
  },
  psc: {
    lengthMinutes: 20,
    starts: every(20, 7, 12),
    days: 21,
    timezone: (code) => (SITES.some((site) => site.code === code && site.active) ? PSC_TIMEZONE : null),
  },
};

/** The start of the slot that crosses midnight. It is offered while `midnightSlots` is on. */
const BEFORE_MIDNIGHT = '23:30';
const ACROSS_MIDNIGHT_MINUTES = 60;

/** A day's free slots. */
export interface Day {
  date: string;
  slots: (Slot & { free: number })[];
}

/**
 * Returns the free slots from `startDate` on (default: today, at the place); none of them is today. Refuses a start
 * in the past. A place that is not served has no slots.
 */
export function freeSlots(context: Context, kind: VisitKind, place: string, startDate?: string): Day[] {
  const { days, starts } = TIMETABLES[kind];
  const zone = zoneOf(context, kind, place);
  if (zone === null) return [];
  const offered = context.state.quirks.midnightSlots ? [...starts, BEFORE_MIDNIGHT] : starts;
  const today = DateTime.fromMillis(context.clock.now(), { zone }).startOf('day');
  const from = startDate === undefined ? today : DateTime.fromISO(startDate, { zone });
  if (from < today) throw REFUSALS.pastStart();
  const holders = holdersBySlot(context);
  return Array.from({ length: days }, (_, index) => from.plus({ days: index }))
    .filter((day) => day > today)
    .map((day) => day.toISODate() ?? '')
    .map((date) => ({
      date,
      slots: offered
        .map((time) => slotAt(context, kind, place, date, time))
        .filter((slot) => slot !== null)
        .map((slot) => ({ ...slot, free: placesLeft(context, slot, holders) }))
        .filter(({ free }) => free > 0),
    }));
}

/** Returns how many of a slot's places are left; 0 when somebody else took the slot. */
export function placesLeft(context: Context, slot: Slot, holders = holdersBySlot(context)): number {
  if (context.state.slots.taken.includes(slot.id)) return 0;
  const capacity = context.state.slots.capacity ?? slot.capacity;
  return Math.max(0, capacity - (holders.get(slot.id) ?? 0));
}

function holdersBySlot(context: Context): Map<string, number> {
  const counts = new Map<string, number>();
  for (const holder of Object.values(context.state.appointments)) {
    if (holder.slotId === null || !isLive(holder)) continue;
    counts.set(holder.slotId, (counts.get(holder.slotId) ?? 0) + 1);
  }
  return counts;
}

/** Returns a key that books this slot until the key expires; null when the slot cannot be booked online. */
export function bookingKey(context: Context, slot: Slot): { key: string; expiresAt: Date } | null {
  if (!slot.bookable) return null;
  const expiresAt = context.clock.now() + context.clock.scaled(context.keyLifetimeMs);
  const content = [slot.id, expiresAt, context.state.slots.keyGeneration].join('~');
  const key = `${Buffer.from(content).toString('base64url')}.${signature(context, content)}`;
  return { key, expiresAt: new Date(expiresAt) };
}

/** Returns the slot that a key books. Refuses a key that is forged, expired, or for another kind. */
export function slotOfKey(context: Context, kind: VisitKind, key: string): Slot {
  const [encoded = '', signed = ''] = key.split('.');
  const content = Buffer.from(encoded, 'base64url').toString();
  const [id = '', expiresAt, generation] = content.split('~');
  const slot = slotOfId(context, id);
  const good =
    same(signed, signature(context, content)) &&
    Number(expiresAt) > context.clock.now() &&
    Number(generation) === context.state.slots.keyGeneration;
  if (!good || slot === null || slot.kind !== kind) throw REFUSALS.badBookingKey();
  return slot;
}

/** Returns the slot of an id; null when there is no such slot. */
function slotOfId(context: Context, id: string): Slot | null {
  const [kind, place = '', date = '', time = ''] = id.split('|');
  return kind === 'phlebotomy' || kind === 'psc' ? slotAt(context, kind, place, date, time) : null;
}

/** Formats a time in UTC, with `+00:00` as the seed has it. */
function utc(time: DateTime): string {
  return time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

/** Returns the zone of a place's wall clocks; null where nothing is served. */
function zoneOf({ state }: Context, kind: VisitKind, place: string): string | null {
  const { offset } = state.zone;
  const zone = TIMETABLES[kind].timezone(place);
  return zone === null || offset === null ? zone : `UTC${offset}`;
}

/** Each slot is computed once: times in zones are slow to compute, and a search needs hundreds. */
const slots = remembering<Slot | null>();

function slotAt(context: Context, kind: VisitKind, place: string, date: string, time: string): Slot | null {
  const { starts } = TIMETABLES[kind];
  const zone = zoneOf(context, kind, place);
  if (zone === null || !(starts.includes(time) || time === BEFORE_MIDNIGHT)) return null;
  return slots([zone, kind, place, date, time].join('|'), () => slotIn(zone, kind, place, date, time));
}

function slotIn(zone: string, kind: VisitKind, place: string, date: string, time: string): Slot | null {
  const start = DateTime.fromISO(`${date}T${time}`, { zone });
  // A time that the clocks skip on this day has no slot.
  if (!start.isValid || start.toFormat('HH:mm') !== time) return null;
  const minutes = time === BEFORE_MIDNIGHT ? ACROSS_MIDNIGHT_MINUTES : TIMETABLES[kind].lengthMinutes;
  const end = start.plus({ minutes });
  const id = [kind, place, date, time].join('|');
  const dice = createHash('sha256').update(id).digest();
  return {
    id,
    kind,
    place,
    start,
    end,
    startAt: utc(start),
    endAt: utc(end),
    capacity: kind === 'psc' ? 1 : 1 + (dice.readUInt8(0) % 3),
    price: kind === 'psc' ? 0 : 50 + 5 * (dice.readUInt8(1) % 6),
    isPriority: dice.readUInt8(2) % 5 === 0,
    bookable: dice.readUInt8(3) % 12 !== 0,
  };
}

function signature(context: Context, content: string): string {
  return createHmac('sha256', context.state.keySecret).update(content).digest('base64url').slice(0, 22);
}

function same(given: string, wanted: string): boolean {
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}
