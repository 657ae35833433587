import type { Age, Said } from '../news';
import { UNHEARD } from '../once';
import { isWhole, readable } from '../reading';
import { toAppointment, toOrder } from './parse';
import { timeOf } from './times';
import { appointmentWire, orderWire, type EventWire } from './wire';

/**
 * Reads what Junction's webhooks say of an order or appointment, as the adapter reads Junction's answers. So it can be
 * compared with a booking's view, which came from such an answer. No booking takes its state from here.
 */

/** Reads the order of a webhook. Returns null when it lacks a field that orders are compared by. */
export function saidOfOrder(data: unknown): Said | null {
  const wire = orderWire.safeParse(data);
  if (!wire.success) return null;
  const { id, status } = toOrder(wire.data, UNHEARD);
  if (status === UNKNOWN) return null;
  return { of: 'order', is: { id, status }, age: ageOf(wire.data.events) };
}

/** Reads the appointment of a webhook. Returns null when it lacks a field that appointments are compared by. */
export function saidOfAppointment(data: unknown, orderId: string): Said | null {
  const wire = appointmentWire.safeParse(data);
  if (!wire.success || wire.data.start_at === undefined) return null;
  const is = toAppointment(wire.data, orderId, UNHEARD);
  if (is.status === UNKNOWN) return null;
  return { of: 'appointment', is, age: ageOf(wire.data.events) };
}

/** The status that the adapter sets when Junction sent none. */
const UNKNOWN = 'unknown';

/**
 * Returns the age of a state. Events are only added, so the state with the newer event, or with more events, is newer.
 */
function ageOf(events: readonly (EventWire | null)[] | null | undefined): Age | null {
  if (!events || events.length === 0 || !isWhole(events)) return null;
  const times = readable(events).map(({ created_at: at }) => timeOf(at)?.ms ?? NaN);
  const newestMs = Math.max(...times); // NaN when one of them is
  return Number.isNaN(newestMs) ? null : { newestMs, events: events.length };
}
