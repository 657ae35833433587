import type { Appointment, Order } from '../booking/model';
import type { BookingView } from '../booking/schema/view';

/** What a vendor's webhooks say, in words that all vendors share. No booking takes its state from here. */

/** The news in an event: whose it is, and what it says. */
export interface News {
  kind: 'appointment' | 'order';
  /** Its type, for counting. */
  event: string;
  /**
   * The order that it is about; where the vendor has no orders, the appointment, which tells news of one booking from
   * that of others. Null when it names none.
   */
  orderId: string | null;
  /** The booking whose id it carries, if that looks like one of ours. */
  bookingId: string | null;
  /** Whether it may be about a live appointment. */
  live: boolean;
  /** What the event says, to compare with the booking's view. Null when it cannot be compared. */
  said: Said | null;
}

/** How new a state is: the time of its newest event, and how many events there were by then. */
export interface Age {
  newestMs: number;
  events: number;
}

/** What a webhook says, read as the adapter reads an answer. `age` is null when it does not show how new it is. */
export type Said =
  | { of: 'order'; is: Pick<Order, 'id' | 'status'>; age: Age | null }
  | { of: 'appointment'; is: Appointment; age: Age | null };

/** Reads a vendor's events. An event's body may be anything. */
export interface NewsReader {
  /** Returns a label for counting: the event's type if the vendor documents it, else `other`, so that labels stay few. */
  eventLabel(body: unknown): string;
  /** Returns whose news it is and what it says; null when it is about nothing that bookings know. */
  newsOf(body: unknown): News | null;
  /**
   * Returns true when a booking shows what an order's status says although it has not read this very status. Where that
   * cannot be told, or there are no orders, it is false: then the booking looks.
   */
  showsOrderOtherwise(status: string, view: BookingView): boolean;
}
