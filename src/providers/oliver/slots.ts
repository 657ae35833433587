import { Failure } from '../../booking/failures';
import type { FoundSlots, Slot } from '../../booking/model';
import type { BookingRequest } from '../../booking/schema/request';
import { addDays, daysOf, localDay } from '../../booking/windows';
import type { Call, DayRange } from '../provider';
import { isWhole, readable } from '../reading';
import { toSlots } from './parse';
import { accountOf, demand, type Session } from './session';
import { dayOf, rfc3339, startOfDay, utc } from './times';
import { openTimesWire, type OpenTimeWire } from './wire';

/** How many calls one search makes at most. Later days leave it incomplete. */
const MAX_CALLS = 30;

/** How far on the next call begins, in days, when an answer names no day. How many days an answer covers is unknown. */
const SILENT_STEP_DAYS = 7;

/**
 * Returns the open times on the asked days, from as many calls as it takes. An answer covers the days that it names,
 * and the next call begins on the day after the last of them. Times without an offset are wall time in the account's
 * zone, which no endpoint tells (docs/providers.md#times-ids-and-headers). Throws `invalid_request` without an
 * appointment type.
 */
export async function openTimes(
  session: Session,
  call: Call,
  days: readonly DayRange[],
  request: BookingRequest,
): Promise<FoundSlots> {
  const { timezone } = accountOf(session, call);
  if (!request.appointmentType) throw new Failure('invalid_request', { field: 'appointmentType' });
  const found = new Map<string, Slot>();
  let next = localDay(new Date(session.now()), timezone);
  let calls = 0;
  let complete = true;
  for (const range of [...days].sort((a, b) => a.from.localeCompare(b.from))) {
    next = later(next, range.from);
    while (next <= range.to && calls < MAX_CALLS) {
      // The contract takes only a present or future time, so today is asked for from now on.
      const from = Math.max(startOfDay(next, timezone), session.now());
      const answer = await demand(session, call, 'open_times', openTimesWire, {
        body: { search_from_date: rfc3339(from), appointment_type: request.appointmentType },
      });
      calls++;
      for (const slot of answer.flatMap((day) => toSlots(day, timezone, session.notice)))
        found.set(slot.key, slot);
      next = dayAfter(answer, next, timezone);
    }
    complete &&= next > range.to;
  }
  return { slots: [...found.values()], complete };
}

/**
 * Returns true when a slot that create refused is still on offer: then the request was at fault and not the slot
 * (docs/providers.md#answers-of-oliver: a 400 means "search again" until the slot shows up again).
 */
export async function isOnOffer(
  session: Session,
  call: Call,
  slotKey: string,
  request: BookingRequest,
): Promise<boolean> {
  const days = wantedDays(request, accountOf(session, call).timezone);
  const { slots } = await openTimes(session, call, days, request);
  return slots.some(({ key }) => key === slotKey);
}

function wantedDays({ windows, slot }: BookingRequest, zone: string): DayRange[] {
  if (windows) return daysOf(windows);
  if (!slot) return [];
  const day = localDay(new Date(slot.startsAt), zone);
  return [{ from: day, to: day }];
}

/**
 * Returns the day to go on from: after the last one that the answer names, and always later than where this call began.
 * An answer with a day that it does not name may cover only the day that was asked for.
 */
function dayAfter(answer: readonly (OpenTimeWire | null)[], began: string, zone: string): string {
  const names = answer.map((day) => day && nameOfDay(day, zone));
  const last = readable(names).reduce((a, b) => later(a, b), '');
  if (last >= began) return addDays(last, 1);
  return addDays(began, isWhole(names) ? SILENT_STEP_DAYS : 1);
}

function nameOfDay(day: OpenTimeWire, zone: string): string | null {
  const times = readable(day.times).map(({ start, value }) => utc(start, zone) ?? utc(value, zone));
  const [first] = readable(times);
  return dayOf(day.date) ?? (first === undefined ? null : localDay(new Date(first), zone));
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
