import type { Appointment, Order } from '../../booking/model';
import { UNHEARD } from '../once';
import { isWhole, readable } from '../reading';
import { toAppointment, toOrder } from './parse';
import { timeOf } from './times';
import { appointmentWire, orderWire, type EventWire } from './wire';

/**
 * What Junction's webhooks say of an order or appointment, read as the adapter reads Junction's answers. So it can be compared
 * with what a booking shows, which came from such an answer. No booking takes its state from here.
 */

/** How new a state is: when its newest event came about, and how many there were by then. */
export interface Age {
  newestMs: number;
  events: number;
}

/** What a webhook says. `age` is null where it does not tell how new it is. */
export type Said =
  | { of: 'order'; is: Pick<Order, 'id' | 'status'>; age: Age | null }
  | { of: 'appointment'; is: Appointment; age: Age | null };

/** Reads the order of a webhook. Returns null when it lacks what an order is compared by. */
export function saidOfOrder(data: unknown): Said | null {
  const wire = orderWire.safeParse(data);
  if (!wire.success) return null;
  const { id, status } = toOrder(wire.data, UNHEARD);
  if (status === UNKNOWN) return null;
  return { of: 'order', is: { id, status }, age: ageOf(wire.data.events) };
}

/** Reads the appointment of a webhook. Returns null when it lacks what an appointment is compared by. */
export function saidOfAppointment(data: unknown, orderId: string): Said | null {
  const wire = appointmentWire.safeParse(data);
  if (!wire.success || wire.data.start_at === undefined) return null;
  const is = toAppointment(wire.data, orderId, UNHEARD);
  if (is.status === UNKNOWN) return null;
  return { of: 'appointment', is, age: ageOf(wire.data.events) };
}

/** What the adapter puts where Junction sent no status. */
const UNKNOWN = 'unknown';

/** Events are only ever added, so of two states the one with the newer or the further event is the newer one. */
function ageOf(events: readonly (EventWire | null)[] | null | undefined): Age | null {
  if (!events || events.length === 0 || !isWhole(events)) return null;
  const times = readable(events).map(({ created_at: at }) => timeOf(at)?.ms ?? NaN);
  const newestMs = Math.max(...times); // NaN when one of them is
  return Number.isNaN(newestMs) ? null : { newestMs, events: events.length };
}
