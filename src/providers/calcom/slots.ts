import { Failure } from '../../booking/failures';
import type { FoundSlots, Slot } from '../../booking/model';
import type { BookingRequest } from '../../booking/schema/request';
import { addDays, localDay } from '../../booking/windows';
import type { Call, DayRange } from '../provider';
import { toSlots } from './parse';
import { accountOf, demand, type Session } from './session';
import { rfc3339, startOfDay } from './times';
import { slotsWire } from './wire';

/** How many days one call asks for. How many it may be is unknown (docs/providers.md#slots-of-calcom). */
const DAYS_A_CALL = 31;

/** How many calls one search makes at most: a year. Later days leave it incomplete. */
const MAX_CALLS = 12;

/**
 * Returns the slots of the asked days, from as many calls as it takes. A day is asked for by its own moments at the
 * account's place, because a date would be a day of UTC.
 */
export async function searchSlots(
  session: Session,
  call: Call,
  days: readonly DayRange[],
  request: BookingRequest,
): Promise<FoundSlots> {
  const { timezone } = accountOf(session, call);
  const asked = rangesOf(days, localDay(new Date(session.now()), timezone));
  const found = new Map<string, Slot>();
  for (const { from, to } of asked.slice(0, MAX_CALLS)) {
    const { data } = await demand(session, call, 'slots', slotsWire, {
      query: {
        eventTypeId: String(eventTypeOf(request)),
        start: rfc3339(Math.max(startOfDay(from, timezone), session.now())),
        end: rfc3339(startOfDay(addDays(to, 1), timezone) - 1),
        timeZone: timezone,
        format: 'range',
      },
    });
    for (const slot of toSlots(data, timezone, session.notice)) found.set(slot.key, slot);
  }
  return { slots: [...found.values()], complete: asked.length <= MAX_CALLS };
}

/** Returns the event type that a request names. Throws `invalid_request` when it names none. */
export function eventTypeOf({ appointmentType }: Pick<BookingRequest, 'appointmentType'>): number {
  const eventType = Number(appointmentType ?? NaN);
  if (!Number.isSafeInteger(eventType)) throw new Failure('invalid_request', { field: 'appointmentType' });
  return eventType;
}

/** Returns the days from today on in pieces that one call takes, in order. */
export function rangesOf(days: readonly DayRange[], today: string): DayRange[] {
  const ranges: DayRange[] = [];
  let next = today;
  for (const range of [...days].sort((a, b) => a.from.localeCompare(b.from))) {
    for (next = later(next, range.from); next <= range.to; next = addDays(next, DAYS_A_CALL)) {
      ranges.push({ from: next, to: earlier(range.to, addDays(next, DAYS_A_CALL - 1)) });
    }
    next = later(today, addDays(range.to, 1));
  }
  return ranges;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
