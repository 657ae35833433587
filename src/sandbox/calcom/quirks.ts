import type { CalcomState, Quirk } from './state';

/**
 * The quirks of answers. Each changes an answer that is right by the contract:
 * - `unknownStatus`: a status that the contract does not list;
 * - `missingOptional`: only the fields that the contract requires;
 * - `nullOptional`: null where the contract leaves a field out;
 * - `missingMetadata`: no metadata, in which our ref would be;
 * - `recurring`: a booking comes as a list of one, as recurring ones do;
 * - `oddSlots`: each day's slots also hold null, a text, an empty object, a slot without a start and one at `soon`;
 * - `oddDays`: the days also hold null, a text and a day that is no date;
 * - `midnightSlots` (see schedule.ts): each day also has a slot from 23:45 to the next day. The quirks of values and of
 *   bytes are the same at all sandboxes: ../oddities.ts, ../bytes.ts.
 */

type Wire = Record<string, unknown>;
type Quirks = CalcomState['quirks'];

const REQUIRED = [
  ...['id', 'uid', 'title', 'description', 'hosts', 'status', 'start', 'end', 'duration', 'eventTypeId'],
  ...['eventType', 'location', 'absentHost', 'createdAt', 'updatedAt', 'attendees', 'bookingFieldsResponses'],
];
const OPTIONAL = [
  ...['cancellationReason', 'cancelledByEmail', 'reschedulingReason', 'rescheduledByEmail'],
  ...['rescheduledFromUid', 'rescheduledToUid', 'metadata', 'rating', 'icsUid', 'guests'],
];

const CHANGES: readonly [Quirk, (wire: Wire) => Wire][] = [
  ['unknownStatus', (wire) => ({ ...wire, status: 'awaiting_moonrise' })],
  ['missingOptional', (wire) => only(wire, REQUIRED)],
  ['nullOptional', (wire) => ({ ...Object.fromEntries(OPTIONAL.map((field) => [field, null])), ...wire })],
  [
    'missingMetadata',
    (wire) =>
      only(
        wire,
        [...REQUIRED, ...OPTIONAL].filter((field) => field !== 'metadata'),
      ),
  ],
];

/** Returns a booking with the quirks that are on. */
export function quirkyBooking(quirks: Quirks, booking: Wire): unknown {
  const changed = CHANGES.filter(([quirk]) => quirks[quirk]).reduce((so, [, change]) => change(so), booking);
  return quirks.recurring ? [changed] : changed;
}

/** Returns the days of a search with the quirks that are on. */
export function quirkyDays(quirks: Quirks, days: Record<string, Wire[]>): Wire {
  const slots = quirks.oddSlots
    ? Object.fromEntries(Object.entries(days).map(([day, of]) => [day, withOddSlots(of)]))
    : days;
  return quirks.oddDays ? { ...slots, '2031-01-01': null, '2031-01-02': 'closed', someday: [] } : slots;
}

function withOddSlots(slots: Wire[]): unknown[] {
  return [null, 'fully booked', {}, { start: null }, { start: 'soon' }, ...slots, null];
}

function only(wire: Wire, fields: readonly string[]): Wire {
  return Object.fromEntries(Object.entries(wire).filter(([field]) => fields.includes(field)));
}
