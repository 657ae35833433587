import type { CancelAnswer } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Sighting, AppointmentPhase } from '../../src/booking/model';
import { referredPartyOf } from '../../src/booking/request-parts';
import { sightingMark } from '../../src/booking/sighting';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { core, writes } from '../saga/activities';
import { now } from '../saga/clock';
import { knownLive, recordOwn, ownershipOf } from '../saga/ownership';
import { feeTermsOf } from '../saga/fees';
import { lookUp, lookUpOnce, whereToLook } from '../saga/lookups';
import { isLostCall, openWhile } from '../saga/open-writes';
import { newPace } from '../saga/pace';
import { appointmentSeen } from '../saga/parts/appointment';
import { callAccountedFor } from '../saga/parts/doubts';
import { cancelAccepted, staffAsked, staffDone, undoCalled } from '../saga/parts/undo';
import { nextSighting } from '../saga/sightings';
import { runIds, shielded, type Booking } from '../saga/state';
import { lookForStrays, outlastInference } from '../saga/strays';
import { deadline, hasPassed, untilOf } from '../saga/waiting';
import { leaveToPerson } from './undo';

/**
 * Cancels the appointments that looks show to be the booking's own, and records what became of each. Which undo does
 * so, and when, is in appointment.ts.
 */

/** What a release remembers: whether its latest try spared its appointment. */
export interface Sparing {
  isSpared: boolean;
}

/**
 * Returns the phases in which a release spares its appointment: all but "not confirmed yet", which is why it is
 * released. An appointment that staff was asked to cancel is not spared, and neither is another of ours. `id` is null
 * for whichever appointment is ours.
 */
function sparedPhases({ state }: Booking, id: string | null): readonly AppointmentPhase[] {
  const isMeant = id === null || id === state.appointment.held?.id;
  if (!isMeant || (id !== null && state.undo.askedOfStaff.includes(id))) return [];
  return [...state.terms.capabilities.confirmedBy, 'in_progress', 'completed', 'unknown'];
}

/** Cancels all appointments that are ours, except one that a release spares. A move without reschedule may hold two. */
export async function cancelOurs(b: Booking, sparing: Sparing | null): Promise<UndoOutcome> {
  const { refReturns } = b.state.terms.capabilities;
  await staffCancelled(b, refReturns ? await cancelByRef(b, sparing) : await cancelById(b, sparing));
  if (b.state.undo.isUnderWay && b.state.appointment.leftIds.length > 0) return 'left_to_person';
  await lookForStrays(b, 'until it is gone');
  if (b.state.undo.calls.includes('appointment')) return 'undone';
  // Without returned refs, appointments of an earlier run cannot be found by a look: a person must know.
  if (!refReturns) await refuseReset(b);
  return 'nothing_to_undo';
}

function refuseReset(b: Booking): Promise<void> {
  return core('was the booking reset?').refuseReset({ runIds: runIds(b) });
}

/** Cancels the old appointment of a move, then the live one that carries our ref. */
async function cancelByRef(b: Booking, sparing: Sparing | null): Promise<string[]> {
  const { replaces, leftIds } = b.state.appointment;
  const old = replaces && !leftIds.includes(replaces.id) ? await cancel(b, replaces.id, null) : [];
  if (leftIds.length === 0) return [...old, ...(await cancel(b, null, sparing))];
  const sighting = await lookUp(b, 'look what there is to undo');
  const seen = ownershipOf(b, sighting);
  if (seen.is === 'ambiguous') throw new Failure('ambiguous_match');
  const isToUndo = seen.is === 'ours' && !leftIds.includes(seen.appointment.id);
  return isToUndo ? [...old, ...(await cancel(b, seen.appointment.id, sparing))] : old;
}

/**
 * Cancels appointments that are known by id first, so that a doubtful one does not hold them up, then the effect of an
 * unanswered call. All cancels are asked for before this waits for the provider's staff.
 */
async function cancelById(b: Booking, sparing: Sparing | null): Promise<string[]> {
  const asked: string[] = [];
  for (const { id } of await knownToUndo(b)) {
    if (isInferred(b, id)) await outlastInference(b);
    asked.push(...(await cancel(b, id, sparing)));
  }
  const late = b.state.doubts.unknownBook ? await lookUpOnce(b) : null;
  if (late) recordOwn(b, late);
  await outlastInference(b);
  return late ? [...asked, ...(await cancel(b, late.id, sparing))] : asked;
}

function isInferred({ state }: Booking, id: string): boolean {
  return state.appointment.inferredIds.includes(id);
}

/**
 * Returns our live appointments by id: first those that an answer named. A visit that has begun comes last, because it
 * stops the undo.
 */
async function knownToUndo(b: Booking): Promise<Appointment[]> {
  if (b.state.appointment.ownIds.length === 0) return [];
  const sighting = await lookUp(b, 'look what there is to undo');
  staffDone(b, idsOf(sighting.ended));
  const known = knownLive(b, sighting);
  if (known.length === 0) recordEnded(b, sighting);
  const rank = (one: Appointment) => 2 * Number(hasBegun(one)) + Number(isInferred(b, one.id));
  return known.sort((one, other) => rank(one) - rank(other));
}

/**
 * Has the provider cancel an appointment: the one with this id, or whichever is ours when the id is null. Returns the
 * ids that the provider's staff was asked to cancel.
 */
async function cancel(b: Booking, appointmentId: string | null, sparing: Sparing | null): Promise<string[]> {
  return recordAnswer(b, await askToCancel(b, appointmentId, sparing), sparing);
}

export async function askToCancel(
  b: Booking,
  appointmentId: string | null,
  sparing: Sparing | null,
): Promise<CancelAnswer> {
  const { request } = b.state.terms;
  const message = b.state.callers.cancel;
  const call = () =>
    writes(b, 'cancel the appointment').cancelAppointment({
      ...whereToLook(b),
      request: referredPartyOf(request),
      appointmentId,
      reason: message?.reason ?? null,
      fees: feeTermsOf(b),
      sparedPhases: sparing ? sparedPhases(b, appointmentId) : [],
      isFirst: !b.state.undo.calls.includes('appointment'),
    });
  try {
    return await openWhile(
      b,
      'cancel',
      () => shielded(call),
      ({ is }) => is === 'unknown',
    );
  } catch (err) {
    if (isLostCall(err)) undoMayBeAsked(b, appointmentId);
    throw err;
  }
}

/**
 * Records the answer to a cancel. An accepted cancel comes first, because from then on the provider may not show the
 * appointment at all.
 */
export async function recordAnswer(
  b: Booking,
  answer: CancelAnswer,
  sparing: Sparing | null,
): Promise<string[]> {
  if (answer.is === 'nothing_there') {
    await recordNothingThere(b, answer.sighting);
    return [];
  }
  const { appointment } = answer;
  if (answer.is === 'spared') {
    if (sparing) sparing.isSpared = true;
    recordOwn(b, appointment);
    recordUndone(b, appointment);
    return [];
  }
  if (answer.is === 'unknown' ? answer.accepted : answer.is === 'ended' && answer.byUs)
    cancelAccepted(b, appointment.id);
  if (answer.is !== 'ended' || answer.byUs) {
    undoCalled(b, 'appointment');
    recordEffect(b, appointment);
  }
  recordUndone(b, answer.is === 'ended' ? { ...appointment, phase: 'cancelled' } : appointment);
  if (answer.is === 'unknown') undoMayBeAsked(b, appointment.id);
  if (answer.is === 'unknown') throw new Failure('provider_unavailable', { said: answer.said });
  if (answer.is === 'ended') staffDone(b, [appointment.id]);
  if (answer.is !== 'asked') return [];
  staffAsked(b, appointment.id);
  return [appointment.id];
}

/** Records an unanswered cancel. Where staff carries cancels out, they may have been asked. */
function undoMayBeAsked(b: Booking, id: string | null): void {
  undoCalled(b, 'appointment');
  if (id !== null && b.state.terms.capabilities.cancelBy === 'staff_task') staffAsked(b, id);
}

/**
 * Records that no live appointment is provably ours. Somebody else's appointment there is for a person while a call is
 * unanswered, or when only its id makes it look like ours. A caller's cancel may mean an appointment that the run
 * before a reset took over.
 */
async function recordNothingThere(b: Booking, sighting: Sighting): Promise<void> {
  const message = b.state.callers.cancel;
  const { request } = b.state.terms;
  const { unknownBook } = b.state.doubts;
  const appointment = b.state.appointment.held;
  if (ownershipOf(b, sighting).is === 'foreign') {
    const hasOurId = sighting.live.some(({ id }) => id === appointment?.id);
    if (unknownBook || hasOurId) throw new Failure('ambiguous_match');
    if (message && request.policy?.existingAppointment === 'adopt') await refuseReset(b);
  }
  recordEnded(b, sighting);
}

/**
 * Records an appointment of ours that no answer named as the effect of the unanswered call; a move may still surface.
 */
function recordEffect(b: Booking, appointment: Appointment): void {
  const { unknownBook } = b.state.doubts;
  const ownIds = b.state.appointment.ownIds;
  if (ownIds.includes(appointment.id)) return;
  recordOwn(b, appointment);
  if (unknownBook && !unknownBook.isMove) callAccountedFor(b);
}

function hasBegun({ phase }: Appointment): boolean {
  return phase === 'in_progress' || phase === 'completed';
}

/** Keeps the view on the appointment that is being undone, unless it is the old one of a move. */
function recordUndone(b: Booking, appointment: Appointment): void {
  if (b.state.appointment.replaces?.id !== appointment.id) appointmentSeen(b, appointment);
}

/** Waits until the provider's staff has cancelled these appointments; until then the undo is left to them. */
export async function staffCancelled(b: Booking, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const limit = deadline(b, now(), b.state.terms.limits.staffTaskDueMs);
  const pace = newPace();
  let mark = '';
  for (;;) {
    leaveToPerson(b, 'appointment');
    const seen = await nextSighting(b, {
      what: "the provider's staff to cancel",
      mark,
      pace,
      until: untilOf(b, limit),
    });
    if (!seen) continue;
    mark = sightingMark(seen);
    for (const ended of seen.ended.filter(({ id }) => ids.includes(id))) recordUndone(b, ended);
    staffDone(b, idsOf(seen.ended));
    const live = seen.live.filter(({ id }) => ids.includes(id));
    if (live.length === 0) return;
    // Staff does not cancel a visit that is taking place, so waiting would have no end.
    if (live.some(hasBegun)) throw new Failure('visit_begun', { said: wordsOf(live) });
    if (hasPassed(b, limit)) throw new Failure('staff_task_overdue', { said: wordsOf(live) });
  }
}

const idsOf = (appointments: readonly Appointment[]): string[] => appointments.map(({ id }) => id);

/** Returns the words that tell a person which appointments are meant. */
export function wordsOf(appointments: readonly Appointment[]): string {
  return appointments
    .map(({ id, startsAt }) => `appointment ${id} at ${startsAt ?? 'no time yet'}`)
    .join(', ');
}

function recordEnded(b: Booking, { ended }: Sighting): void {
  const { held: appointment, ownIds } = b.state.appointment;
  const own = ended.filter(({ id }) => ownIds.includes(id));
  const shown = own.find(({ id }) => id === appointment?.id) ?? own[0];
  if (shown) appointmentSeen(b, shown);
}
