import type { Appointment, AppointmentPhase, Slot } from '../../booking/model';
import { REF_MARK, refInNotes } from '../../booking/ref';
import { brief, whole } from '../bounded';
import { LEFT_OUT, type Notice } from '../once';
import { folded, readable } from '../reading';
import { spanOf } from '../time-text';
import type { CalcomAccount } from './accounts';
import { timeOf } from './times';
import type { BookingWire, SlotWire } from './wire';

/** Translates Cal.com's words into the domain's. It is total: everything that passed the wire schemas is translated. */

/**
 * What the statuses mean (docs/providers.md#statuses-of-calcom). `awaiting_host` is an instant booking that nobody has
 * taken yet. Words that the table does not name become `unknown`, which moves nothing and counts as live.
 */
const PHASES: Readonly<Record<string, AppointmentPhase>> = {
  accepted: 'confirmed',
  pending: 'pending',
  awaiting_host: 'pending',
  cancelled: 'cancelled',
  rejected: 'cancelled',
};

/** Where our ref is kept in a booking's metadata, which comes back and goes along when the booking is moved. */
export const REF_KEY = 'bookingRef';

/** Returns our ref in a booking's metadata; null when it carries none of ours. */
export function refOf(metadata: Readonly<Record<string, unknown>> | null | undefined): string | null {
  const value = metadata && Object.hasOwn(metadata, REF_KEY) ? metadata[REF_KEY] : undefined;
  return typeof value === 'string' ? refInNotes(`${REF_MARK}${value}`) : null;
}

/** Returns the uid of the booking that took this one's place; null when it was not moved. */
export function movedTo({ rescheduledToUid }: BookingWire): string | null {
  return whole(rescheduledToUid);
}

/**
 * Returns an appointment. A moved one has ended: its new booking is another appointment. `ref` is what the booking says,
 * or what the one said that it was moved from.
 */
export function toAppointment(
  wire: BookingWire,
  { timezone }: Pick<CalcomAccount, 'timezone'>,
  notice: Notice,
  ref: string | null = refOf(wire.metadata),
): Appointment {
  const start = timeOf(wire.start, { field: 'booking.start', notice });
  const end = timeOf(wire.end, { field: 'booking.end', notice });
  return {
    id: wire.uid,
    orderId: null,
    provider: 'calcom',
    providerId: null,
    externalId: whole(wire.id),
    type: brief(wire.eventType?.slug) ?? 'booking',
    status: statusOf(wire.status),
    eventStatus: null,
    phase: phaseOf(wire.status, notice),
    ...spanOf(start, end, timezone, notice),
    timezone,
    address: null,
    location: null,
    place: toPlace(wire.location),
    canReschedule: null,
    ref,
    reason: brief(wire.cancellationReason || wire.reschedulingReason),
  };
}

/** Returns a status as the table spells it; a word that it does not name stays as it came. */
export function statusOf(status: string | null | undefined): string {
  const word = folded(status ?? '');
  return Object.hasOwn(PHASES, word) ? word : (brief(status) ?? 'unknown');
}

/** Returns what a status means to the saga. */
export function phaseOf(status: string | null | undefined, notice: Notice): AppointmentPhase {
  const word = folded(status ?? '');
  const known = Object.hasOwn(PHASES, word) ? PHASES[word] : undefined;
  if (known === undefined) notice('booking.status', status ?? 'missing');
  return known ?? 'unknown';
}

/** A location that only Cal.com understands, such as `integrations:daily`. */
const INTERNAL = /^integrations:/;

function toPlace(location: string | null | undefined): Appointment['place'] {
  const name = location && !INTERNAL.test(location) ? brief(location) : null;
  return name ? { code: null, name, address: null } : null;
}

/** Returns the slots of all days, at the account's place. A slot without a readable start or end is left out. */
export function toSlots(
  days: Readonly<Record<string, readonly (SlotWire | null)[]>>,
  zone: string,
  notice: Notice,
): Slot[] {
  return Object.values(days).flatMap((slots) =>
    readable(slots).flatMap((slot) => toSlot(slot, zone, notice) ?? []),
  );
}

/** A slot has no key and does not expire: it is booked by its start (docs/providers.md#slots-of-calcom). */
function toSlot(wire: SlotWire, timezone: string, notice: Notice): Slot | null {
  const start = timeOf(wire.start, { field: 'slot.start', notice });
  const end = timeOf(wire.end, { field: 'slot.end', notice });
  const { startsAt, endsAt, ...offsets } = spanOf(start, end, timezone, notice);
  if (!wire.start) notice('slot.start', LEFT_OUT);
  if (!wire.end) notice('slot.end', LEFT_OUT);
  if (!startsAt || !endsAt) return null;
  return {
    key: startsAt,
    startsAt,
    endsAt,
    expiresAt: null,
    timezone,
    ...offsets,
    price: null,
    distance: null,
    location: null,
    place: null,
  };
}
