import { randomBytes } from 'node:crypto';
import { bookingOf, eventTypeOf, isLive, shown, timestamp, userOf, type Context } from './context';
import { REFUSALS } from './errors';
import { tell } from './events';
import { claim, lengthMs } from './schedule';
import type { BookingRecord, EventTypeRecord } from './state';
import type { Cancel, CreateBooking, MarkAbsent, Reschedule } from './validation';

/** What can happen to bookings. Every change goes through here, whoever makes it. */

/** Books a time. Refuses what the event type wants and the body lacks before it looks at the time. */
export function create(context: Context, body: CreateBooking): BookingRecord {
  const eventType = eventTypeOf(context, body.eventTypeId);
  const missing = eventType.requiredFields.find((name) => body.bookingFieldsResponses[name] === undefined);
  if (missing !== undefined) throw REFUSALS.missingField(missing);
  const start = inUtc(body.start);
  const { attendee } = body;
  const email = attendee.email ?? `${(attendee.phoneNumber ?? '').replace(/\D/g, '')}@sms.cal.com`;
  refuseTooMany(context, eventType, email);
  claim(context, eventType, start, null);
  const status = eventType.requiresConfirmation ? 'pending' : 'accepted';
  const booking = add(context, eventType, {
    start,
    status,
    attendee: { ...attendee, email, phoneNumber: attendee.phoneNumber ?? null, absent: false },
    metadata: body.metadata,
    responses: { ...body.bookingFieldsResponses, name: attendee.name, email },
    location: typeof body.location === 'string' ? body.location : null,
  });
  announce(context, booking);
  return booking;
}

/**
 * Moves a booking: a new one takes its place, with its attendee and metadata, and the old one is cancelled
 * (docs/providers.md#moving-at-calcom). Whether it may be moved is decided by the copy for reading, as the vendor does,
 * so that two moves within its lag both go through.
 */
export function reschedule(
  context: Context,
  uid: string,
  body: Reschedule,
  userId: number | null,
): BookingRecord {
  const old = bookingOf(context, uid);
  const seen = shown(context, old);
  if (!seen) throw REFUSALS.noBooking(uid);
  if (seen.status === 'cancelled' && seen.toUid !== null) throw REFUSALS.moveOfMoved(uid, seen.toUid);
  if (seen.status === 'cancelled') throw REFUSALS.moveOfCancelled(uid);
  const eventType = eventTypeOf(context, old.eventTypeId);
  const start = inUtc(body.start);
  claim(context, eventType, start, old);
  return move(context, old, start, {
    reason: body.reschedulingReason ?? null,
    by: body.rescheduledBy ?? null,
    isByHost: userId === old.hostId || body.rescheduledBy === userOf(context, old.hostId).email,
  });
}

/** Puts a new booking in the place of an old one, whoever wanted that. */
export function move(
  context: Context,
  old: BookingRecord,
  start: number,
  how: { reason: string | null; by: string | null; isByHost: boolean },
): BookingRecord {
  const eventType = eventTypeOf(context, old.eventTypeId);
  const isAccepted = !eventType.requiresConfirmation || (how.isByHost && old.status !== 'pending');
  const moved = add(context, eventType, {
    start,
    status: isAccepted ? 'accepted' : 'pending',
    attendee: { ...old.attendee },
    metadata: { ...old.metadata },
    responses: { ...old.responses, ...(how.reason !== null && { rescheduledReason: how.reason }) },
    location: old.location,
    reschedulingReason: how.reason,
    rescheduledBy: how.by,
    fromUid: old.uid,
  });
  change(context, old, { status: 'cancelled', toUid: moved.uid, rescheduledBy: how.by });
  announce(context, moved, old);
  return moved;
}

/** Cancels a booking. Its host has to say why (code: cancel-booking). */
export function cancel(context: Context, uid: string, body: Cancel, userId: number | null): BookingRecord {
  const booking = bookingOf(context, uid);
  if (booking.status === 'cancelled') throw REFUSALS.cancelOfCancelled(uid);
  if (!eventTypeOf(context, booking.eventTypeId).allowsCancelling) throw REFUSALS.noCancelling();
  const isHost = userId === booking.hostId;
  const reason = body.cancellationReason ?? '';
  if (isHost && reason === '') throw REFUSALS.noReason();
  end(context, booking, 'cancelled', reason, isHost ? userOf(context, booking.hostId).email : null);
  return booking;
}

/** Ends a booking, and tells it. */
export function end(
  context: Context,
  booking: BookingRecord,
  status: 'cancelled' | 'rejected',
  reason: string,
  by: string | null,
): void {
  change(context, booking, { status, cancellationReason: reason, cancelledBy: by });
  tell(context, status === 'cancelled' ? 'BOOKING_CANCELLED' : 'BOOKING_REJECTED', booking);
}

/** Says the host's word about a pending booking. */
export function decide(
  context: Context,
  booking: BookingRecord,
  acts: 'confirm' | 'decline',
  reason = '',
): void {
  if (booking.status !== 'pending') throw REFUSALS.notPending();
  if (acts === 'decline') return end(context, booking, 'rejected', reason, null);
  change(context, booking, { status: 'accepted' });
  tell(context, 'BOOKING_CREATED', booking);
}

/** Refuses a user who is not the booking's host. */
export function refuseOthers(booking: BookingRecord, userId: number | null): void {
  if (userId !== booking.hostId) throw REFUSALS.notTheHost();
}

/** Notes who did not come. Refused before the start, unless a control does it. */
export function markAbsent(context: Context, booking: BookingRecord, { host, attendees }: MarkAbsent): void {
  const absent = attendees?.find(({ email }) => email === booking.attendee.email)?.absent;
  change(context, booking, {
    absentHost: host ?? booking.absentHost,
    attendee: { ...booking.attendee, absent: absent ?? booking.attendee.absent },
  });
  tell(context, 'BOOKING_NO_SHOW_UPDATED', booking);
}

/** Changes a booking; what it was stays visible to reads from the copy that lags. */
export function change(context: Context, booking: BookingRecord, to: Partial<BookingRecord>): void {
  const before = context.past.get(booking.uid) ?? [];
  const was = { until: context.clock.now(), booking: structuredClone(booking) };
  if (context.state.lagMs > 0) context.past.set(booking.uid, [...before, was]);
  Object.assign(booking, to, { updatedAt: timestamp(context) });
}

type Made = Pick<BookingRecord, 'status' | 'attendee' | 'metadata' | 'responses' | 'location'> &
  Partial<BookingRecord>;

/** Adds a booking, without telling anybody. */
export function add(
  context: Context,
  eventType: EventTypeRecord,
  { start, ...made }: Omit<Made, 'start'> & { start: number },
): BookingRecord {
  const booking: BookingRecord = {
    id: context.state.nextId++,
    uid: newUid(),
    eventTypeId: eventType.id,
    hostId: eventType.ownerId,
    start: new Date(start).toISOString(),
    end: new Date(start + lengthMs(eventType)).toISOString(),
    cancellationReason: null,
    cancelledBy: null,
    reschedulingReason: null,
    rescheduledBy: null,
    fromUid: null,
    toUid: null,
    absentHost: false,
    listed: context.state.listsNew,
    createdAt: timestamp(context),
    updatedAt: null,
    ...made,
  };
  context.state.bookings.push(booking);
  return booking;
}

/** Tells that a booking was made or moved, and plans the host's word where one is needed. */
function announce(context: Context, booking: BookingRecord, old: BookingRecord | null = null): void {
  const { host } = context.state;
  const isPending = booking.status === 'pending';
  const trigger = old === null ? 'BOOKING_CREATED' : 'BOOKING_RESCHEDULED';
  tell(context, isPending ? 'BOOKING_REQUESTED' : trigger, booking, old);
  if (!isPending || host.acts === 'leave') return;
  const inMs = host.afterMs ?? context.clock.scaled(HOST_ACTS_AFTER_MS);
  context.plan({ kind: 'word', uid: booking.uid, acts: host.acts }, inMs);
}

/** How long a host takes where no time is set, in sandbox ms. */
const HOST_ACTS_AFTER_MS = 60_000;

function refuseTooMany(context: Context, eventType: EventTypeRecord, email: string): void {
  const most = eventType.maxActivePerEmail;
  if (most === null) return;
  const active = context.state.bookings.filter(
    (one) =>
      one.eventTypeId === eventType.id &&
      one.attendee.email === email &&
      one.status === 'accepted' &&
      isLive(one) &&
      Date.parse(one.end) > context.clock.now(),
  );
  if (active.length >= most) throw REFUSALS.tooManyActive();
}

/** A time without an offset is in UTC. */
function inUtc(text: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
}

/** As short as the vendor's own uids. */
function newUid(): string {
  return randomBytes(24)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 22);
}
