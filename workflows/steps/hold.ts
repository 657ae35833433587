import { Ending } from '../ending';
import { owned } from '../owned';
import { appointmentReleased } from '../parts/appointment';
import { searchBegan } from '../parts/progress';
import type { Booking } from '../state';
import { isOver, settleDeadline } from '../waiting';
import { leaveStanding, takeOver, undoAppointment } from './appointment';
import { confirmed } from './confirm';
import { nextOffer } from './offer';
import { take } from './take';
import { undone } from './undo';

/** Steps 3 to 5: tries slots until one is confirmed. An appointment that is taken over needs no slot. */
export async function hold(b: Booking): Promise<void> {
  searchBegan(b);
  if (await owned(b, () => takeOver(b))) {
    if (await confirmed(b)) return;
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
    if (await confirmed(b)) return;
    await release(b);
  }
  throw new Ending('failed', 'no_slot');
}

/** Gives a slot back before another is tried; one that a person leaves standing ends the search. */
export async function release(b: Booking): Promise<void> {
  const appointment = b.state.appointment.held;
  if ((await undone(b, undoAppointment)) === 'left_to_person') {
    if (appointment) leaveStanding(b, appointment);
    throw new Ending('failed', 'undo_failed');
  }
  appointmentReleased(b);
}
