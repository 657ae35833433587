import { workflowInfo } from '@temporalio/workflow';
import type { BookingView } from '../src/booking/schema/view';
import { takeUp } from './cleanup/cut-off';
import { lateEffect } from './cleanup/late-effect';
import type { CleanupInput } from './messages';
import { openInbox } from './saga/inbox';
import { questionClosed } from './saga/parts/attention';
import { ended } from './saga/parts/progress';
import { endingBegan } from './saga/parts/undo';
import { publish } from './saga/publish';
import { isRead, newBooking, shielded, type Begun } from './saga/state';
import { viewOf } from './saga/view';
import { compensate, type Undo } from './steps/undo';

/**
 * Cleans up after an ended booking. If an unanswered book call took effect after all, its appointment is cancelled and
 * nothing else is. If the booking was cut off, everything that it left is undone or shown to a person.
 */
export async function cleanup(input: CleanupInput): Promise<BookingView> {
  const b =
    'cutOff' in input
      ? newBooking(input.bookingId, workflowInfo().startTime.toISOString()) // until what was left is read
      : newBooking(input.bookingId, input.createdAt, input.request);
  endingBegan(b); // nothing is booked here, and a caller's cancel is told that the booking is ending already
  openInbox(b);
  const undos = await undosOf(b, input);
  await shielded(async () => {
    if (isRead(b)) await compensate(b, undos);
  });
  questionClosed(b);
  ended(b, 'cancelled');
  publish(b);
  return viewOf(b.state);
}

/** Returns the undos that are due; none when a person decided to leave everything standing. */
function undosOf(b: Begun, input: CleanupInput): Promise<readonly Undo[]> {
  return 'cutOff' in input ? takeUp(b, input.cutOff) : lateEffect(b, input);
}
