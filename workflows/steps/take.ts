import type { At, BookAnswer } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Appointment } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import { withoutOrderDetails } from '../../src/booking/request-parts';
import { slotMark } from '../../src/booking/slot-mark';
import { reads, writes } from '../activities';
import { withoutOldWords } from '../attempts';
import { now } from '../clock';
import { failureOf, isLostWrite } from '../ending';
import { lookUpUnknown, whereToLook } from '../lookups';
import { isPassing, patiently } from '../patience';
import { at, change, changeAttempt, enter, maker, shielded, type Booking } from '../state';
import type { Offer } from './offer';

/** Step 4: taking what is on offer, with every unclear answer accounted for before anything else is done. */

/** Takes an offer. The appointment, or null when it cannot be had. */
export async function take(b: Booking, offer: Offer): Promise<Appointment | null> {
  // After an attention the unanswered call is accounted for first: no other is made before its window is over.
  if (b.state.unknownBook) return accountFor(b);
  const generation = b.state.attempts.length + 1;
  const startsAt = startOf(offer);
  await noteSeenBefore(b, startsAt);
  enter(b, 'booking');
  change(b, {
    attempts: [
      ...withoutOldWords(b.state.attempts, b.state.triedFrom),
      {
        slotMark: offer.kind === 'visit' ? offer.vendor : slotMark(offer.slot),
        startsAt,
        outcome: 'booking',
        reason: null,
        at: now(),
      },
    ],
  });
  return settleBook(b, offer, await bookPatiently(b, offer, generation));
}

/** Where refs do not return, what was there before is what tells ours from another's. */
async function noteSeenBefore(b: Booking, startsAt: string | null): Promise<void> {
  if (b.state.capabilities.refReturns) return;
  const sighting = await reads(b, 'look what is there before booking').lookUp(whereToLook(b, { startsAt }));
  change(b, { seenBefore: sighting.live.map(({ id }) => id) });
}

/** Books; what certainly had no effect and time may cure (load, no connection) is tried again within patience. */
async function bookPatiently(b: Booking, offer: Offer, generation: number): Promise<BookAnswer> {
  const { patienceMs, readyTimeoutMs } = b.state.limits;
  const book = (isLast: boolean) => shielded(() => bookOnce(b, offer, generation, isLast));
  try {
    return await patiently(b, 'another try at booking', book, (failure) => {
      if (failure.code === 'order_not_ready') return readyTimeoutMs;
      return isPassing(failure) ? patienceMs : 0;
    });
  } catch (err) {
    const failure = failureOf(err);
    if (failure) changeAttempt(b, 'refused', failure.message);
    throw err;
  }
}

async function bookOnce(
  b: Booking,
  offer: Offer,
  generation: number,
  isLastTry: boolean,
): Promise<BookAnswer> {
  try {
    const answer = await call(b, offer, bookRef(maker(b), generation), { ...at(b), isLastTry });
    if (answer.is === 'unknown') noteUnknown(b, offer, answer.said);
    return answer;
  } catch (err) {
    const bug = failureOf(err)?.code === 'activity_failed';
    if (!isLostWrite(err) && !bug) throw err;
    noteUnknown(b, offer, 'the call was lost');
    return { is: 'unknown', said: 'the call was lost' };
  }
}

function call(b: Booking, offer: Offer, ref: string, target: At): Promise<BookAnswer> {
  const { order, capabilities } = b.state;
  const request = withoutOrderDetails(b.state.request);
  const orderId = order?.id ?? null;
  switch (offer.kind) {
    case 'book': {
      const key = capabilities.bookKeyLifetimeMs > 0 ? ref : null;
      const { slot } = offer;
      return writes(b, `book the slot at ${slot.startsAt}`).bookSlot({
        at: target,
        request,
        orderId,
        slot,
        ref,
        key,
      });
    }
    case 'move': {
      const { slot, appointmentId } = offer;
      return writes(b, `move the appointment to ${slot.startsAt}`).moveAppointment({
        at: target,
        request,
        orderId,
        appointmentId,
        slot,
        ref,
      });
    }
    case 'visit':
      if (!order) throw new Failure('order_not_found');
      return writes(b, 'ask the vendor for a visit').requestVisit({
        at: target,
        request,
        order,
        vendor: offer.vendor,
        ref,
      });
  }
}

function startOf(offer: Offer): string | null {
  return offer.kind === 'visit' ? null : offer.slot.startsAt;
}

/** The window is counted from now: the call may have reached the provider at the last moment of its time. */
function noteUnknown(b: Booking, offer: Offer, said: string): void {
  changeAttempt(b, 'unknown', `not answered: ${said}`);
  change(b, { unknownBook: { since: now(), startsAt: startOf(offer), isMove: offer.kind === 'move' } });
}

async function settleBook(b: Booking, offer: Offer, answer: BookAnswer): Promise<Appointment | null> {
  if (answer.is === 'gone') {
    changeAttempt(b, 'gone', answer.reason);
    if (answer.searchAgain) change(b, { slots: [] });
    return null;
  }
  if (answer.is === 'unknown') return accountFor(b);
  hold(b, answer.appointment, offer.kind === 'move');
  return answer.appointment;
}

async function accountFor(b: Booking): Promise<Appointment | null> {
  const isMove = b.state.unknownBook?.isMove;
  const appointment = await lookUpUnknown(b);
  if (appointment) hold(b, appointment, isMove);
  return appointment;
}

/** Notes the appointment as this booking's own; one that was taken over and is moved stays a taken-over one. */
export function hold(b: Booking, appointment: Appointment, isMove = false): void {
  changeAttempt(b, 'held');
  change(b, {
    appointment,
    tookOver: isMove && b.state.tookOver,
    ownAppointmentIds: [...new Set([...b.state.ownAppointmentIds, appointment.id])],
  });
}
