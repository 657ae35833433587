import { Failure } from '../../booking/failures';
import type { FoundSlots, Slot } from '../../booking/model';
import { LAST_ZONE_ON_EARTH } from '../../booking/times';
import { localDay } from '../../booking/windows';
import type { Call, DayRange, SlotQuery } from '../provider';
import { toSlots } from './parse';
import { accountOf, demand, type Session } from './session';
import { plusDays, utcDate } from './times';
import { availabilityWire } from './wire';

/**
 * How many calls one search makes at most: half a year at home, 8 months at draw sites. Later days leave it incomplete.
 */
const MAX_CALLS = 12;

/**
 * Returns slots for the asked days, from as many availability calls as it takes to cover them. A slot's zone is that of
 * its place, else the answer's, else the request's or the account's.
 *
 * A call that finds nothing may answer 404 "No slots found" instead of an empty list. If every call does, the place is
 * not served (`area_not_served`). If other calls found something, or some days were not asked for, it only means that
 * there are none on those days.
 */
export async function searchSlots(session: Session, call: Call, query: SlotQuery): Promise<FoundSlots> {
  const { dialect } = session;
  const zone = query.request.timezone ?? accountOf(session, call).timezone ?? null;
  const asked = dialect.availability(query);
  const found = new Map<string, Slot>();
  const days = daysLeft(query.days, session.now());
  const starts = startDates(days, dialect.coverageDays, utcDate(session.now()));
  const complete = isCovered(days, starts, dialect.coverageDays);
  const refusals: Failure[] = [];
  for (const start of starts) {
    const answer = await demand(session, call, 'availability', availabilityWire, {
      query: { ...asked.query, start_date: start },
      body: asked.body,
    }).catch((err: unknown) => {
      if (!(err instanceof Failure) || err.code !== 'area_not_served') throw err;
      refusals.push(err);
      return null;
    });
    for (const slot of answer ? toSlots(answer, zone, session.notice) : []) found.set(slot.key, slot);
  }
  const [refusal] = refusals;
  if (refusal && complete && refusals.length === starts.length) throw refusal;
  return { slots: [...found.values()], complete };
}

/**
 * Returns the asked days that are not over everywhere. They are days at the place, but calls begin on UTC days. The
 * rest of yesterday west of Greenwich belongs to UTC's today, so a range that ends yesterday is asked for until today.
 */
function daysLeft(days: readonly DayRange[], now: number): DayRange[] {
  const firstLeft = localDay(new Date(now), LAST_ZONE_ON_EARTH);
  const today = utcDate(now);
  return days.filter(({ to }) => to >= firstLeft).map(({ from, to }) => ({ from, to: later(to, today) }));
}

/**
 * Returns the start dates of the calls that cover the asked days, in order and each once, at most MAX_CALLS. Days
 * before `today` are left out, because "start_date must be greater or equal than the current date" would refuse the
 * whole call.
 */
export function startDates(days: readonly DayRange[], coverageDays: number, today: string): string[] {
  const starts: string[] = [];
  let next = today;
  for (const range of [...days].sort((a, b) => a.from.localeCompare(b.from))) {
    for (next = later(next, range.from); next <= range.to; next = plusDays(next, coverageDays)) {
      if (starts.length === MAX_CALLS) return starts;
      starts.push(next);
    }
  }
  return starts;
}

/**
 * Returns true when the calls cover all days that are left. Calls come in order and end early only at their limit;
 * without a call nothing is covered.
 */
function isCovered(days: readonly DayRange[], starts: readonly string[], coverageDays: number): boolean {
  const last = starts.at(-1);
  if (last === undefined) return days.length === 0;
  if (starts.length < MAX_CALLS) return true;
  return days.every(({ to }) => to < plusDays(last, coverageDays));
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
