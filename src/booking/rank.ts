import { ageOn } from './age';
import type { Slot } from './model';
import type { BookingRequest } from './schema/request';
import { slotMark } from './slot-mark';
import { isSameTime, LAST_ZONE_ON_EARTH } from './times';
import { localDay, slotDay, slotsInWindows } from './windows';

/** Which slots may be tried, and in which order. Runs in activities: windows need zone data. */

export type Preference = BookingRequest['preference'];

type Compare = (a: Slot, b: Slot) => number;

const byStart: Compare = (a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt);
const byKey: Compare = (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

const ORDER: Readonly<Record<Preference, readonly Compare[]>> = {
  earliest: [byStart, byKey],
  closest: [nullsLast((slot) => slot.distance), byStart, byKey],
  cheapest: [nullsLast((slot) => slot.price), byStart, byKey],
};

/**
 * Returns the slots, best first. Slots without a known distance or price come last. Ties go to the earlier start, then
 * to the smaller key, so the same slots always come in the same order.
 */
export function rankSlots(slots: readonly Slot[], preference: Preference): Slot[] {
  const compares = ORDER[preference];
  return [...slots].sort((a, b) => {
    for (const compare of compares) {
      const difference = compare(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

export interface SlotChoice {
  slots: readonly Slot[];
  request: Pick<BookingRequest, 'windows' | 'slot' | 'preference' | 'timezone'>;
  now: Date;
  /** How far in the future a slot must start, in ms; at 0 it only must not have started. */
  leadTimeMs: number;
  /** How old the patient must be on the visit's day at the place; null = any age. */
  minAgeYears: number | null;
  /** `YYYY-MM-DD`; null when it is not known, and then no slot is left out for age. */
  dob: string | null;
  /** The account's zone, used when neither slot nor request has one. */
  timezone: string | null;
  /** Keys of slots that were tried. */
  exclude?: readonly string[];
  /** Marks of slots that were tried; marks outlive a search. */
  tried?: readonly string[];
  /** How many to keep. */
  max: number;
}

/**
 * Returns the slots worth trying, best first, at most `max`. A request for one slot gets that slot or none: the one
 * with its key, or the only one at its exact times, since a search may hand out new keys for the same slot. Throws
 * `invalid_request` (field `timezone`) when a slot's zone is needed and unknown.
 */
export function chooseSlots(choice: SlotChoice): Slot[] {
  const { request } = choice;
  const timezone = request.timezone ?? choice.timezone;
  const open = choice.slots.filter((slot) => isOpen(slot, choice));
  const wanted = request.slot
    ? theSlot(open, request.slot)
    : slotsInWindows(open, request.windows ?? [], timezone);
  const allowed = wanted.filter((slot) => isOldEnough(slot, choice, timezone));
  return rankSlots(allowed, request.preference).slice(0, choice.max);
}

/** How many bytes of slots as JSON a booking carries: each search's answer stays in its history. */
const MAX_CARRIED_BYTES = 65_536;

/** Returns the first slots, as many as a booking may carry. One always fits, because adapters bound keys and texts. */
export function carried(slots: readonly Slot[]): Slot[] {
  const encoder = new TextEncoder();
  let bytes = 0;
  return slots.filter((slot) => {
    bytes += encoder.encode(JSON.stringify(slot)).byteLength;
    return bytes <= MAX_CARRIED_BYTES;
  });
}

function theSlot(slots: Slot[], { key, startsAt, endsAt }: NonNullable<BookingRequest['slot']>): Slot[] {
  const byItsKey = slots.filter((slot) => slot.key === key);
  if (byItsKey.length > 0) return byItsKey;
  const atItsTimes = slots.filter(
    (slot) => isSameTime(slot.startsAt, startsAt) && isSameTime(slot.endsAt, endsAt),
  );
  return atItsTimes.length === 1 ? atItsTimes : [];
}

function isOpen(slot: Slot, { now, leadTimeMs, exclude = [], tried = [] }: SlotChoice): boolean {
  const aheadMs = Date.parse(slot.startsAt) - now.getTime();
  const keyWorks = slot.expiresAt === null || Date.parse(slot.expiresAt) > now.getTime();
  const isTried = exclude.includes(slot.key) || tried.includes(slotMark(slot));
  return aheadMs > 0 && aheadMs >= leadTimeMs && keyWorks && !isTried;
}

function isOldEnough(slot: Slot, { minAgeYears, dob }: SlotChoice, timezone: string | null): boolean {
  if (minAgeYears === null || dob === null) return true;
  const startsAt = new Date(slot.startsAt);
  // Old enough in the zone where days begin last means old enough everywhere, so the place's zone need not be known.
  if (ageOn(dob, localDay(startsAt, LAST_ZONE_ON_EARTH)) >= minAgeYears) return true;
  return ageOn(dob, slotDay(slot, timezone)) >= minAgeYears;
}

function nullsLast(value: (slot: Slot) => number | null): Compare {
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return x - y;
  };
}
