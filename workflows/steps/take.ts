import { isCancellation } from '@temporalio/workflow';
import type { Target, BookAnswer } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Appointment } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import { withoutOrderDetails } from '../../src/booking/request-parts';
import { slotMark } from '../../src/booking/slot-mark';
import { isSameTime } from '../../src/booking/times';
import { reads, writes } from '../saga/activities';
import { now, nowMs } from '../saga/clock';
import { failureOf, isLostWrite } from '../saga/ending';
import { clueOf, recordOwn } from '../saga/ownership';
import { lookUpOnce, lookUpUnknown, whereToLook } from '../saga/lookups';
import { recordOpenWrite, outlastOpenWrites } from '../saga/open-writes';
import {
  isPassing,
  isUsedUp,
  newPatience,
  patiently,
  pauseWithin,
  spending,
  tried,
  type Patience,
} from '../saga/patience';
import { appointmentHeld } from '../saga/parts/appointment';
import {
  callAccountedFor,
  callUnanswered,
  moveLanded,
  seenBeforeCall,
  startDoubted,
  startSeenBeforeCall,
} from '../saga/parts/doubts';
import { stepBegan } from '../saga/parts/progress';
import { attemptBecame, attemptBegan, attemptRenewed, slotsOutdated, type Offer } from '../saga/parts/search';
import { targetOf, maker, shielded, type Booking } from '../saga/state';
import { explained } from './explained';
import { sameSlot } from './offer';

/** Taking what is on offer. Every unclear answer is accounted for before anything else is done. */

/**
 * Takes an offer. Returns the appointment, or null when it cannot be had. The effect of an unanswered call is looked up over
 * its window; then the same slot is tried again, as the same attempt, until patience is used up and a person is asked.
 */
export async function takeOffer(b: Booking, offer: Offer): Promise<Appointment | null> {
  // After an attention the unanswered call is accounted for first: no other is made before its window is over.
  const earlier = b.state.doubts.unknownBook ? await accountFor(b) : null;
  if (earlier) return earlier;
  const { patienceMs } = b.state.terms.limits;
  const trying: Trying = { startedMs: nowMs(), patience: newPatience(b), isRepeat: false };
  let next = isUnanswered(b, offer) ? await offeredAgain(b, offer, trying) : offer;
  while (next) {
    const taken = await tryOnce(b, next, trying);
    if (taken !== 'unanswered') return taken;
    if (isUsedUp(trying.patience, patienceMs)) throw new Failure('outcome_unknown', { said: saidLast(b) });
    next = await offeredAgain(b, next, trying);
  }
  return lateOrGone(b, offer);
}

/** The tries of one offer, from the first of them or from a person's word on. */
interface Trying {
  startedMs: number;
  patience: Patience;
  /** Whether the latest call was a repeat with the key of the one before it. */
  isRepeat: boolean;
}

/**
 * Returns true when the offer's own attempt was the last and came to no answer: then it is made again and is no other.
 */
function isUnanswered(b: Booking, offer: Offer): boolean {
  const { attempts, triedFrom } = b.state.search;
  const last = attempts.slice(triedFrom).at(-1);
  return last?.outcome === 'unknown' && last.slotMark === markOf(offer);
}

/** Returns the offer with a fresh key, or null when it is gone. A call that is repeated with its key is left as it was. */
async function offeredAgain(b: Booking, offer: Offer, { patience }: Trying): Promise<Offer | null> {
  if (b.state.doubts.unknownBook) {
    await pauseWithin(b, patience, 'another try at booking', b.state.terms.limits.patienceMs);
    return offer;
  }
  if (offer.kind === 'visit') return offer;
  const slot = await sameSlot(b, offer.slot);
  return slot && { ...offer, slot };
}

/** Looks whether our own unanswered call took the slot that is now gone. Returns the appointment when it did. */
async function lateOrGone(b: Booking, offer: Offer): Promise<Appointment | null> {
  const since = b.state.search.attempts.at(-1)?.at ?? now();
  callUnanswered(b, { since, startsAt: startOf(offer), isMove: offer.kind === 'move' });
  const late = await lookUpOnce(b);
  callAccountedFor(b);
  if (late) recordHeld(b, late, offer.kind === 'move');
  else attemptBecame(b, 'gone', 'no longer on offer after a call that was not answered');
  return late;
}

async function tryOnce(b: Booking, offer: Offer, trying: Trying): Promise<Appointment | null | 'unanswered'> {
  await outlastOpenWrites(b);
  await recordSeenBefore(b, offer);
  begin(b, offer);
  const answer = await tried(b, trying.patience, () => bookPatiently(b, offer));
  if (answer.is === 'held') {
    callAccountedFor(b); // of an earlier call with the same key, which this answer is the answer to
    recordHeld(b, answer.appointment, offer.kind === 'move');
    return answer.appointment;
  }
  if (answer.is === 'gone') return gone(b, answer);
  if (answer.isRefusal) return notUnderstood(b, answer.said);
  trying.isRepeat = !trying.isRepeat && keyCounts(b, offer, trying);
  if (trying.isRepeat) return 'unanswered';
  const { lateCommitWindowMs } = b.state.terms.capabilities;
  return (await spending(trying.patience, lateCommitWindowMs, () => accountFor(b))) ?? 'unanswered';
}

/** Handles a slot that is taken or whose key is bad. An earlier call of ours with the same key may have taken it. */
async function gone(
  b: Booking,
  { reason, searchAgain }: Extract<BookAnswer, { is: 'gone' }>,
): Promise<Appointment | null> {
  const late = b.state.doubts.unknownBook ? await accountFor(b) : null;
  if (late) return late;
  attemptBecame(b, 'gone', reason);
  if (searchAgain) slotsOutdated(b);
  return null;
}

/**
 * A refusal in words that we do not know: one look, then a person at once. It stays noted as unknown, so that whatever is
 * decided begins with the looks over its window.
 */
async function notUnderstood(b: Booking, said: string): Promise<Appointment> {
  const isMove = b.state.doubts.unknownBook?.isMove;
  const found = await lookUpOnce(b);
  if (!found) throw await explained(b, said);
  recordHeld(b, found, isMove);
  return found;
}

/**
 * A call is repeated with its key once, without a window: the key keeps it from taking effect twice. When that is not
 * answered either, as the replay of something that is gone is not, the window follows and then a call with a new key.
 */
function keyCounts({ state }: Booking, offer: Offer, { startedMs }: Trying): boolean {
  const { capabilities } = state.terms;
  return offer.kind === 'book' && nowMs() - startedMs < capabilities.bookKeyLifetimeMs;
}

/** Notes the attempt before its call: a new one, or the unanswered one again. */
function begin(b: Booking, offer: Offer): void {
  stepBegan(b, 'booking');
  if (isUnanswered(b, offer)) beginAgain(b);
  else attemptBegan(b, { slotMark: markOf(offer), startsAt: startOf(offer) });
}

/** The earlier call may still be unanswered, and then this one is a repeat with its key; else it is made anew. */
function beginAgain(b: Booking): void {
  attemptBecame(b, 'booking');
  if (!b.state.doubts.unknownBook) attemptRenewed(b);
}

/**
 * What was there before the call is not its effect: where refs return, the appointment that is held while another is booked
 * in its place; where they do not, all that a look shows, for that is what tells ours from another's. At each
 * start where a call was not answered, or was refused, what is new is not noted: it may be what that call brought about.
 */
async function recordSeenBefore(b: Booking, offer: Offer): Promise<void> {
  if (b.state.terms.capabilities.refReturns) {
    const held = offer.kind === 'move' ? null : b.state.appointment.held;
    return seenBeforeCall(b, held ? [held.id] : []);
  }
  const how = { startsAt: startOf(offer), fresh: true, mayBePartial: isAllAnswered(b) };
  const { live, isPartial = false } = await reads(b, 'look what is there before booking').lookUp(
    whereToLook(b, how),
  );
  const { seenBefore, othersIds, unansweredStarts } = b.state.doubts;
  const isKnown = ({ id }: Appointment) => seenBefore.includes(id) || othersIds.includes(id);
  const mayBeOurs = (one: Appointment) =>
    !isKnown(one) && unansweredStarts.some((doubted) => isSameTime(doubted, one.startsAt));
  const known = live.filter((one) => !mayBeOurs(one)).map(({ id }) => id);
  // What is the booking's own and was not shown is no effect of the call either.
  const unshown = isPartial ? b.state.appointment.ownIds : [];
  seenBeforeCall(b, [...known, ...unshown]);
  startSeenBeforeCall(b, startOf(offer), isPartial);
}

/**
 * Returns true when no call of this booking's can have made anything that it does not know: then a look may be partial.
 */
function isAllAnswered({ state }: Booking): boolean {
  const { unansweredStarts, unknownBook } = state.doubts;
  return unansweredStarts.length === 0 && unknownBook === null;
}

/** Books; what certainly had no effect and time may cure (load, no connection) is tried again within patience. */
async function bookPatiently(b: Booking, offer: Offer): Promise<BookAnswer> {
  const { patienceMs, readyTimeoutMs } = b.state.terms.limits;
  const book = (isLast: boolean) => shielded(() => bookOnce(b, offer, isLast));
  try {
    return await patiently(b, 'another try at booking', book, (failure) => {
      if (failure.code === 'order_not_ready') return readyTimeoutMs;
      return isPassing(failure) || isContradicted(failure, offer) ? patienceMs : 0;
    });
  } catch (err) {
    const failure = failureOf(err);
    // The run before a reset may have made this very call: it is as if it had not been answered.
    if (failure?.code === 'booking_reset') recordUnknown(b, offer, failure.message);
    // What certainly had no effect says nothing of an earlier call with the same key.
    else if (failure) attemptBecame(b, b.state.doubts.unknownBook ? 'unknown' : 'refused', failure.message);
    // The calls themselves are shielded: what was cancelled is the pause after one that had no effect.
    else if (isCancellation(err))
      attemptBecame(b, b.state.doubts.unknownBook ? 'unknown' : 'refused', 'cancelled before another try');
    throw err;
  }
}

/** The look before the call showed nothing, and the order says otherwise: a copy may lag. A move is refused at once. */
function isContradicted({ code }: Failure, { kind }: Offer): boolean {
  return code === 'appointment_missing' && kind !== 'move';
}

async function bookOnce(b: Booking, offer: Offer, isLastTry: boolean): Promise<BookAnswer> {
  const ref = bookRef(maker(b), b.state.search.attempts.length);
  try {
    const answer = await call(b, offer, ref, { ...targetOf(b), isLastTry });
    if (answer.is === 'unknown') {
      if (answer.isUnsent) recordUnsent(b, offer);
      recordUnknown(b, offer, answer.said);
    }
    // A refusal may lie as well: where no ref tells, what is new at that start is doubted from here on.
    if (answer.is === 'gone' && !b.state.terms.capabilities.refReturns) startDoubted(b, startOf(offer));
    return answer;
  } catch (err) {
    const failure = failureOf(err);
    if (!isLostWrite(err) && failure?.code !== 'activity_failed') {
      if (!b.state.terms.capabilities.refReturns && failure?.facts.sent !== 'no')
        startDoubted(b, startOf(offer));
      throw err;
    }
    recordUnknown(b, offer, 'the call was lost');
    return { is: 'unknown', said: 'the call was lost' };
  }
}

function call(b: Booking, offer: Offer, ref: string, target: Target): Promise<BookAnswer> {
  const { capabilities } = b.state.terms;
  const { attempts } = b.state.search;
  const { acceptedCancels } = b.state.undo;
  const order = b.state.order.known;
  const request = withoutOrderDetails(b.state.terms.request);
  const orderId = order?.id ?? null;
  const known = { clue: clueOf(b), acceptedCancels };
  switch (offer.kind) {
    case 'book': {
      const { renewals = 0 } = attempts.at(-1) ?? {};
      const ownKey = renewals > 0 ? `${ref}/${renewals}` : ref;
      const key = capabilities.bookKeyLifetimeMs > 0 ? ownKey : null;
      const { slot } = offer;
      return writes(b, `book the slot at ${slot.startsAt}`).bookSlot({
        target,
        request,
        orderId,
        slot,
        ref,
        key,
        mayBePartial: isAllAnswered(b),
        ...known,
      });
    }
    case 'move': {
      const { slot, appointmentId } = offer;
      return writes(b, `move the appointment to ${slot.startsAt}`).moveAppointment({
        target,
        request,
        orderId,
        appointmentId,
        slot,
        ref,
        ...known,
      });
    }
    case 'visit':
      if (!order) throw new Failure('order_not_found');
      return writes(b, 'ask the vendor for a visit').requestVisit({
        target,
        request,
        order,
        vendor: offer.vendor,
        ref,
        ...known,
      });
  }
}

function startOf(offer: Offer): string | null {
  return offer.kind === 'visit' ? null : offer.slot.startsAt;
}

function markOf(offer: Offer): string {
  return offer.kind === 'visit' ? offer.vendor : slotMark(offer.slot);
}

function saidLast({ state }: Booking): string | undefined {
  const { attempts } = state.search;
  return attempts.at(-1)?.reason ?? undefined;
}

/** Noted before anything else. The window is counted from now: the call may have reached the provider at the last moment. */
function recordUnknown(b: Booking, offer: Offer, said: string): void {
  const [startsAt, isMove] = [startOf(offer), offer.kind === 'move'];
  attemptBecame(b, 'unknown', `not answered: ${said}`);
  startDoubted(b, startOf(offer));
  callUnanswered(b, { since: now(), startsAt, isMove });
  if (isMove) recordOpenWrite(b, 'move');
}

/** What became of the unanswered call, by looks over the rest of its window. */
export async function accountFor(b: Booking): Promise<Appointment | null> {
  const isMove = b.state.doubts.unknownBook?.isMove;
  const appointment = await lookUpUnknown(b);
  if (appointment) recordHeld(b, appointment, isMove);
  return appointment;
}

/**
 * Nothing was sent: what stood there already is no effect of this call. Only where an earlier one for that start is doubted
 * may it be ours; else nobody can tell, as of what a look before a call did not show.
 */
function recordUnsent(b: Booking, offer: Offer): void {
  const startsAt = startOf(offer);
  const isDoubted = b.state.doubts.unansweredStarts.some((doubted) => isSameTime(doubted, startsAt));
  if (!isDoubted) startSeenBeforeCall(b, startsAt, true);
}

/** Notes the appointment as this booking's own; one that was taken over and is moved stays a taken-over one. */
export function recordHeld(b: Booking, appointment: Appointment, isMove = false): void {
  attemptBecame(b, 'held');
  recordOwn(b, appointment);
  appointmentHeld(b, appointment, isMove);
  if (isMove) moveLanded(b);
}
