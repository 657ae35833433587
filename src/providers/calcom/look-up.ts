import { Failure } from '../../booking/failures';
import type { Appointment, Sighting } from '../../booking/model';
import { isRefOf } from '../../booking/ref';
import { unclear } from '../http';
import type { Call, Where } from '../provider';
import { isWhole, readable } from '../reading';
import { emailOf, isAttendedBy } from './attendee';
import { movedTo, refOf, toAppointment } from './parse';
import { accountOf, ask, demand, type Session } from './session';
import { bookingsWire, bookingWire, type BookingWire } from './wire';

/**
 * Looks at the bookings of a client. The list shows them all, whatever their time and status, so it is read whole; a
 * booking that it does not show is read by its uid. Both come from a copy of the database that may lag behind. So what
 * they show was there, and what they do not show may be there all the same: the saga's late-commit window and its
 * patience are for that. What is moved stands under another uid, and is followed there.
 */

/** The contract's maximum. */
const PER_PAGE = 250;

/** A list with more pages counts as endless. */
const MAX_PAGES = 40;

/** How often a booking is followed to where it was moved. */
const MAX_MOVES = 50;

/** How far from a start another visit of the client is still told. */
const AROUND_MS = 7 * 86_400_000;

/** How many live or ended appointments a look returns besides the booking's own. */
const MAX_OTHERS = 50;

/**
 * Returns the booking's own appointments, wherever in time they are, and the client's others around a start. Nobody
 * else's are returned. A look that has to prove an absence fails when a row of the list could not be read.
 */
export async function lookUp(
  session: Session,
  call: Call,
  { request, startsAt, ownIds, maker, fresh, mayBePartial }: Where,
): Promise<Sighting> {
  const email = emailOf(request);
  const listed = await bookingsOf(session, call, email);
  const known = new Map(readable(listed).map((row) => [row.uid, row]));
  const isMade = (row: BookingWire): boolean => isRefOf(maker, refOf(row.metadata));
  const made = [...known.values()].filter(isMade).map(({ uid }) => uid);
  const refs = new Map<string, string | null>();
  for (const uid of new Set([...ownIds, ...made])) await follow(session, call, { known, refs, uid });
  const seen = appointmentsOf(session, call, [...known.values()], refs);
  const own = seen.filter(({ id }) => refs.has(id));
  const others = seen.filter(({ id, startsAt: at }) => {
    const row = known.get(id);
    return !refs.has(id) && row !== undefined && isAttendedBy(row, email) && isAround(at, startsAt);
  });
  const sighting = {
    order: null,
    live: [...own.filter(isLive), ...others.filter(isLive).slice(-MAX_OTHERS)],
    ended: [...own.filter(hasEnded), ...others.filter(hasEnded).slice(-MAX_OTHERS)],
  };
  if (isWhole(listed)) return sighting;
  const showsOwn = ownIds.every((uid) => known.has(uid));
  const isEnough = showsOwn && (mayBePartial || (!fresh && ownIds.length > 0));
  if (!isEnough) throw unclear('read', 'a row of the list of bookings cannot be read');
  return { ...sighting, isPartial: true };
}

const hasEnded = ({ phase }: Appointment): boolean => phase === 'cancelled';
const isLive = (seen: Appointment): boolean => !hasEnded(seen);

/**
 * Returns the bookings as appointments. One that another was moved from has ended, even if its own row is from a copy
 * from before the move: the two stand for one appointment.
 */
function appointmentsOf(
  session: Session,
  call: Call,
  rows: readonly BookingWire[],
  refs: ReadonlyMap<string, string | null>,
): Appointment[] {
  const account = accountOf(session, call);
  const left = new Set(rows.flatMap(({ rescheduledFromUid: from }) => from ?? []));
  return rows.map((row) => {
    const ref = refOf(row.metadata) ?? refs.get(row.uid) ?? null;
    const seen = toAppointment(row, account, session.notice, ref);
    return left.has(row.uid) ? { ...seen, phase: 'cancelled' } : seen;
  });
}

interface Following {
  /** The bookings that were read, by uid. */
  known: Map<string, BookingWire>;
  /** The refs of the booking's own appointments, by uid. */
  refs: Map<string, string | null>;
  uid: string;
}

/**
 * Reads an own booking that the list does not show, and whatever it was moved to. The new booking of a move is ours like
 * the old one, even if its metadata was lost. Fails while a move is shown and its new booking is not: the old one alone
 * would look like a cancellation.
 */
async function follow(session: Session, call: Call, { known, refs, uid }: Following): Promise<void> {
  let ref: string | null = null;
  let next: string | null = uid;
  for (let moves = 0; next !== null; moves++) {
    if (moves > MAX_MOVES)
      throw new Failure('unexpected_answer', { said: 'a booking was moved without end' });
    const row: BookingWire | null = known.get(next) ?? (await readBooking(session, call, next));
    if (!row && next === uid) return;
    if (!row) throw unclear('read', 'a booking was moved, and the new one is not shown');
    ref = refOf(row.metadata) ?? ref;
    known.set(next, row);
    refs.set(next, ref);
    next = movedTo(row) ?? movedFrom(known, row);
  }
}

/** Returns the uid of the booking that says that it was moved from this one, whose row may be from before the move. */
function movedFrom(known: ReadonlyMap<string, BookingWire>, { uid }: BookingWire): string | null {
  return [...known.values()].find(({ rescheduledFromUid }) => rescheduledFromUid === uid)?.uid ?? null;
}

/** Returns a booking; null when Cal.com shows none with this uid (yet). */
async function readBooking(session: Session, call: Call, uid: string): Promise<BookingWire | null> {
  const reply = await ask(session, call, 'booking', bookingWire, { uid });
  if (reply.is !== 'done') return null;
  const { data } = reply.value;
  if (data.uid !== uid)
    throw new Failure('unexpected_answer', { said: 'another booking than was asked for' });
  return data;
}

/**
 * Returns all bookings of an attendee, oldest first, so that new ones come last and shift no page. A row that cannot be
 * read is null.
 */
async function bookingsOf(session: Session, call: Call, email: string): Promise<(BookingWire | null)[]> {
  const rows: (BookingWire | null)[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const { data, pagination } = await demand(session, call, 'bookings', bookingsWire, {
      query: {
        attendeeEmail: email,
        sortCreated: 'asc',
        take: String(PER_PAGE),
        skip: String(rows.length),
      },
    });
    rows.push(...data);
    const isLast = pagination?.hasNextPage === false || data.length === 0;
    if (isLast && (pagination?.totalItems ?? 0) <= rows.length) return rows;
    if (data.length === 0) throw unclear('read', 'the list of bookings ended before all were shown');
  }
  throw new Failure('unexpected_answer', { said: 'the list of bookings has no end' });
}

/** Returns true when a booking starts near an instant, or may do so because its start cannot be read. */
function isAround(startsAt: string | null, instant: string | null): boolean {
  if (startsAt === null || instant === null) return true;
  return Math.abs(Date.parse(startsAt) - Date.parse(instant)) <= AROUND_MS;
}
