import { DateTime } from 'luxon';
import { remembering } from '../remember';
import { isLive, zoneOf, type Context } from './context';
import { REFUSALS } from './errors';
import type { Practice } from './state';
import { APPOINTMENT_TYPES, type AppointmentType, type OpenTimesQuery } from './validation';

/**
 * Slots are computed from practice, vet, day and hour, so that a restart offers the same slots. A slot's `uuid` holds
 * practice, type, vet and start, as the contract says. A slot takes up a vet's time, whatever its type.
 */

export interface Slot {
  practice: Practice;
  type: AppointmentType;
  vet: Vet;
  start: DateTime;
  end: DateTime;
  /** The vet's time that it takes up: `<practice>|<vet>|<start in UTC>`. */
  key: string;
  /** The identifier that a create books it by. */
  uuid: string;
}

interface Vet {
  id: string;
  roomId: string;
  types: readonly AppointmentType[];
  /** Wall times at the practice, `HH:mm`. */
  starts: readonly string[];
}

/** The open times of a day. */
export interface OpenDay {
  day: DateTime;
  slots: Slot[];
}

const SLOT_MINUTES = 20;
/** The start of the slot that crosses midnight. It is open while `midnightSlots` is on. */
const BEFORE_MIDNIGHT = '23:30';
const ACROSS_MIDNIGHT_MINUTES = 60;
/** How many days one search covers; the contract gives no number. */
const DAYS = 14;
const SUNDAY = 7;

const halfHours = (from: number, to: number): string[] =>
  Array.from({ length: (to - from) * 2 }, (_, index) => {
    const hour = String(from + Math.floor(index / 2)).padStart(2, '0');
    return `${hour}:${index % 2 === 0 ? '00' : '30'}`;
  });

const VETS: readonly Vet[] = [
  { id: '11', roomId: '21', types: APPOINTMENT_TYPES, starts: halfHours(8, 19) },
  { id: '12', roomId: '22', types: ['wellness', 'recheck'], starts: halfHours(13, 19) },
];

/** Returns the open times from the asked day on, without past ones. The `empty` control hides them all. */
export function openTimes(context: Context, practice: Practice, query: OpenTimesQuery): OpenDay[] {
  const zone = zoneOf(context, practice);
  const asked = DateTime.fromISO(query.search_from_date, { zone });
  const earliest = DateTime.max(asked, DateTime.fromMillis(context.clock.now(), { zone }));
  const { slots } = context.state;
  const hidden = slots.empty > 0;
  if (hidden) slots.empty -= 1;
  const held = heldKeys(context);
  return Array.from({ length: DAYS }, (_, index) => earliest.startOf('day').plus({ days: index })).map(
    (day) => ({
      day,
      slots: hidden
        ? []
        : slotsOf(context, practice, query.appointment_type, day).filter(
            ({ start, key }) => start > earliest && !held.has(key),
          ),
    }),
  );
}

/** Returns the slot that an identifier books. Refuses an identifier of no slot of this practice, or of a past slot. */
export function slotOf(context: Context, practice: Practice, uuid: string): Slot {
  const [, type, , startAt = ''] = Buffer.from(uuid, 'base64url').toString().split('|');
  const day = DateTime.fromISO(startAt, { zone: zoneOf(context, practice) }).startOf('day');
  const known = APPOINTMENT_TYPES.find((one) => one === type);
  const ofDay = known !== undefined && day.isValid ? slotsOf(context, practice, known, day) : [];
  const slot = ofDay.find((one) => one.uuid === uuid);
  if (!slot) throw REFUSALS.badSlot();
  if (slot.start.toMillis() <= context.clock.now()) throw REFUSALS.slotGone();
  return slot;
}

/** Refuses a slot that somebody else took, or that holds an appointment when the account refuses a second one. */
export function claim(context: Context, slot: Slot): void {
  const { slots, account } = context.state;
  if (slots.snatch > 0) {
    slots.snatch -= 1;
    slots.taken.push(slot.key);
  }
  if (slots.taken.includes(slot.key)) throw REFUSALS.slotGone();
  if (account.secondCreate === 'refused' && heldKeys(context).has(slot.key)) throw REFUSALS.slotGone();
}

function heldKeys(context: Context): Set<string | null> {
  const { appointments, slots } = context.state;
  return new Set([...slots.taken, ...appointments.filter(isLive).map(({ slotKey }) => slotKey)]);
}

/** Each day is computed once: times in zones are slow to compute, and a search needs hundreds. */
const ofDays = remembering<readonly Slot[]>();

function slotsOf(
  context: Context,
  practice: Practice,
  type: AppointmentType,
  day: DateTime,
): readonly Slot[] {
  if (day.weekday === SUNDAY) return [];
  const late = context.state.quirks.midnightSlots ? [BEFORE_MIDNIGHT] : [];
  return ofDays([practice, type, day.zoneName, day.toMillis(), ...late].join('|'), () =>
    VETS.filter(({ types }) => types.includes(type))
      .flatMap((vet) => [...vet.starts, ...late].map((time) => slotAt(practice, type, vet, day, time)))
      .sort((a, b) => a.start.toMillis() - b.start.toMillis()),
  );
}

function slotAt(practice: Practice, type: AppointmentType, vet: Vet, day: DateTime, time: string): Slot {
  const [hour, minute] = time.split(':').map(Number);
  const start = day.set({ hour, minute });
  const end = start.plus({ minutes: time === BEFORE_MIDNIGHT ? ACROSS_MIDNIGHT_MINUTES : SLOT_MINUTES });
  const startAt = start.toUTC().toISO();
  const key = [practice, vet.id, startAt].join('|');
  const uuid = Buffer.from([practice, type, vet.id, startAt].join('|')).toString('base64url');
  return { practice, type, vet, start, end, key, uuid };
}
