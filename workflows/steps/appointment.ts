import { Failure } from '../../src/booking/failures';
import type { Appointment } from '../../src/booking/model';
import { sightingMark } from '../../src/booking/sighting';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { writes } from '../activities';
import { now } from '../clock';
import { whose } from '../evidence';
import { costsFee } from '../fees';
import { lookUp, lookUpOnce, lookUpUnknown } from '../lookups';
import { nextSighting } from '../sightings';
import { at, change, type Booking } from '../state';
import { deadline, isOver, untilOf } from '../waiting';
import { hold } from './take';
import { leaveToPerson, type Undo } from './undo';

/** The appointment: one that was there before, and the undo of whatever this booking made. */

/**
 * What the order has before the first book: nothing, or an appointment that is refused or, when the request
 * says so, taken over. True when one was taken over.
 */
export async function takeOver(b: Booking): Promise<boolean> {
  if (b.state.capabilities.orderKind === null) return false;
  const seen = whose(b, await lookUp(b, 'look for an appointment that is there already'));
  if (seen.is === 'none') return false;
  if (seen.is === 'ambiguous') throw new Failure('ambiguous_match');
  if (seen.is === 'foreign' && b.state.request.policy?.existingAppointment !== 'adopt') {
    throw new Failure('appointment_exists', { field: 'policy.existingAppointment' });
  }
  change(b, {
    appointment: seen.appointment,
    tookOver: seen.is === 'foreign',
    ownAppointmentIds: [...b.state.ownAppointmentIds, seen.appointment.id],
  });
  return true;
}

/** Cancels whatever appointment this booking made, found by look-up and not from memory. */
export const undoAppointment: Undo = {
  step: 'appointment',
  async run(b) {
    if (b.state.leftStanding) return 'left_to_person'; // decided already: nobody is asked twice
    if (b.state.tookOver && !b.state.cancel) return 'nothing_to_undo';
    if (!b.state.order && b.state.capabilities.orderKind !== null) return 'nothing_to_undo';
    if (b.state.attempts.length === 0 && !b.state.appointment) return 'nothing_to_undo';
    const outcome = await cancelOurs(b);
    return b.state.unknownBook ? 'pending' : outcome;
  },
  async settle(b) {
    const late = await lookUpUnknown(b);
    if (late) hold(b, late);
    return cancelOurs(b);
  },
  async stands(b) {
    return whose(b, await lookUp(b, 'check that the appointment is undone')).is !== 'none';
  },
};

/** Cancels our appointments one after the other: a move without reschedule holds two for a while. */
async function cancelOurs(b: Booking): Promise<UndoOutcome> {
  for (;;) {
    const appointment = b.state.unknownBook ? await lookUpOnce(b) : await ourLive(b);
    if (!appointment) return b.state.undoCalls.includes('appointment') ? 'undone' : 'nothing_to_undo';
    await cancelOne(b, appointment);
    if (b.state.ownAppointmentIds.length < 2) return 'undone';
  }
}

export async function cancelOne(b: Booking, appointment: Appointment): Promise<void> {
  noteUndone(b, appointment);
  if (hasBegun(appointment)) throw new Failure('visit_begun');
  if (costsFee(b, appointment) && !mayCostFee(b)) throw new Failure('fee_window');
  if (!b.state.undoCalls.includes('appointment')) {
    change(b, { undoCalls: [...b.state.undoCalls, 'appointment'] });
  }
  const answer = await writes(b, 'cancel the appointment').cancelAppointment({
    at: at(b),
    request: b.state.request,
    orderId: b.state.order?.id ?? null,
    appointmentId: appointment.id,
    reason: b.state.cancel?.reason ?? null,
  });
  if (answer.is === 'unknown') throw new Failure('provider_unavailable', { said: answer.said });
  if (answer.value) noteUndone(b, answer.value);
  if (b.state.capabilities.cancelBy === 'staff_task') await staffCancelled(b, appointment.id);
}

function hasBegun({ standing }: Appointment): boolean {
  return standing === 'in_progress' || standing === 'completed';
}

/** Keeps the view on the appointment that is being undone, unless it is the old one of a move. */
function noteUndone(b: Booking, appointment: Appointment): void {
  if (b.state.replaces?.id !== appointment.id) change(b, { appointment });
}

/** The provider's staff was asked to cancel: shown as left to a person until they did. */
async function staffCancelled(b: Booking, appointmentId: string): Promise<void> {
  const limit = deadline(b, now(), b.state.limits.staffTaskDueMs);
  let mark = '';
  for (;;) {
    leaveToPerson(b, 'appointment');
    const seen = await nextSighting(b, {
      what: "the provider's staff to cancel",
      mark,
      until: untilOf(b, limit),
    });
    if (!seen) continue;
    mark = sightingMark(seen);
    const ended = seen.ended.find(({ id }) => id === appointmentId);
    if (ended) noteUndone(b, ended);
    const standing = seen.live.find(({ id }) => id === appointmentId);
    if (!standing) return;
    // Nobody cancels a visit that is taking place: waiting for it would have no end.
    if (hasBegun(standing)) throw new Failure('visit_begun');
    if (isOver(b, limit)) throw new Failure('staff_task_overdue');
  }
}

function mayCostFee(b: Booking): boolean {
  return b.state.acceptFees || b.state.request.policy?.acceptFees === true;
}

async function ourLive(b: Booking): Promise<Appointment | null> {
  const sighting = await lookUp(b, 'look what there is to undo');
  const seen = whose(b, sighting);
  if (seen.is === 'ambiguous') throw new Failure('ambiguous_match');
  if (seen.is === 'ours') return seen.appointment;
  const ended = sighting.ended.find(({ id }) => b.state.ownAppointmentIds.includes(id));
  if (ended) change(b, { appointment: ended });
  return null;
}
