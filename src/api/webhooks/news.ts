import { z } from 'zod';
import type { NewsKind } from '../../client/booking-client';

/** What a Junction event tells us: which order it is about. Its state is never taken from it. */
export interface News {
  kind: NewsKind;
  orderId: string | null;
  /** The booking that placed the order, when the order's `passthrough` looks like one of ours. */
  bookingId: string | null;
  /** Whether it may be about an appointment that stands. */
  live: boolean;
}

/** The events that Junction documents; others are counted as `other`. */
const KINDS: ReadonlyMap<string, NewsKind> = new Map([
  ['labtest.appointment.created', 'appointment'],
  ['labtest.appointment.updated', 'appointment'],
  ['labtest.order.created', 'order'],
  ['labtest.order.updated', 'order'],
]);

const ORDER_ID = /^[A-Za-z0-9-]{1,64}$/;
const BOOKING_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;

const eventSchema = z.looseObject({ event_type: z.string(), data: z.looseObject({}).nullish() });

/** A label for counting: the event's type when it is a known one, so that labels stay few. */
export function eventLabel(body: unknown): string {
  const parsed = eventSchema.safeParse(body);
  return parsed.success && KINDS.has(parsed.data.event_type) ? parsed.data.event_type : 'other';
}

/** The news in an event; null for what is no event of an order or appointment, or names no order. */
export function newsOf(body: unknown): News | null {
  const parsed = eventSchema.safeParse(body);
  const kind = parsed.success ? KINDS.get(parsed.data.event_type) : undefined;
  if (!parsed.success || !kind) return null;
  const data = parsed.data.data ?? {};
  const news = {
    kind,
    orderId: matching(ORDER_ID, kind === 'order' ? data.id : data.order_id),
    bookingId: kind === 'order' ? matching(BOOKING_ID, data.passthrough) : null,
    live: kind === 'appointment' && data.status !== 'cancelled',
  };
  return news.orderId === null && news.bookingId === null ? null : news;
}

function matching(pattern: RegExp, value: unknown): string | null {
  return typeof value === 'string' && pattern.test(value) ? value : null;
}
