import type { BookingView } from '../booking/schema/view';
import type { BookingClient } from '../client/booking-client';

/** How long one wait of a scene may take, in ms: long enough for a busy machine. */
const WAIT_MS = 180_000;

/**
 * Returns the booking once `holds` is true of it, or as it stands when the time is up; the table then shows what is
 * wrong.
 */
export async function until(
  client: BookingClient,
  bookingId: string,
  holds: (view: BookingView) => boolean,
): Promise<BookingView> {
  for await (const view of client.watch(bookingId, { signal: AbortSignal.timeout(WAIT_MS) })) {
    if (holds(view)) return view;
  }
  return client.get(bookingId);
}
