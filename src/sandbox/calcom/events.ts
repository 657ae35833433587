import { createHmac } from 'node:crypto';
import type { DeliveryStyle } from '../webhooks';
import { oddly } from '../oddities';
import { eventTypeOf, oddityOf, timestamp, userOf, type Context } from './context';
import type { BookingRecord } from './state';

/** The events that the sandbox sends, and how they are signed (docs/providers.md#webhooks-of-calcom). */

export type Trigger =
  | 'BOOKING_CREATED'
  | 'BOOKING_REQUESTED'
  | 'BOOKING_RESCHEDULED'
  | 'BOOKING_CANCELLED'
  | 'BOOKING_REJECTED'
  | 'BOOKING_NO_SHOW_UPDATED';

/** One attempt; the signature covers the body's bytes and nothing else (code: send-payload). */
export const CALCOM_DELIVERY: DeliveryStyle = {
  pausesMs: [0],
  headers: (body, { secret }) => ({
    'x-cal-signature-256': createHmac('sha256', secret).update(body).digest('hex'),
    'x-cal-webhook-version': '2021-10-20',
  }),
};

/** Tells what happened to a booking. `old` is the booking whose place it took. */
export function tell(
  context: Context,
  trigger: Trigger,
  booking: BookingRecord,
  old: BookingRecord | null = null,
): void {
  const payload =
    trigger === 'BOOKING_NO_SHOW_UPDATED'
      ? noShowPayload(booking)
      : bookingPayload(context, trigger, booking, old);
  send(context, trigger, payload);
}

/** Sends any event, whether the vendor has such a one or not. */
export function send(context: Context, triggerEvent: string, payload: unknown): void {
  const event = { triggerEvent, createdAt: timestamp(context), payload: oddly(payload, oddityOf(context)) };
  context.webhooks.emit(triggerEvent, event);
}

/** Triggers whose payload carries no metadata (code: booking-payload). */
const WITHOUT_METADATA: readonly Trigger[] = ['BOOKING_CANCELLED', 'BOOKING_REJECTED'];

const STATUS: Readonly<Partial<Record<Trigger, string>>> = {
  BOOKING_REQUESTED: 'PENDING',
  BOOKING_CANCELLED: 'CANCELLED',
  BOOKING_REJECTED: 'REJECTED',
};

function bookingPayload(
  context: Context,
  trigger: Trigger,
  booking: BookingRecord,
  old: BookingRecord | null,
): Record<string, unknown> {
  const { slug, title, id: eventTypeId, lengthMinutes } = eventTypeOf(context, booking.eventTypeId);
  const { id, name, email, username, timeZone } = userOf(context, booking.hostId);
  const { attendee } = booking;
  const reason = booking.cancellationReason;
  return {
    type: slug,
    title: `${title} between ${name} and ${attendee.name}`,
    eventTitle: title,
    eventTypeId,
    length: lengthMinutes,
    startTime: withoutMs(booking.start),
    endTime: withoutMs(booking.end),
    organizer: { id, name, email, username, timeZone, language: { locale: 'en' } },
    attendees: [
      {
        email: attendee.email,
        name: attendee.name,
        timeZone: attendee.timeZone,
        language: { locale: attendee.language },
      },
    ],
    uid: booking.uid,
    bookingId: booking.id,
    status: STATUS[trigger] ?? 'ACCEPTED',
    ...(trigger === 'BOOKING_CANCELLED' && { cancellationReason: reason }),
    ...(trigger === 'BOOKING_REJECTED' && { rejectionReason: reason }),
    ...(!WITHOUT_METADATA.includes(trigger) && { metadata: booking.metadata }),
    ...(old && {
      rescheduleId: old.id,
      rescheduleUid: old.uid,
      rescheduleStartTime: withoutMs(old.start),
      rescheduleEndTime: withoutMs(old.end),
    }),
  };
}

function noShowPayload({ uid, id, attendee }: BookingRecord): Record<string, unknown> {
  return {
    bookingUid: uid,
    bookingId: id,
    message: attendee.absent ? `${attendee.email} marked as no-show` : 'unmarked',
    attendees: [{ email: attendee.email, noShow: attendee.absent }],
  };
}

/** Webhooks write times without milliseconds (doc: calcom-webhooks). */
function withoutMs(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
