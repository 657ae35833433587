import { workflowInfo } from '@temporalio/workflow';
import type { BookingView } from '../src/booking/schema/view';
import { core } from './activities';
import { openInbox } from './inbox';
import type { CleanupInput } from './messages';
import { owned } from './owned';
import { publish } from './publish';
import { change, newBooking, shielded } from './state';
import { undoAppointment } from './steps/appointment';
import { compensate } from './steps/undo';
import { viewOf } from './view';

/**
 * Cleans up after an ended booking whose unanswered book call surfaced after all: cancels the appointment that
 * carries this booking's ref, and nothing else.
 */
export async function cleanup(input: CleanupInput): Promise<BookingView> {
  const b = newBooking(input.bookingId, input.createdAt);
  openInbox(b);
  await owned(b, async () => {
    const opened = await core('read the ended booking').openBooking({
      request: input.request,
      bookingId: input.bookingId,
    });
    const order = input.orderId ? { id: input.orderId, origin: 'adopted' as const, ...UNREAD_ORDER } : null;
    const attempt = {
      slotMark: '',
      startsAt: workflowInfo().startTime.toISOString(),
      outcome: 'unknown' as const,
      reason: null,
      at: input.createdAt,
    };
    b.opened = true;
    change(b, { ...opened, order, attempts: [attempt] });
  });
  await shielded(() => compensate(b, [undoAppointment]));
  change(b, { status: 'cancelled' });
  publish(b);
  return viewOf(b.state);
}

/** What is not known of the order before it is read; the undo reads it. */
const UNREAD_ORDER = {
  status: 'unknown',
  phase: 'unknown',
  kind: '',
  passthrough: null,
  userId: null,
  address: null,
  dob: null,
  createdAt: null,
} as const;
