import { z } from 'zod';
import { makerOfRef } from '../../booking/ref';
import type { Age, News, NewsReader, Said } from '../news';
import { UNHEARD } from '../once';
import { soft, text } from '../reading';
import { refOf, toAppointment } from './parse';
import { timeOf } from './times';

/** Reads Cal.com's webhooks: whose they are, and what they say (docs/providers.md#webhooks-of-calcom). */

/**
 * The triggers that bookings know; others are counted as `other`. Those that follow the clock are not listened to: they
 * come in another form, and from older builds unsigned.
 */
const TRIGGERS: readonly string[] = [
  'BOOKING_CREATED',
  'BOOKING_REQUESTED',
  'BOOKING_RESCHEDULED',
  'BOOKING_CANCELLED',
  'BOOKING_REJECTED',
  'BOOKING_NO_SHOW_UPDATED',
];

const UID = /^[A-Za-z0-9_-]{1,64}$/;
const BOOKING_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** A booking's payload (contract: BookingPayload), or that of a no-show (contract: NoShowPayload). */
const payloadWire = z.looseObject({
  uid: text,
  bookingUid: text,
  rescheduleUid: text,
  status: text,
  startTime: text,
  endTime: text,
  metadata: soft(z.record(z.string(), z.unknown())),
});
type Payload = z.output<typeof payloadWire>;

const eventWire = z.looseObject({ triggerEvent: z.string(), createdAt: text, payload: soft(payloadWire) });

/** Returns a label for counting: the trigger if it is one of ours, else `other`, so that labels stay few. */
function eventLabel(body: unknown): string {
  const parsed = eventWire.safeParse(body);
  return parsed.success && TRIGGERS.includes(parsed.data.triggerEvent) ? parsed.data.triggerEvent : 'other';
}

/**
 * Returns the news in an event; null when it is about no booking. The ref in the metadata names the booking of ours. A
 * cancellation, a rejection and a no-show have no metadata: they name only the uid, under which earlier news or the
 * metadata told whose it is. Without metadata, a move is known by the uid that it was moved from.
 */
function newsOf(body: unknown): News | null {
  const event = eventLabel(body);
  const parsed = eventWire.safeParse(body);
  if (!parsed.success || event === 'other' || !parsed.data.payload) return null;
  const { payload, createdAt } = parsed.data;
  const uid = matching(UID, payload.uid ?? payload.bookingUid);
  if (uid === null) return null;
  const ref = refOf(payload.metadata);
  const bookingId = matching(BOOKING_ID, ref && makerOfRef(ref).split('.')[0]);
  const movedFrom = bookingId === null ? matching(UID, payload.rescheduleUid) : null;
  const said = saidOf(uid, payload, createdAt);
  const phase = said?.of === 'appointment' ? said.is.phase : 'unknown';
  return {
    kind: 'appointment',
    event,
    orderId: movedFrom ?? uid,
    bookingId,
    live: phase !== 'cancelled',
    said,
  };
}

/** Reads what an event says, as the adapter reads an answer. Returns null when it lacks what bookings compare. */
function saidOf(uid: string, payload: Payload, createdAt: string | null | undefined): Said | null {
  const [start, end] = [timeOf(payload.startTime), timeOf(payload.endTime)];
  if (!payload.status || !start || !end) return null;
  const { status, metadata } = payload;
  const wire = { uid, status, start: payload.startTime, end: payload.endTime, attendees: [], metadata };
  const is = toAppointment(wire, { timezone: 'UTC' }, UNHEARD);
  return { of: 'appointment', is, age: ageOf(createdAt) };
}

/** Returns how new an event is: when it was made. */
function ageOf(createdAt: string | null | undefined): Age | null {
  const made = timeOf(createdAt);
  return made && { newestMs: made.ms, events: 0 };
}

function matching(pattern: RegExp, value: string | null | undefined): string | null {
  return typeof value === 'string' && pattern.test(value) ? value : null;
}

export const newsReader: NewsReader = { eventLabel, newsOf, showsOrderOtherwise: () => false };
