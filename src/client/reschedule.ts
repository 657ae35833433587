import { rescheduleBooking } from '../../workflows/messages';
import type { RescheduleMessage } from '../booking/messages';
import { parseMove } from '../booking/schema/check-request';
import type { BookingView } from '../booking/schema/view';
import { changeBooking } from './change';
import type { ClientContext } from './executions/client-context';

/**
 * Asks a booking to move, once the new windows or slot have been checked here as a request's are: a wrong one is
 * `invalid_request` and names the field, before the booking hears of it. Days like `+4d` go as they are: the booking counts
 * them at its place, from when it is told. Else as changeBooking.
 */
export async function moveBooking(
  context: ClientContext,
  bookingId: string,
  message: RescheduleMessage,
): Promise<BookingView> {
  const { windows, slot, ...rest } = message;
  const move = parseMove({ windows, slot }, { now: new Date() });
  return changeBooking(context, bookingId, rescheduleBooking, { ...rest, ...move });
}
