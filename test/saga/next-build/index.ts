import { patched } from '@temporalio/workflow';
import { booking as today } from '../../../workflows/booking';
import { core } from '../../../workflows/saga/activities';
import type { Carried } from '../../../workflows/saga/long-life';
import type { BookingView } from '../../../src/booking/schema/view';

/** What the added step asks for, so that a history shows whether it was taken. */
const ADDED = 'a step that the build before did not have';

/** The booking of the build to come: one more activity at its beginning, taken by new bookings only. */
export async function booking(input: unknown, carried?: Carried): Promise<BookingView> {
  const added = patched('added-step') ? core(ADDED).isBookingOpen({ bookingId: 'another' }) : null;
  const [view] = await Promise.all([today(input, carried), added]);
  return view;
}
