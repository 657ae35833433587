import { failureRow, type Choice, type Failure, type FailureCode } from '../../src/booking/failures';
import type { AcceptedMove } from '../../src/booking/messages';
import type { Appointment } from '../../src/booking/model';
import { local } from '../saga/activities';
import type { BookingRequest } from '../../src/booking/schema/request';
import { recordOwn, ownIn } from '../saga/ownership';
import { withOwnFees } from '../saga/fees';
import { lookUp, outlastBook } from '../saga/lookups';
import { attention, untilItSucceeds } from '../saga/attention';
import {
  appointmentReleased,
  appointmentSeen,
  replacementDone,
  replacementHeld,
  wentBackTo,
} from '../saga/parts/appointment';
import { messageAnswered } from '../saga/parts/callers';
import { moveDone } from '../saga/parts/move';
import { moveBegan } from '../saga/parts/progress';
import { slotPutBack, slotsOutdated, triedForgotten, type Offer } from '../saga/parts/search';
import { wishesChanged } from '../saga/parts/terms';
import { restartSettling, type Booking } from '../saga/state';
import { cancelling, confirmedOrReleased, recordLeft, releasing } from './appointment';
import { nextSlot } from './offer';
import { accountFor, takeOffer } from './take';
import { hasPassed, settleDeadline } from '../saga/waiting';
import { undone, type Undo } from './undo';

/**
 * A reschedule is a small saga of its own. The old appointment stands until the new one is held. Whatever fails, the
 * booking ends up with exactly one of the two, or says that it has neither (`lost`).
 */
export type MoveOutcome = 'moved' | 'kept' | 'lost';

export function move(b: Booking, message: AcceptedMove): Promise<MoveOutcome> {
  return withOwnFees(b, message.acceptFees === true, () => carryOut(b, message));
}

async function carryOut(b: Booking, message: AcceptedMove): Promise<MoveOutcome> {
  const { request: before } = b.state.terms;
  const appointment = b.state.appointment.held;
  if (!appointment) return 'lost';
  let old = appointment;
  moveBegan(b);
  triedForgotten(b);
  slotsOutdated(b);
  restartSettling(b);
  try {
    const request = await orRefused(b, () =>
      local('read the change').openReschedule({
        request: before,
        change: message,
        timezone: appointment.timezone,
      }),
    );
    if (message.isRepeated && isSameWish(request, before)) {
      moveDone(b);
      return 'kept';
    }
    wishesChanged(b, request);
    old = await orRefused(b, () => liveNow(b, appointment));
    const outcome = await wayOf(b, old)(b, old);
    if (outcome === 'moved') moveDone(b);
    // After a loss the caller's first wishes count again, for the person who decides.
    else wishesChanged(b, before);
    slotsOutdated(b);
    return outcome;
  } catch (err) {
    if (!(err instanceof Refused)) throw err;
    wishesChanged(b, before);
    slotsOutdated(b);
    wentBackTo(b, old);
    refuseMove(b, err.code);
    return 'kept';
  }
}

/** Returns true when both requests want the same windows or slot. Relative days may still mean the same days. */
function isSameWish(one: BookingRequest, other: BookingRequest): boolean {
  const wish = ({ windows, slot }: BookingRequest): string => JSON.stringify([windows, slot]);
  return wish(one) === wish(other);
}

/**
 * Returns the appointment as it stands, maybe under another id by now. Refuses the move before a slot is tried when the
 * appointment is not there. keep.ts follows up on the loss.
 */
async function liveNow(b: Booking, old: Appointment): Promise<Appointment> {
  // No liveIds: if the appointment is absent, the move is refused now, and keep.ts looks into the absence with
  // patience.
  const sighting = await lookUp(b, 'look whether the appointment is there', { liveIds: [] });
  const live = ownIn(b, { ...sighting, ended: [] });
  // One that it had before an earlier move comes from a copy that lags: moving that again might make a second one.
  const isFromBefore = live?.id !== old.id && b.state.appointment.ownIds.includes(live?.id ?? '');
  if (live && !isFromBefore) {
    appointmentSeen(b, live);
    recordOwn(b, live);
    return live;
  }
  throw new Refused(
    sighting.ended.some(({ id }) => id === old.id) ? 'appointment_gone' : 'appointment_missing',
  );
}

/** Returns the way to move an appointment, by what the provider can do. */
function wayOf(b: Booking, old: Appointment): (b: Booking, old: Appointment) => Promise<MoveOutcome> {
  if (b.state.terms.capabilities.reschedule === 'none') return bookThenCancel;
  return old.canReschedule === false ? cancelThenBook : moveThere;
}

/** Has the provider move the appointment. As soon as it answers, only the new time stands. */
async function moveThere(b: Booking, old: Appointment): Promise<MoveOutcome> {
  for (let n = 0; n < b.state.terms.limits.maxSlotAttempts; n++) {
    if (n > 0) checkTime(b);
    const slot = await orRefused(b, () => nextSlot(b));
    const taken = await takeOfMove(b, { kind: 'move', slot, appointmentId: old.id }).catch((err: unknown) => {
      if (err instanceof Refused && err.code === 'cannot_reschedule' && mayCancelAndBook(b))
        return 'fixed' as const;
      throw err;
    });
    if (taken === 'fixed') {
      // The slot counts as untried, because a booking may get what the move could not.
      slotPutBack(b, slot);
      triedForgotten(b);
      return cancelThenBook(b, old);
    }
    if (!taken) continue;
    // The move gave the old time up, as its caller asked. So another slot of the new windows is booked.
    return (await confirmedOrReleased(b)) ? 'moved' : bookAnew(b);
  }
  throw new Refused('no_slot');
}

/**
 * Moves without a reschedule call: both appointments stand until the new one is confirmed, then the old one is
 * cancelled.
 */
async function bookThenCancel(b: Booking, old: Appointment): Promise<MoveOutcome> {
  for (let n = 0; n < b.state.terms.limits.maxSlotAttempts; n++) {
    if (n > 0) checkTime(b);
    const slot = await orRefused(b, () => nextSlot(b));
    const taken = await takeOfMove(b, { kind: 'book', slot });
    if (!taken) continue;
    replacementHeld(b, old);
    if (await confirmedOrReleased(b, () => isGivenBack(b, taken))) {
      await giveUp(b, cancelling(old), old);
      replacementDone(b);
      return 'moved';
    }
    wentBackTo(b, old);
    // Two of our appointments stand now, and a person knows. A third must not be booked beside them.
    if (b.state.appointment.leftIds.includes(taken.id)) throw new Refused('undo_failed');
  }
  throw new Refused('no_slot');
}

/** Undoes one of the two appointments of a move. */
async function giveUp(b: Booking, undo: Undo, appointment: Appointment): Promise<void> {
  if ((await undone(b, undo)) === 'left_to_person') recordLeft(b, appointment);
}

/** Gives the new appointment back. Returns false when the release spared it. */
async function isGivenBack(b: Booking, taken: Appointment): Promise<boolean> {
  const release = releasing(taken);
  await giveUp(b, release, taken);
  return !release.isSpared;
}

/** Gives the old appointment up first, when the provider does not move it and the request allows this. */
async function cancelThenBook(b: Booking, old: Appointment): Promise<MoveOutcome> {
  if (!mayCancelAndBook(b)) throw new Refused('cannot_reschedule');
  const slot = await orRefused(b, () => nextSlot(b)); // give nothing up before there is a slot to take
  // The caller asks for it, so an appointment that was taken over is given up as well.
  if ((await undone(b, cancelling(old))) === 'left_to_person') throw new Refused('undo_failed');
  appointmentReleased(b);
  slotPutBack(b, slot);
  return bookAnew(b);
}

/** Books a slot of the new windows, now that nothing is held any more. */
async function bookAnew(b: Booking): Promise<MoveOutcome> {
  try {
    for (let n = 0; n < b.state.terms.limits.maxSlotAttempts; n++) {
      if (n > 0) checkTime(b);
      const next = await orRefused(b, () => nextSlot(b));
      if (!(await takeOfMove(b, { kind: 'book', slot: next }))) continue;
      if (await confirmedOrReleased(b)) return 'moved';
    }
  } catch (err) {
    if (!(err instanceof Refused)) throw err;
  }
  return 'lost';
}

/** Refuses the move between two slots when its time is up. */
function checkTime(b: Booking): void {
  if (hasPassed(b, settleDeadline(b))) throw new Refused('not_settled_in_time');
}

function mayCancelAndBook(b: Booking): boolean {
  return b.state.terms.request.policy?.onCannotReschedule === 'cancel_and_book';
}

/** Thrown when a move comes to nothing; the appointment stays as it was. */
class Refused extends Error {
  override readonly name = 'Refused';
  constructor(readonly code: FailureCode) {
    super(code);
  }
}

/** Tells the caller that an accepted move came to nothing. */
export function refuseMove(b: Booking, code: FailureCode): void {
  const { lastRequest } = b.state.callers;
  const of = lastRequest?.kind === 'reschedule' ? lastRequest : null;
  const [id, by] = [of?.id ?? null, of?.by ?? null];
  messageAnswered(b, { kind: 'reschedule', outcome: 'refused', code, id, by });
}

/** Takes an offer of a move. Before the move is given up, the effect of its unanswered call is found out. */
async function takeOfMove(b: Booking, offer: Offer): Promise<Appointment | null> {
  try {
    return await orRefused(b, () => takeOffer(b, offer));
  } catch (err) {
    if (!(err instanceof Refused) || !b.state.doubts.unknownBook) throw err;
    const late = await accountedFor(b, err);
    if (late) return late;
    throw err;
  }
}

/**
 * Returns what an unanswered call of a move made, or null. Where nobody can tell whose appointment that is, a person
 * may give the move up all the same. This then waits until the call can have no effect any more, and keep.ts asks about
 * whatever stands at its start.
 */
async function accountedFor(b: Booking, { code }: Refused): Promise<Appointment | null> {
  try {
    if (code !== 'ambiguous_match') return await orRefused(b, () => accountFor(b), waysOut);
  } catch (err) {
    if (!(err instanceof Refused) || err.code !== 'ambiguous_match') throw err;
  }
  await outlastBook(b);
  return null;
}

const waysOut = ({ code }: Failure): readonly Choice[] =>
  code === 'ambiguous_match' ? ['retry', 'keep'] : ['retry'];

/**
 * Makes a call of a move until it succeeds. A failure that would end a booking refuses the move; others go to a person.
 */
function orRefused<T>(
  b: Booking,
  call: () => Promise<T>,
  choicesFor: (failure: Failure) => readonly Choice[] = () => ['retry', 'keep'],
): Promise<T> {
  return untilItSucceeds(call, async (failure) => {
    const isKept = !isForAPerson(failure) || (await attention(b, failure, choicesFor(failure))) === 'keep';
    if (isKept) throw new Refused(failure.code);
  });
}

function isForAPerson({ code }: Failure): boolean {
  if (code === 'appointment_missing') return false; // keeping asks about it, with patience
  const { owner } = failureRow(code);
  return owner === 'provider' || owner === 'us';
}
