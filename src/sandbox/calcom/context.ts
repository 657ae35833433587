import type { Agenda } from '../agenda';
import type { Clock } from '../clock';
import type { Oddity } from '../oddities';
import type { Webhooks } from '../webhooks';
import { REFUSALS } from './errors';
import type { BookingRecord, CalcomJob, CalcomState, EventTypeRecord, NewJob, UserRecord } from './state';

/** The parts that every operation of the sandbox works on. */
export interface Context {
  readonly state: CalcomState;
  readonly clock: Clock;
  readonly webhooks: Webhooks;
  /** What bookings were before they changed, newest last, for reads from a copy that lags. */
  readonly past: Map<string, { until: number; booking: BookingRecord }[]>;
  /** Plans a job `inMs` real ms from now. */
  plan(job: NewJob, inMs: number): void;
  readonly agenda: Agenda<CalcomJob>;
}

/** Returns the present time in the format of the wire. */
export function timestamp({ clock }: Context): string {
  return new Date(clock.now()).toISOString();
}

/** Returns the quirks that apply to answers and webhooks now; times without a zone of their own are the first host's. */
export function oddityOf({ state }: Context): Oddity {
  return { quirks: state.quirks, zone: state.users[0]?.timeZone ?? 'utc' };
}

/** Returns the event type. Refuses with 404 when there is none. */
export function eventTypeOf({ state }: Context, id: number): EventTypeRecord {
  const found = state.eventTypes.find((one) => one.id === id);
  if (!found) throw REFUSALS.noEventType(id);
  return found;
}

/** Returns a user that a record names. */
export function userOf({ state }: Context, id: number): UserRecord {
  const found = state.users.find((one) => one.id === id);
  if (!found) throw new Error(`the state names user ${id} and does not have it`);
  return found;
}

/** Returns the booking as it stands. Refuses with 404 when there is none. */
export function bookingOf({ state }: Context, uid: string): BookingRecord {
  const found = state.bookings.find((one) => one.uid === uid);
  if (!found) throw REFUSALS.noBooking(uid);
  return found;
}

/** Returns a booking as the copy for reading shows it; null when it does not show it, or not yet. */
export function shown({ state, clock, past }: Context, booking: BookingRecord): BookingRecord | null {
  if (!booking.listed) return null;
  if (state.lagMs === 0) return booking;
  const copiedAt = clock.now() - state.lagMs;
  if (Date.parse(booking.createdAt) > copiedAt) return null;
  return past.get(booking.uid)?.find(({ until }) => until > copiedAt)?.booking ?? booking;
}

const OVER: readonly string[] = ['cancelled', 'rejected'];

/** Returns true when a booking has not ended. Unknown statuses count as live. */
export function isLive({ status }: BookingRecord): boolean {
  return !OVER.includes(status);
}
