import { booking as today } from '../../../workflows/booking';
import { core } from '../../../workflows/saga/activities';
import type { BookingView } from '../../../src/booking/schema/view';

/** The booking as a careless change would leave it: one more activity before everything else, and no patch. */
export async function booking(input: unknown): Promise<BookingView> {
  await core('a step that open bookings never took').isBookingOpen({ bookingId: 'another' });
  return today(input);
}
