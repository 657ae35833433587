import { z } from 'zod';
import type { News, NewsReader, Said } from '../news';
import { saidOfAppointment, saidOfOrder } from './events';
import { showsOrderOtherwise } from './order-shown';

/** Reads Junction's webhooks: whose they are, and what they say. */

/** The events that Junction documents; others are counted as `other`. */
const KINDS: ReadonlyMap<string, News['kind']> = new Map([
  ['labtest.appointment.created', 'appointment'],
  ['labtest.appointment.updated', 'appointment'],
  ['labtest.order.created', 'order'],
  ['labtest.order.updated', 'order'],
]);

const ORDER_ID = /^[A-Za-z0-9-]{1,64}$/;
const BOOKING_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;

const eventSchema = z.looseObject({ event_type: z.string(), data: z.looseObject({}).nullish() });

/** Returns a label for counting: the event's type if it is known, else `other`, so that labels stay few. */
function eventLabel(body: unknown): string {
  const parsed = eventSchema.safeParse(body);
  return parsed.success && KINDS.has(parsed.data.event_type) ? parsed.data.event_type : 'other';
}

/** Returns the news in an event; null when it is not about an order or appointment, or names no order. */
function newsOf(body: unknown): News | null {
  const parsed = eventSchema.safeParse(body);
  const kind = parsed.success ? KINDS.get(parsed.data.event_type) : undefined;
  if (!parsed.success || !kind) return null;
  const event = parsed.data.event_type;
  const data = parsed.data.data ?? {};
  if (kind === 'order') {
    const orderId = matching(ORDER_ID, data.id);
    const bookingId = matching(BOOKING_ID, data.passthrough);
    if (orderId === null && bookingId === null) return null;
    return { kind, event, orderId, bookingId, live: false, said: saidOfOrder(data) };
  }
  const orderId = matching(ORDER_ID, data.order_id);
  if (orderId === null) return null;
  const said = saidOfAppointment(data, orderId);
  return { kind, event, orderId, bookingId: null, live: isLive(data.status, said), said };
}

function isLive(status: unknown, said: Said | null): boolean {
  return said?.of === 'appointment' ? said.is.phase !== 'cancelled' : status !== 'cancelled';
}

function matching(pattern: RegExp, value: unknown): string | null {
  return typeof value === 'string' && pattern.test(value) ? value : null;
}

export const newsReader: NewsReader = { eventLabel, newsOf, showsOrderOtherwise };
