import { Failure } from '../../src/booking/failures';
import type { Appointment, Sighting } from '../../src/booking/model';
import { referredPartyOf } from '../../src/booking/request-parts';
import { sightingMark } from '../../src/booking/sighting';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { writes } from '../activities';
import { now } from '../clock';
import { knownLive, whose } from '../evidence';
import { costsFee } from '../fees';
import { lookUp, lookUpOnce, lookUpUnknown } from '../lookups';
import { newPace } from '../pace';
import { nextSighting } from '../sightings';
import { at, change, shielded, type Booking } from '../state';
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
    const seen = await lookUp(b, 'check that the appointment is undone');
    return knownLive(b, seen).length > 0 || whose(b, seen).is !== 'none';
  },
};

/** The undo of one of the two appointments that a move holds for a while, or of one that a caller gives up for it. */
export function cancelling(appointment: Appointment): Undo {
  return {
    ...undoAppointment,
    async run(b) {
      // A call that cancels may name the order and not the appointment: what is there now must be the one that is meant.
      const { live: standing, ended } = await lookUp(b, 'look what there is to undo');
      const isMeant = ({ id }: Appointment) => id === appointment.id;
      const live = standing.find(isMeant);
      if (!live) {
        for (const gone of ended.filter(isMeant)) noteUndone(b, gone);
        return 'undone';
      }
      await askToCancel(b, live);
      if (b.state.capabilities.cancelBy === 'staff_task') await staffCancelled(b, [live.id]);
      return 'undone';
    },
    async stands(b) {
      const { live } = await lookUp(b, 'check that the appointment is undone');
      return live.some(({ id }) => id === appointment.id);
    },
  };
}

/** Notes that a person had one of our appointments left standing: the view says so for as long as the booking lives. */
export function leaveStanding(b: Booking, { id }: Appointment): void {
  change(b, {
    leftIds: [...b.state.leftIds, id],
    compensation: [
      ...b.state.compensation.filter(({ step }) => step !== 'appointment'),
      { step: 'appointment', outcome: 'left_to_person', attempts: 1, at: now() },
    ],
  });
}

/**
 * Cancels all that is ours: a move without reschedule holds two for a while. What is known by id comes first, so
 * that it is not held up by what may be anybody's; all are asked for before the provider's staff is waited for.
 */
async function cancelOurs(b: Booking): Promise<UndoOutcome> {
  const known = await knownToUndo(b);
  for (const one of known) await askToCancel(b, one);
  const other = await otherToUndo(b);
  if (other) {
    change(b, { ownAppointmentIds: [...new Set([...b.state.ownAppointmentIds, other.id])] });
    await askToCancel(b, other);
  }
  const asked = [...known, ...(other ? [other] : [])].map(({ id }) => id);
  if (asked.length > 0 && b.state.capabilities.cancelBy === 'staff_task') await staffCancelled(b, asked);
  if (b.compensating && b.state.leftIds.length > 0) return 'left_to_person';
  return b.state.undoCalls.includes('appointment') ? 'undone' : 'nothing_to_undo';
}

/** Where refs do not return: what is ours by id. A visit that has begun comes last, as it stops the undo. */
async function knownToUndo(b: Booking): Promise<Appointment[]> {
  if (b.state.capabilities.refReturns) return [];
  const sighting = await lookUp(b, 'look what there is to undo');
  const known = knownLive(b, sighting);
  if (known.length === 0) noteEnded(b, sighting);
  return known.sort((one, other) => Number(hasBegun(one)) - Number(hasBegun(other)));
}

/** What the unanswered call brought about; without one, and where refs return, what carries our ref. */
async function otherToUndo(b: Booking): Promise<Appointment | null> {
  if (b.state.unknownBook) return lookUpOnce(b);
  return b.state.capabilities.refReturns ? ourLive(b) : null;
}

/** Has the provider, or its staff, cancel an appointment. */
async function askToCancel(b: Booking, appointment: Appointment): Promise<void> {
  noteUndone(b, appointment);
  if (hasBegun(appointment)) throw new Failure('visit_begun', { said: wordsOf([appointment]) });
  if (costsFee(b, appointment) && !mayCostFee(b)) throw new Failure('fee_window');
  if (!b.state.undoCalls.includes('appointment')) {
    change(b, { undoCalls: [...b.state.undoCalls, 'appointment'] });
  }
  const answer = await shielded(() =>
    writes(b, 'cancel the appointment').cancelAppointment({
      at: at(b),
      request: referredPartyOf(b.state.request),
      orderId: b.state.order?.id ?? null,
      appointmentId: appointment.id,
      reason: b.state.cancel?.reason ?? null,
    }),
  );
  if (answer.is === 'unknown') throw new Failure('provider_unavailable', { said: answer.said });
  if (answer.value) noteUndone(b, answer.value);
}

function hasBegun({ standing }: Appointment): boolean {
  return standing === 'in_progress' || standing === 'completed';
}

/** Keeps the view on the appointment that is being undone, unless it is the old one of a move. */
function noteUndone(b: Booking, appointment: Appointment): void {
  if (b.state.replaces?.id !== appointment.id) change(b, { appointment });
}

/** The provider's staff was asked to cancel these: shown as left to a person until they did. */
async function staffCancelled(b: Booking, ids: readonly string[]): Promise<void> {
  const limit = deadline(b, now(), b.state.limits.staffTaskDueMs);
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
    for (const ended of seen.ended.filter(({ id }) => ids.includes(id))) noteUndone(b, ended);
    const standing = seen.live.filter(({ id }) => ids.includes(id));
    if (standing.length === 0) return;
    // Nobody cancels a visit that is taking place: waiting for it would have no end.
    if (standing.some(hasBegun)) throw new Failure('visit_begun', { said: wordsOf(standing) });
    if (isOver(b, limit)) throw new Failure('staff_task_overdue', { said: wordsOf(standing) });
  }
}

/** Which appointments a person is asked about. */
function wordsOf(appointments: readonly Appointment[]): string {
  return appointments
    .map(({ id, startsAt }) => `appointment ${id} at ${startsAt ?? 'no time yet'}`)
    .join(', ');
}

function mayCostFee(b: Booking): boolean {
  return b.state.acceptFees || b.state.request.policy?.acceptFees === true;
}

async function ourLive(b: Booking): Promise<Appointment | null> {
  const sighting = await lookUp(b, 'look what there is to undo');
  const seen = whose(b, sighting);
  if (seen.is === 'ambiguous') throw new Failure('ambiguous_match');
  if (seen.is === 'ours' && !b.state.leftIds.includes(seen.appointment.id)) return seen.appointment;
  noteEnded(b, sighting);
  return null;
}

function noteEnded(b: Booking, { ended }: Sighting): void {
  const { appointment, ownAppointmentIds } = b.state;
  const own = ended.filter(({ id }) => ownAppointmentIds.includes(id));
  const shown = own.find(({ id }) => id === appointment?.id) ?? own[0];
  if (shown) change(b, { appointment: shown });
}
