import type { Appointment, Slot, AppointmentPhase } from '../../booking/model';
import { brief, MAX_KEY_LENGTH, whole } from '../bounded';
import { LEFT_OUT, UNHEARD, type Notice } from '../once';
import { folded, readable } from '../reading';
import { rfc3339, spanOf } from '../time-text';
import type { OliverAccount } from './accounts';
import { idOf } from './appointment-list';
import { dayOf, timeOf } from './times';
import type { AppointmentWire, OpenTimeWire, TimeSlotWire } from './wire';

/** Translates Oliver's words into the domain's. It is total: everything that passed the wire schemas is translated. */

/**
 * What the statuses mean (contract: Appointment.status). DECLINED and DELETED are refusals
 * (docs/providers.md#statuses). ACCEPTED is the clinic's yes, and CONFIRMED is the client's yes to a reminder; the
 * account's setting decides whether ACCEPTED confirms. Words that the table does not name become `unknown`, which moves
 * nothing and counts as live. The case of a known word does not matter.
 */
const PHASES: Readonly<Record<string, AppointmentPhase>> = {
  REQUESTED: 'pending',
  ACCEPTED: 'confirmed',
  CONFIRMED: 'confirmed',
  IN_PROGRESS: 'in_progress',
  DONE: 'completed',
  DELETED: 'cancelled',
  DECLINED: 'cancelled',
};

/** Returns what a status means to an account. If ACCEPTED does not confirm there, the slot is only held. */
export function phaseOf(
  status: string | null | undefined,
  account: Pick<OliverAccount, 'capabilities'>,
  notice: Notice,
): AppointmentPhase {
  const word = wordOf(status);
  if (word === 'ACCEPTED' && account.capabilities.acceptedSettles === false) return 'reserved';
  const known = Object.hasOwn(PHASES, word) ? PHASES[word] : undefined;
  if (known === undefined) notice('appointment.status', status ?? 'missing');
  return known ?? 'unknown';
}

/** Returns a status in the table's spelling. */
function wordOf(status: string | null | undefined): string {
  return folded(status ?? '').toUpperCase();
}

/**
 * Returns an appointment, from the list or from the answer to create. `booking_date` is its start
 * (docs/providers.md#times-ids-and-headers). The note does not come back, so there is no ref.
 */
export function toAppointment(
  wire: AppointmentWire,
  account: Pick<OliverAccount, 'timezone' | 'capabilities'>,
  notice: Notice,
): Appointment {
  const word = wordOf(wire.status);
  const { timezone } = account;
  const start = timeOf(wire.booking_date, timezone, null, { field: 'appointment.booking_date', notice });
  const end = timeOf(wire.end_date, timezone, null, { field: 'appointment.end_date', notice });
  return {
    id: idOf(wire),
    orderId: null,
    provider: 'oliver',
    providerId: null,
    externalId: whole(wire.remote_id),
    type: 'veterinary',
    status: Object.hasOwn(PHASES, word) ? word : (brief(wire.status) ?? 'unknown'),
    eventStatus: null,
    phase: phaseOf(wire.status, account, notice),
    ...spanOf(start, end, timezone, notice),
    timezone,
    address: null,
    location: null,
    place: null,
    canReschedule: null,
    ref: null,
    reason: null,
  };
}

/** The length of a slot, in ms, by Oliver's own page. It is used when an answer leaves the end out. */
const SLOT_MS = 20 * 60_000;

/**
 * Returns the slots of one day. A slot without a readable start, or a `uuid` that can be carried whole, is left out.
 */
export function toSlots(day: OpenTimeWire | null, zone: string, notice = UNHEARD): Slot[] {
  if (!day) return [];
  const date = dayOf(day.date, { field: 'open_time.date', notice });
  return readable(day.times).flatMap((slot) => toSlot(slot, date, zone, notice) ?? []);
}

function toSlot(wire: TimeSlotWire, day: string | null, timezone: string, notice: Notice): Slot | null {
  const read = (field: 'start' | 'end' | 'value') =>
    timeOf(wire[field], timezone, day, { field: `slot.${field}`, notice });
  const start = read('start') ?? read('value');
  const { startsAt, endsAt, ...offsets } = spanOf(start, read('end'), timezone, notice);
  const key = whole(wire.uuid, MAX_KEY_LENGTH);
  if (!key) notice('slot.uuid', LEFT_OUT);
  if (!wire.start && !wire.value) notice('slot.start', LEFT_OUT);
  if (!key || !start || !startsAt) return null;
  return {
    key,
    startsAt,
    endsAt: endsAt ?? rfc3339(start.ms + SLOT_MS),
    expiresAt: null,
    timezone,
    ...offsets,
    price: null,
    distance: null,
    location: null,
    place: toPlace(wire),
  };
}

/**
 * Returns a slot's vet and room as its place: two vets at the same time are two slots, and one may go while the other
 * stays.
 */
function toPlace({ provider_id, room_id }: TimeSlotWire): Slot['place'] {
  const code = whole([provider_id, room_id].filter(Boolean).join('/'));
  return code === null ? null : { code, name: null, address: null };
}
