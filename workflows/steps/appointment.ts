import { Failure } from '../../src/booking/failures';
import type { Appointment } from '../../src/booking/model';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { Ending } from '../saga/ending';
import { knownLive, noteOwn, ownIn, whose } from '../saga/evidence';
import { carryOnWhenLong } from '../saga/long-life';
import { lookUp, lookUpTimes, lookUpUnknown } from '../saga/lookups';
import { hasOpenWrites, outlastOpenWrites } from '../saga/open-writes';
import { withAttention } from '../saga/attention';
import {
  appointmentLeft,
  appointmentReleased,
  appointmentSeen,
  appointmentTakenOver,
  ownAppointmentFound,
} from '../saga/parts/appointment';
import { callAccountedFor } from '../saga/parts/doubts';
import { searchBegan } from '../saga/parts/progress';
import { attemptBecame, offerMade, offerTaken, searchEnded, searchLimited } from '../saga/parts/search';
import { undoOfAppointmentLeft } from '../saga/parts/undo';
import type { Booking } from '../saga/state';
import { hasStrays, outlastInference } from '../saga/strays';
import { isOver, pauseUntil, settleDeadline } from '../saga/waiting';
import {
  askToCancel,
  cancelOurs,
  changedSince,
  none,
  noteAnswer,
  staffCancelled,
  wordsOf,
  type SparedAt,
} from './cancel';
import { confirmed } from './confirm';
import { nextOffer } from './offer';
import { orderToUndo } from './order';
import { recordHeld, take } from './take';
import { undone, type Undo } from './undo';

/**
 * The appointment: search a slot, book it, wait for the provider's word, and another slot where that does not come. Its undo
 * cancels whatever this booking made.
 */

/**
 * Tries slots until one is confirmed. An appointment that is taken over needs no slot. Goes on where an earlier run of the
 * booking left off: before a slot, or while one is held.
 */
export async function obtainAppointment(b: Booking): Promise<void> {
  const isBegun = b.state.search.until !== null || b.state.appointment.held !== null;
  if (!isBegun) {
    searchBegan(b);
    if (!(await withAttention(b, () => takeOver(b)))) searchLimited(b, b.state.terms.limits.maxSlotAttempts);
  }
  const { until } = b.state.search;
  await (until === null ? confirmExisting(b) : trySlots(b, until));
  searchEnded(b);
}

async function confirmExisting(b: Booking): Promise<void> {
  const isConfirmed = await (b.state.appointment.tookOver ? confirmed(b) : confirmedOrReleased(b));
  if (!isConfirmed) throw new Ending('failed', 'slot_declined');
}

async function trySlots(b: Booking, until: number): Promise<void> {
  const first = until - b.state.terms.limits.maxSlotAttempts;
  for (;;) {
    if (b.state.appointment.held && (await confirmedOrReleased(b))) return;
    const tried = b.state.search.attempts.length;
    if (tried >= until) throw new Ending('failed', 'no_slot');
    // One try is made whatever the time: that no worker was there until it was up is no reason to undo anything.
    if (tried > first && isOver(b, settleDeadline(b))) throw new Ending('failed', 'not_settled_in_time');
    await carryOnWhenLong(b);
    await takeNext(b);
  }
}

/** Takes what is next on offer, or was when an earlier run left off: an unanswered call of it is made again, and no other. */
async function takeNext(b: Booking): Promise<void> {
  const offer = b.state.search.offer ?? (await withAttention(b, () => nextOffer(b)));
  offerMade(b, offer);
  await withAttention(b, () => take(b, offer));
  offerTaken(b);
}

/**
 * What the order has before the first book: nothing, or an appointment that is refused or, when the request
 * says so, taken over. True when one was taken over.
 */
async function takeOver(b: Booking): Promise<boolean> {
  if (b.state.terms.capabilities.orderKind === null) return false;
  const seen = whose(b, await lookUp(b, 'look for an appointment that is there already'));
  if (seen.is === 'none') return false;
  if (seen.is === 'ambiguous') throw new Failure('ambiguous_match');
  if (seen.is === 'foreign' && b.state.terms.request.policy?.existingAppointment !== 'adopt') {
    throw new Failure('appointment_exists', { field: 'policy.existingAppointment' });
  }
  if (seen.is === 'foreign') appointmentTakenOver(b, seen.appointment);
  else ownAppointmentFound(b, seen.appointment);
  noteOwn(b, seen.appointment);
  return true;
}

/**
 * Waits for the provider's word to the end: true once the appointment is confirmed, false once its slot was given back for
 * another. `release` says false where it has spared it.
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

/**
 * Cancels whatever appointment this booking made, found by a look and not from memory. It looks even where the booking
 * knows of none: a run that was reset does not know what the one before it made.
 */
export const undoAppointment: Undo = {
  step: 'appointment',
  async run(b) {
    if (isToStay(b)) return b.state.doubts.unknownBook ? 'pending' : 'nothing_to_undo';
    return undoOurs(b, none);
  },
  async settle(b) {
    if (isToStay(b)) return stayed(b);
    if (b.state.terms.capabilities.orderKind !== null && !b.state.order.known) return 'nothing_to_undo';
    await outlastUnknown(b);
    return cancelOurs(b, none);
  },
  async stands(b) {
    if (b.state.terms.capabilities.orderKind !== null && !(await orderToUndo(b))) return false;
    const seen = await lookUp(b, 'check that the appointment is undone');
    return knownLive(b, seen).length > 0 || whose(b, seen).is !== 'none' || hasStrays(b);
  },
};

/**
 * Gives a slot back that was not confirmed in time, also one that a move has put what was taken over into. Spares it where
 * the look before the cancel shows that the provider's word has come: the booking then knows it so, and judges anew.
 */
const releaseAppointment: Undo = { ...undoAppointment, run: (b) => undoOurs(b, changedSince) };

/** Whether the latest release left the appointment as it is, which it notes. */
export function isSpared(b: Booking): boolean {
  const { held } = b.state.appointment;
  return held !== null && changedSince(b, held.id).includes(held.standing);
}

async function undoOurs(b: Booking, sparedAt: SparedAt): Promise<UndoOutcome> {
  if (b.state.terms.capabilities.orderKind !== null && !(await orderToUndo(b)))
    return b.state.order.unknownSince ? 'pending' : 'nothing_to_undo';
  const outcome = await cancelOurs(b, sparedAt);
  return b.state.doubts.unknownBook ? 'pending' : outcome;
}

/** The undo of the old one of a move: another was confirmed in its place, or its caller gives it up for another. */
export const cancelling = (appointment: Appointment): Undo => undoOf(appointment, none);

/** Gives the new one of a move back, as `releaseAppointment` does, while the old one still stands. */
export const releasing = (appointment: Appointment): Undo => undoOf(appointment, changedSince);

function undoOf(appointment: Appointment, sparedAt: SparedAt): Undo {
  return {
    ...undoAppointment,
    async run(b) {
      await outlastInference(b);
      const answer = await askToCancel(b, appointment.id, sparedAt);
      // It was there, and a look that does not show it says nothing of its end.
      if (answer.is === 'nothing_there')
        throw new Failure('appointment_missing', { said: `${wordsOf([appointment])} is not shown at all` });
      await staffCancelled(b, await noteAnswer(b, answer));
      return 'undone';
    },
    async stands(b) {
      const { live } = await lookUp(b, 'check that the appointment is undone');
      return live.some(({ id }) => id === appointment.id);
    },
  };
}

/** One that was taken over is undone by a caller's cancel only. */
function isToStay({ state }: Booking): boolean {
  const message = state.callers.cancel;
  const { tookOver } = state.appointment;
  return tookOver && message === null;
}

/** It stays wherever an unanswered move puts it, which is looked up over the window; nothing is undone. */
async function stayed(b: Booking): Promise<UndoOutcome> {
  const { unknownBook } = b.state.doubts;
  for (const time of unknownBook ? lookUpTimes(b, unknownBook.since) : []) {
    await pauseUntil(b, 'a lost answer to show up', time);
    const how = { fresh: true, lookedFor: 'late_effect' } as const;
    const own = ownIn(b, await lookUp(b, 'look where the unanswered move has put it', how));
    if (own) appointmentSeen(b, own);
  }
  callAccountedFor(b);
  return 'nothing_to_undo';
}

/** Notes that a person had one of our appointments left standing: the view says so for as long as the booking lives. */
export function leaveStanding(b: Booking, { id }: Appointment): void {
  appointmentLeft(b, id);
  undoOfAppointmentLeft(b);
}

/** Cancels what an unanswered call brings about, until its window is over. */
async function outlastUnknown(b: Booking): Promise<void> {
  for (;;) {
    const late = await lookUpUnknown(b);
    if (!late) return;
    recordHeld(b, late);
    await cancelOurs(b, none);
    // What a person left standing would be found again without end.
    if (b.state.appointment.leftIds.includes(late.id)) callAccountedFor(b);
  }
}
