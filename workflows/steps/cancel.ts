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
 * Cancelling the booking's own appointments, whichever the looks show to be its own, and noting what became of each. Which
 * undo does so, and when, is in appointment.ts.
 */

/** Of a release: whether its latest try spared the appointment that it is about. */
export interface Sparing {
  isSpared: boolean;
}

/**
 * Returns the phases in which a release spares its appointment: all but "not confirmed yet", on which the release was
 * decided. What staff was asked to cancel is not spared, nor another of ours; `id` is null for whichever is ours.
 */
function sparedPhases({ state }: Booking, id: string | null): readonly AppointmentPhase[] {
  const isMeant = id === null || id === state.appointment.held?.id;
  if (!isMeant || (id !== null && state.undo.askedOfStaff.includes(id))) return [];
  return [...state.terms.capabilities.confirmedBy, 'in_progress', 'completed', 'unknown'];
}

/** Cancels all that is ours, but for what a release spares: a move without reschedule holds two for a while. */
export async function cancelOurs(b: Booking, sparing: Sparing | null): Promise<UndoOutcome> {
  const { refReturns } = b.state.terms.capabilities;
  await staffCancelled(b, refReturns ? await cancelByRef(b, sparing) : await cancelById(b, sparing));
  if (b.state.undo.isUnderWay && b.state.appointment.leftIds.length > 0) return 'left_to_person';
  await lookForStrays(b, 'until it is gone');
  if (b.state.undo.calls.includes('appointment')) return 'undone';
  // Where no ref tells, what an earlier run made cannot be looked for: a person must know of it.
  if (!refReturns) await refuseReset(b);
  return 'nothing_to_undo';
}

function refuseReset(b: Booking): Promise<void> {
  return core('was the booking reset?').refuseReset({ runIds: runIds(b) });
}

/** Cancels the live one that carries our ref, the old one of a move before it. */
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
 * What is known by id comes first, so that it is not held up by what may be anybody's; then what an unanswered call
 * brought about. All are asked for before the provider's staff is waited for.
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

/** What is live of our own, by id: what an answer named first. A visit that has begun comes last, as it stops the undo. */
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
 * Has the provider cancel an appointment: the one that is meant, else whichever is ours. Returns the ids of those that its
 * staff was asked to cancel.
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

/** Notes what became of it, the accepted cancel first: from then on the provider may not show the appointment at all. */
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

/** A cancel was sent and not answered: where staff carries it out, they may have been asked. */
function undoMayBeAsked(b: Booking, id: string | null): void {
  undoCalled(b, 'appointment');
  if (id !== null && b.state.terms.capabilities.cancelBy === 'staff_task') staffAsked(b, id);
}

/**
 * Nothing that is provably ours is live. What stands there is for a person while a call is unanswered, or when it has the
 * id that we hold and nothing else that makes it ours. A caller's cancel may mean one that a run before a reset took over.
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

/** One of ours that no answer had named is what the unanswered call brought about; a move may still surface. */
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

/** Waits until the provider's staff has cancelled those that it was asked to: left to a person until then. */
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
    // Nobody cancels a visit that is taking place: waiting for it would have no end.
    if (live.some(hasBegun)) throw new Failure('visit_begun', { said: wordsOf(live) });
    if (hasPassed(b, limit)) throw new Failure('staff_task_overdue', { said: wordsOf(live) });
  }
}

const idsOf = (appointments: readonly Appointment[]): string[] => appointments.map(({ id }) => id);

/** Which appointments a person is asked about. */
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
