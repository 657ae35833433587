import type { BookingView } from '../booking/schema/view';
import type { BookingClient } from '../client/booking-client';

/** How long one wait of a scene may take on a busy machine, in ms: a demo's patience is not its subject. */
const WAIT_MS = 180_000;

/** The booking once `holds` is true of it, or as it stands when the time is up: the table then shows what is amiss. */
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
