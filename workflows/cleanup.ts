import { workflowInfo } from '@temporalio/workflow';
import type { BookingView } from '../src/booking/schema/view';
import { core } from './activities';
import { takeUp } from './cut-off';
import { Ending } from './ending';
import { openInbox } from './inbox';
import type { CleanupInput, LateEffect } from './messages';
import { owned } from './owned';
import { publish } from './publish';
import { change, newBooking, shielded, type Booking } from './state';
import { undoAppointment } from './steps/appointment';
import { compensate, type Undo } from './steps/undo';
import { UNREAD_ORDER } from './unread-order';
import { viewOf } from './view';

/**
 * Cleans up after an ended booking. One whose unanswered book call surfaced after all: the appointment that carries
 * its ref is cancelled, and nothing else. One that was cut off: whatever it left is undone, or shown to a person.
 */
export async function cleanup(input: CleanupInput): Promise<BookingView> {
  const b =
    'cutOff' in input
      ? newBooking(input.bookingId, workflowInfo().startTime.toISOString()) // until what was left is read
      : newBooking(input.bookingId, input.createdAt, input.request);
  b.compensating = true; // nothing is booked here: a caller's cancel finds that it is being undone
  openInbox(b);
  const undos = await undosOf(b, input);
  await shielded(() => compensate(b, undos));
  change(b, { status: 'cancelled' });
  publish(b);
  return viewOf(b.state);
}

/** What is due; nothing when a person gave up on a booking that cannot even be read. */
async function undosOf(b: Booking, input: CleanupInput): Promise<readonly Undo[]> {
  try {
    return await ('cutOff' in input ? takeUp(b, input.cutOff) : lateEffect(b, input));
  } catch (err) {
    if (err instanceof Ending) return [];
    throw err;
  }
}

async function lateEffect(b: Booking, input: LateEffect): Promise<readonly Undo[]> {
  await owned(b, async () => {
    const opened = await core('read the ended booking').openBooking({
      request: input.request,
      bookingId: input.bookingId,
      afterwards: true,
    });
    const order = input.orderId ? { ...UNREAD_ORDER, id: input.orderId, origin: 'adopted' as const } : null;
    const attempt = {
      slotMark: '',
      startsAt: workflowInfo().startTime.toISOString(),
      outcome: 'unknown' as const,
      reason: null,
      at: input.createdAt,
    };
    b.opened = true;
    const { provider, account } = opened.request;
    change(b, { ...opened, named: { provider, account }, order, attempts: [attempt] });
  });
  return [undoAppointment];
}
