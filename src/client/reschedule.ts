import { rescheduleBooking } from '../../workflows/messages';
import type { RescheduleMessage } from '../booking/messages';
import { parseMove } from '../booking/schema/check-request';
import type { BookingView } from '../booking/schema/view';
import { changeBooking } from './change';
import type { ClientContext } from './executions/client-context';

/**
 * Asks a booking to move. The new windows or slot are checked here first, as in a request; a wrong one is
 * `invalid_request` and names the field. Days like `+4d` are sent as they are, because the booking counts them at its
 * place, from when it receives them. Throws as changeBooking does.
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
