import { Ending } from '../ending';
import { hasOpenWrites, outlastOpenWrites } from '../open-writes';
import { owned } from '../owned';
import { appointmentReleased } from '../parts/appointment';
import { searchBegan } from '../parts/progress';
import { attemptBecame } from '../parts/search';
import type { Booking } from '../state';
import { isOver, settleDeadline } from '../waiting';
import { isSpared, leaveStanding, releaseAppointment, takeOver } from './appointment';
import { confirmed } from './confirm';
import { nextOffer } from './offer';
import { take } from './take';
import { undone } from './undo';

/** Steps 3 to 5: tries slots until one is confirmed. An appointment that is taken over needs no slot. */
export async function hold(b: Booking): Promise<void> {
  searchBegan(b);
  if (await owned(b, () => takeOver(b))) {
    if (await (b.state.appointment.tookOver ? confirmed(b) : confirmedOrReleased(b))) return;
    throw new Ending('failed', 'slot_declined');
  }
  const before = b.state.search.attempts.length;
  const until = before + b.state.terms.limits.maxSlotAttempts; // the request's own, where it has one
  while (b.state.search.attempts.length < until) {
    // One try is made whatever the time: that no worker was there until it was up is no reason to undo anything.
    if (b.state.search.attempts.length > before && isOver(b, settleDeadline(b)))
      throw new Ending('failed', 'not_settled_in_time');
    const offer = await owned(b, () => nextOffer(b));
    const appointment = await owned(b, () => take(b, offer));
    if (!appointment) continue;
    if (await confirmedOrReleased(b)) return;
  }
  throw new Ending('failed', 'no_slot');
}

/**
 * Step 5 to its end: true once the appointment is confirmed, false once its slot was given back for another. `release` says
 * false where it has spared it.
 */
export async function confirmedOrReleased(
  b: Booking,
  release: () => Promise<boolean> = () => isReleased(b),
): Promise<boolean> {
  for (;;) {
    if (await confirmed(b)) return true;
    if (await release()) return false;
    attemptBecame(b, 'held', 'changed at the provider as it was about to be released');
  }
}

/**
 * Gives a slot back before another is tried. False where it was spared: the provider's word had come by then. One that a
 * person leaves standing ends the search.
 */
async function isReleased(b: Booking): Promise<boolean> {
  const appointment = b.state.appointment.held;
  for (;;) {
    if ((await undone(b, releaseAppointment)) === 'left_to_person') {
      if (appointment) leaveStanding(b, appointment);
      throw new Ending('failed', 'undo_failed');
    }
    if (!isSpared(b)) break;
    if (!hasOpenWrites(b)) return false;
    // A cancel that was not answered may still end it: the next look is made when it can no more.
    await outlastOpenWrites(b);
  }
  appointmentReleased(b);
  return true;
}
