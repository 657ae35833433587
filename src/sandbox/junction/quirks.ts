import type { JunctionState, Quirk } from './state';

/**
 * The quirks of docs/providers.md#what-comes-back. Each changes an answer that is right by the contract. They apply
 * to answers and webhooks; `GET /_sandbox/state` stays plain. The quirks of availability:
 * - `oddSlots`: each day's slots also hold null, a text, an empty object, a slot without times and a slot at `soon`;
 * - `oddDays`: the days also hold null, a day with `slots: null`, one without `slots` and one whose slots are a text;
 * - `midnightSlots` (see slots.ts): each day also has a slot from 23:30 to 00:30.
 * The quirks of values and of bytes are the same at all sandboxes: ../oddities.ts, ../bytes.ts.
 */

type Wire = Record<string, unknown>;
type Change = (wire: Wire) => Wire;
type Quirks = JunctionState['quirks'];

/** Returns `appointment` with the quirks that are on. */
export function quirkyAppointment(quirks: Quirks, appointment: Wire): Wire {
  return changed(quirks, APPOINTMENT_CHANGES, appointment);
}

/** Returns `order` with the quirks that are on. */
export function quirkyOrder(quirks: Quirks, order: Wire): Wire {
  return changed(quirks, ORDER_CHANGES, order);
}

/** Returns a day's slots, with odd ones among them while `oddSlots` is on. */
export function quirkySlots(quirks: Quirks, slots: Wire[]): unknown[] {
  const [first] = slots;
  if (!quirks.oddSlots || first === undefined) return slots;
  const timeless = { ...first, start: null, end: null };
  return [null, 'fully booked', {}, timeless, { ...first, start: 'soon' }, ...slots, null];
}

/** Returns the days, with odd ones among them while `oddDays` is on. */
export function quirkyDays(quirks: Quirks, days: Wire[]): unknown[] {
  const [first] = days;
  if (!quirks.oddDays || first === undefined) return days;
  const closed = [{ ...first, slots: null }, without(first, 'slots'), { ...first, slots: 'closed' }];
  return [null, ...closed, ...days, null];
}

function changed(quirks: Quirks, changes: readonly [Quirk, Change][], wire: Wire): Wire {
  return changes.filter(([quirk]) => quirks[quirk]).reduce((so, [, change]) => change(so), wire);
}

const APPOINTMENT_CHANGES: readonly [Quirk, Change][] = [
  ['appointmentIdIsOrderId', (wire) => ({ ...wire, id: wire.order_id })],
  ['missingOrderId', (wire) => without(wire, 'order_id')],
  ['nullTimes', (wire) => ({ ...wire, start_at: null, end_at: null })],
  ['noOffsetTimes', (wire) => ({ ...wire, start_at: bare(wire.start_at), end_at: bare(wire.end_at) })],
  ['nullTimezone', (wire) => ({ ...wire, iana_timezone: null })],
  ['missingAppointmentEvents', (wire) => without(wire, 'events')],
  ['missingEventStatus', (wire) => without(wire, 'event_status')],
  [
    'pendingBesideScheduled',
    (wire) =>
      wire.status === 'confirmed' ? { ...wire, status: 'pending', event_status: 'scheduled' } : wire,
  ],
  [
    'unknownEnums',
    (wire) => ({
      ...wire,
      type: 'house_call',
      provider: 'acme_draws',
      status: 'awaiting_moonrise',
      event_status: 'awaiting_moonrise',
    }),
  ],
  ['streetAddresses', (wire) => ({ ...wire, address: street(wire.address, 'zip_code') })],
  ['emptySecondLine', (wire) => ({ ...wire, address: { ...record(wire.address), second_line: '' } })],
  ['missingNotes', (wire) => without(wire, 'appointment_notes')],
];

const ORDER_CHANGES: readonly [Quirk, Change][] = [
  [
    'missingNames',
    (wire) => ({
      ...wire,
      patient_details: without(record(wire.patient_details), 'first_name', 'last_name'),
    }),
  ],
  ['streetAddresses', (wire) => ({ ...wire, patient_address: street(wire.patient_address, 'zip') })],
  [
    'emptySecondLine',
    (wire) => ({ ...wire, patient_address: { ...record(wire.patient_address), second_line: '' } }),
  ],
  ['missingDetailsData', (wire) => ({ ...wire, details: without(record(wire.details), 'data') })],
  [
    'orderCompletedName',
    (wire) => renamed(wire, 'completed.walk_in_test.completed', 'completed.walk_in_test.order_completed'),
  ],
  [
    'unknownEnums',
    (wire) => ({ ...wire, last_event: { ...record(wire.last_event), status: unknownStatus(wire) } }),
  ],
  ['missingLastEvent', (wire) => without(wire, 'last_event')],
  ['onlyTopLevelStatus', (wire) => without(wire, 'last_event', 'events')],
];

function unknownStatus(wire: Wire): string {
  return `collecting_sample.${String(record(wire.details).type)}.awaiting_moonrise`;
}

function renamed(wire: Wire, from: string, to: string): Wire {
  const text = JSON.stringify(wire).replaceAll(JSON.stringify(from), JSON.stringify(to));
  return record(JSON.parse(text));
}

/** An address in the old form: `street` and `street_number` instead of `first_line`. */
function street(address: unknown, zipField: string): Wire {
  const old = record(address);
  const number = /^\d+/.exec(String(old.first_line))?.[0] ?? '';
  const name = String(old.first_line).slice(number.length).trim();
  const rest = without(old, 'first_line', 'second_line', zipField);
  return { ...rest, zip: old[zipField], street: name, street_number: number };
}

/** A time without its offset; the seed's webhooks have such times, and they are UTC. */
function bare(time: unknown): unknown {
  return typeof time === 'string' ? time.replace(/(Z|\+00:00)$/, '') : time;
}

function without(wire: Wire, ...fields: string[]): Wire {
  return Object.fromEntries(Object.entries(wire).filter(([field]) => !fields.includes(field)));
}

function record(value: unknown): Wire {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
