import { Failure } from '../../src/booking/failures';
import type { Appointment } from '../../src/booking/model';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { lookedAhead } from '../saga/ahead';
import { Ending } from '../saga/ending';
import { knownLive, recordOwn, ownIn, ownershipOf } from '../saga/ownership';
import { carryOnMidStep } from '../saga/long-life';
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
import { hasPassed, pauseUntil, settleDeadline } from '../saga/waiting';
import { askToCancel, cancelOurs, recordAnswer, staffCancelled, wordsOf, type Sparing } from './cancel';
import { confirmed, understood } from './confirm';
import { nextOffer } from './offer';
import { orderToUndo } from './order';
import { recordHeld, takeOffer } from './take';
import { undone, type Undo } from './undo';

/**
 * The appointment. The step searches for a slot, books it and waits for the provider's confirmation; it tries another
 * slot when none comes. Its undo cancels whatever this booking made.
 */

/**
 * Tries slots until one is confirmed. An appointment that is taken over needs no slot. Goes on where an earlier run of
 * the booking left off: before a slot, or while one is held.
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
  const isConfirmed = await confirmedOrReleased(b, async () => b.state.appointment.tookOver || isReleased(b));
  if (!isConfirmed) throw new Ending('failed', 'slot_declined');
}

async function trySlots(b: Booking, until: number): Promise<void> {
  const first = until - b.state.terms.limits.maxSlotAttempts;
  for (;;) {
    if (b.state.appointment.held && (await confirmedOrReleased(b))) return;
    const tried = b.state.search.attempts.length;
    // An offer that an earlier run left open is taken even if tries or time are used up: a person may have decided so.
    const isOpen = b.state.search.offer !== null;
    if (!isOpen && tried >= until) throw new Ending('failed', 'no_slot');
    // One try is made even after the deadline: a time without workers is no reason to undo anything.
    if (!isOpen && tried > first && hasPassed(b, settleDeadline(b)))
      throw new Ending('failed', 'not_settled_in_time');
    await carryOnMidStep(b);
    await takeNext(b);
  }
}

/** Takes the next offer. One that an earlier run left open comes first, so that its unanswered call is repeated. */
async function takeNext(b: Booking): Promise<void> {
  const offer = b.state.search.offer ?? (await withAttention(b, () => nextOffer(b)));
  offerMade(b, offer);
  await withAttention(b, () => takeOffer(b, offer));
  offerTaken(b);
}

/**
 * Looks for an appointment that the order has before the first book call. Refuses it, or takes it over when the request
 * says so. Returns true when one was taken over.
 */
async function takeOver(b: Booking): Promise<boolean> {
  if (b.state.terms.capabilities.orderKind === null) return false;
  const sighting = lookedAhead(b) ?? (await lookUp(b, 'look for an appointment that is there already'));
  const seen = ownershipOf(b, sighting);
  if (seen.is === 'none') return false;
  if (seen.is === 'ambiguous') throw new Failure('ambiguous_match');
  if (seen.is === 'foreign' && b.state.terms.request.policy?.existingAppointment !== 'adopt') {
    throw new Failure('appointment_exists', { field: 'policy.existingAppointment' });
  }
  if (seen.is === 'foreign') appointmentTakenOver(b, seen.appointment);
  else ownAppointmentFound(b, seen.appointment);
  recordOwn(b, seen.appointment);
  return true;
}

/**
 * Waits for the provider's confirmation. Returns true once the appointment is confirmed, and false once its slot was
 * given back. `release` returns false when it spared the appointment; the wait then goes on.
 */
export async function confirmedOrReleased(
  b: Booking,
  release: () => Promise<boolean> = () => isReleased(b),
): Promise<boolean> {
  for (;;) {
    if (await confirmed(b)) return true;
    if (await release()) return false;
    attemptBecame(b, 'held', 'changed at the provider as it was about to be released');
    await understood(b);
  }
}

/**
 * Gives a slot back before another is tried. Returns false when it was spared, because the provider confirmed it
 * meanwhile. An appointment that a person leaves standing ends the search.
 */
async function isReleased(b: Booking): Promise<boolean> {
  const appointment = b.state.appointment.held;
  for (;;) {
    const release = releaseOfOurs();
    if ((await undone(b, release)) === 'left_to_person') {
      if (appointment) recordLeft(b, appointment);
      throw new Ending('failed', 'undo_failed');
    }
    if (!release.isSpared) break;
    if (!hasOpenWrites(b)) return false;
    // An unanswered cancel may still end it, so the next look is made when that can no longer happen.
    await outlastOpenWrites(b);
  }
  appointmentReleased(b);
  return true;
}

/**
 * Cancels whatever appointment this booking made, found by a look and not from memory. It looks even if the booking
 * knows of none, because a run that was reset does not know what the run before it made.
 */
export const undoAppointment: Undo = {
  step: 'appointment',
  async run(b) {
    if (isToStay(b)) return b.state.doubts.unknownBook ? 'pending' : stayOutcome(b);
    return undoOurs(b, null);
  },
  async finish(b) {
    if (isToStay(b)) return stayed(b);
    if (b.state.terms.capabilities.orderKind !== null && !b.state.order.known) return 'nothing_to_undo';
    await outlastUnknown(b);
    return cancelOurs(b, null);
  },
  async remains(b) {
    if (b.state.terms.capabilities.orderKind !== null && !(await orderToUndo(b))) return false;
    const seen = await lookUp(b, 'check that the appointment is undone');
    return knownLive(b, seen).length > 0 || ownershipOf(b, seen).is !== 'none' || hasStrays(b);
  },
};

/**
 * Returns the undo of a slot that was not confirmed in time, including a new slot of a moved, taken-over appointment.
 * It spares the appointment when the look before the cancel shows it confirmed; the booking then judges anew.
 */
function releaseOfOurs(): Undo & Sparing {
  const release: Undo & Sparing = {
    ...undoAppointment,
    isSpared: false,
    run: (b) => undoOurs(b, release),
  };
  return release;
}

/**
 * Returns the undo for a booking that nobody asked to end. Like a release, it spares what the provider has confirmed by
 * now.
 */
export function undoUnasked(): Undo & Sparing {
  const unasked: Undo & Sparing = {
    ...undoAppointment,
    isSpared: false,
    run: (b) => (isToStay(b) ? undoAppointment.run(b) : undoOurs(b, unasked)),
  };
  return unasked;
}

async function undoOurs(b: Booking, sparing: Sparing | null): Promise<UndoOutcome> {
  if (sparing) sparing.isSpared = false;
  if (b.state.terms.capabilities.orderKind !== null && !(await orderToUndo(b)))
    return b.state.order.unknownSince ? 'pending' : 'nothing_to_undo';
  const outcome = await cancelOurs(b, sparing);
  return b.state.doubts.unknownBook ? 'pending' : outcome;
}

/** Returns the undo of a move's old appointment: a new one was confirmed, or the caller gives the old one up first. */
export const cancelling = (appointment: Appointment): Undo => undoOf(appointment, () => null);

/**
 * Returns the undo of a move's new appointment while the old one still stands. It spares the new one as a release does.
 */
export function releasing(appointment: Appointment): Undo & Sparing {
  const release: Undo & Sparing = { isSpared: false, ...undoOf(appointment, () => release) };
  return release;
}

function undoOf(appointment: Appointment, sparingOf: () => Sparing | null): Undo {
  return {
    ...undoAppointment,
    async run(b) {
      const sparing = sparingOf();
      if (sparing) sparing.isSpared = false;
      await outlastInference(b);
      const answer = await askToCancel(b, appointment.id, sparing);
      // The appointment was there, and a look that does not show it does not prove that it ended.
      if (answer.is === 'nothing_there')
        throw new Failure('appointment_missing', { said: `${wordsOf([appointment])} is not shown at all` });
      await staffCancelled(b, await recordAnswer(b, answer, sparing));
      return 'undone';
    },
    async remains(b) {
      const { live } = await lookUp(b, 'check that the appointment is undone');
      return live.some(({ id }) => id === appointment.id);
    },
  };
}

/** Returns true when the appointment must stay: only a caller's cancel undoes one that was taken over. */
function isToStay({ state }: Booking): boolean {
  const message = state.callers.cancel;
  const { tookOver } = state.appointment;
  return tookOver && message === null;
}

/** Undoes nothing, and looks over the window where an unanswered move puts the appointment that stays. */
async function stayed(b: Booking): Promise<UndoOutcome> {
  const { unknownBook } = b.state.doubts;
  for (const time of unknownBook ? lookUpTimes(b, unknownBook.since) : []) {
    await pauseUntil(b, 'a lost answer to show up', time);
    const how = { fresh: true, lookedFor: 'late_effect' } as const;
    const own = ownIn(b, await lookUp(b, 'look where the unanswered move has put it', how));
    if (own) appointmentSeen(b, own);
  }
  callAccountedFor(b);
  return stayOutcome(b);
}

/** Returns the outcome for an appointment that stays: nothing to undo, unless a person left one standing. */
function stayOutcome({ state }: Booking): UndoOutcome {
  return state.appointment.leftIds.length > 0 ? 'left_to_person' : 'nothing_to_undo';
}

/** Records that a person left one of our appointments standing. The view says so for as long as the booking lives. */
export function recordLeft(b: Booking, { id }: Appointment): void {
  appointmentLeft(b, id);
  undoOfAppointmentLeft(b);
}

/** Cancels any effect of an unanswered call, until its window is over. */
async function outlastUnknown(b: Booking): Promise<void> {
  for (;;) {
    const late = await lookUpUnknown(b);
    if (!late) return;
    recordHeld(b, late);
    await cancelOurs(b, null);
    // Otherwise an appointment that a person left standing would be found again without end.
    if (b.state.appointment.leftIds.includes(late.id)) callAccountedFor(b);
  }
}
