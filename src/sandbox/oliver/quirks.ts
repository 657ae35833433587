import type { OliverState, Quirk } from './state';

/**
 * The quirks of answers. Each changes an answer that is right by the contract:
 * - `unknownStatus`: a status that the contract does not list;
 * - `swappedIds`: numbers where the contract says strings, and the other way round
 *   (docs/providers.md#times-ids-and-headers);
 * - `missingOptional`: only the fields that the contract requires or that every reader needs;
 * - `bareCreate`: a create answers only the id, the only required field;
 * - `missingRemoteIds`: no remote ids, as in a practice without its own system;
 * - `nullOptional`: null where the contract leaves a field out;
 * - `schemaTimes`: open times in the formats of the schema (date, time) instead of those of its descriptions;
 * - `patientRemoteIds`: patients show their remote id, which the contract does not promise;
 * - `bigIds`: records made while it is on get ids above 2^53 and keep them: an integer in the answer to a create,
 *   digits elsewhere (see context.ts);
 * - `oddSlots`: each day's times also hold null, a text, an empty object, a time without start and one at `soon`;
 * - `oddDays`: the days also hold null, a day with `times: null`, one without `times` and one whose times are a text;
 * - `midnightSlots` (see slots.ts): each vet also has a slot from 23:30 to 00:30. The quirks of values and of bytes
 *   are the same at all sandboxes: ../oddities.ts, ../bytes.ts.
 */

type Wire = Record<string, unknown>;
type Change = (wire: Wire) => Wire;
export type Shape = 'created' | 'listed' | 'client' | 'patient' | 'task' | 'openDay';

/** Returns an answer with the quirks that are on and apply to its shape. */
export function quirky(quirks: OliverState['quirks'], shape: Shape, wire: Wire): Wire {
  return CHANGES.filter(([quirk, shapes]) => quirks[quirk] && shapes.includes(shape)).reduce(
    (so, [, , change]) => change(so),
    wire,
  );
}

const REMOTE_IDS = ['remote_id', 'remote_client_id', 'remote_patient_id'];
const KEPT = [
  ...['id', 'name', 'title', 'client_id', 'status', 'booking_date', 'updated_at', 'remote_client_id'],
  ...['remote_patient_id', 'client_first_name', 'client_last_name', 'patient_name', 'remote_id'],
];
const OPTIONAL = [...REMOTE_IDS, 'client_email', 'client_phone', 'referral_source', 'email', 'phone'];
const ID = /^(id|client_id|patient_id)$/;

const CHANGES: readonly [Quirk, readonly Shape[], Change][] = [
  ['unknownStatus', ['created', 'listed', 'task'], (wire) => ({ ...wire, status: 'AWAITING_MOONRISE' })],
  ['missingOptional', ['created', 'listed', 'client', 'patient', 'task'], (wire) => only(wire, KEPT)],
  ['bareCreate', ['created'], (wire) => only(wire, ['id'])],
  ['missingRemoteIds', ['created', 'listed', 'client'], (wire) => without(wire, REMOTE_IDS)],
  [
    'nullOptional',
    ['listed', 'client'],
    (wire) => ({ ...Object.fromEntries(OPTIONAL.map((field) => [field, null])), ...wire }),
  ],
  ['swappedIds', ['created', 'listed', 'client', 'patient', 'task'], swappedIds],
  ['schemaTimes', ['openDay'], schemaTimes],
  ['oddSlots', ['openDay'], oddSlots],
];

function only(wire: Wire, fields: readonly string[]): Wire {
  return Object.fromEntries(Object.entries(wire).filter(([field]) => fields.includes(field)));
}

function without(wire: Wire, fields: readonly string[]): Wire {
  return Object.fromEntries(Object.entries(wire).filter(([field]) => !fields.includes(field)));
}

function swappedIds(wire: Wire): Wire {
  return Object.fromEntries(
    Object.entries(wire).map(([field, value]) => [field, ID.test(field) ? swapped(value) : value]),
  );
}

function swapped(id: unknown): unknown {
  if (typeof id === 'bigint') return String(id);
  return typeof id === 'string' ? BigInt(id) : id;
}

function oddSlots(wire: Wire): Wire {
  const times: unknown[] = Array.isArray(wire.times) ? wire.times : [];
  const [first] = times;
  if (typeof first !== 'object' || first === null) return wire;
  const timeless = { ...first, start: null, end: null };
  const odd = [null, 'fully booked', {}, timeless, { ...first, start: 'soon' }];
  return { ...wire, times: [...odd, ...times, null] };
}

/** Returns the days, with odd ones among them while `oddDays` is on. */
export function quirkyDays(quirks: OliverState['quirks'], days: Wire[]): unknown[] {
  const [first] = days;
  if (!quirks.oddDays || first === undefined) return days;
  const closed = [{ ...first, times: null }, without(first, ['times']), { ...first, times: 'closed' }];
  return [null, ...closed, ...days, null];
}

/** Writes dates as `2026-12-07` and times as `16:00:00-06:00`. */
function schemaTimes(wire: Wire): Wire {
  const [month, day, year] = String(wire.date).split('/');
  const times: unknown[] = Array.isArray(wire.times) ? wire.times : [];
  return { ...wire, date: `${year}-${month}-${day}`, times: times.map(timeOfDayOnly) };
}

function timeOfDayOnly(time: unknown): unknown {
  const slot: Wire = typeof time === 'object' && time !== null ? { ...time } : {};
  const bare = (field: string): string => String(slot[field]).replace(/^.*T/, '');
  return { ...slot, start: bare('start'), end: bare('end') };
}
