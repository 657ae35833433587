import type { BookAnswer } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Slot } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { reads, writes } from '../activities';
import { after, now, nowMs } from '../clock';
import { failureOf, isLostWrite } from '../ending';
import { whose } from '../evidence';
import { costsFee } from '../inbox';
import { lookUp, lookUpOnce, lookUpUnknown } from '../lookups';
import { at, change, changeAttempt, maker, shielded, type Booking } from '../state';
import { pauseUntil } from '../waiting';
import type { Undo } from './undo';

/** Steps 3 and 4: the slot and the appointment. Undone by cancelling whatever appointment this booking made. */

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

/** The best slot not tried yet: of the last search while its keys live, else of a new one. */
export async function nextSlot(b: Booking): Promise<Slot> {
  const kept = b.state.slots.filter((slot) => isUsable(b, slot));
  const slots = kept.length > 0 ? kept : (await search(b)).filter((slot) => isUsable(b, slot));
  const [best, ...rest] = slots;
  if (!best) throw new Failure('no_slot');
  change(b, { slots: rest });
  return best;
}

async function search(b: Booking): Promise<Slot[]> {
  change(b, { status: 'searching', slots: [] });
  const { request, order, capabilities, limits, attempts } = b.state;
  return reads(b, 'search slots in the wanted windows').searchSlots({
    at: at(b),
    request,
    order,
    capabilities,
    max: limits.maxSlotsKept + attempts.length,
  });
}

function isUsable(b: Booking, slot: Slot): boolean {
  const expired = slot.expiresAt !== null && Date.parse(slot.expiresAt) <= nowMs();
  const tried = b.state.attempts.some((attempt) => attempt.slotMark === slotMark(slot));
  return !expired && !tried && Date.parse(slot.startsAt) > nowMs();
}

/** A slot's identity across searches: keys change from one to the next, time and place do not. */
function slotMark(slot: Slot): string {
  return `${slot.startsAt}@${slot.place?.code ?? ''}`;
}

/** Takes a slot. The appointment, or null when the slot cannot be had. */
export async function take(b: Booking, slot: Slot): Promise<Appointment | null> {
  // After an attention the unanswered call is accounted for first: no other is made before its window is over.
  if (b.state.unknownBook) return accountFor(b);
  const generation = b.state.attempts.length + 1;
  await noteSeenBefore(b, slot);
  change(b, {
    status: 'booking',
    attempts: [
      ...b.state.attempts,
      { slotMark: slotMark(slot), startsAt: slot.startsAt, outcome: 'booking', reason: null, at: now() },
    ],
  });
  return settleBook(b, await bookPatiently(b, slot, generation));
}

/** Where refs do not return, what was there before is what tells ours from another's. */
async function noteSeenBefore(b: Booking, slot: Slot): Promise<void> {
  if (b.state.capabilities.refReturns) return;
  const sighting = await reads(b, 'look what is there before booking').lookUp({
    at: at(b),
    request: b.state.request,
    orderId: b.state.order?.id ?? null,
    startsAt: slot.startsAt,
  });
  change(b, { seenBefore: sighting.live.map(({ id }) => id) });
}

/** Books; what certainly had no effect and time may cure (load, no connection) is tried again within patience. */
async function bookPatiently(b: Booking, slot: Slot, generation: number): Promise<BookAnswer> {
  const startedMs = nowMs();
  let pauseMs = b.state.limits.pollFirstMs;
  for (;;) {
    try {
      return await shielded(() => bookOnce(b, slot, generation));
    } catch (err) {
      const failure = failureOf(err);
      if (!failure || !RETRYABLE.includes(failure.code)) throw err;
      const { patienceMs, readyTimeoutMs } = b.state.limits;
      if (nowMs() - startedMs >= (failure.code === 'order_not_ready' ? readyTimeoutMs : patienceMs))
        throw err;
      await pauseUntil(b, 'another try at booking', after(now(), failure.facts.retryAfterMs ?? pauseMs));
      pauseMs = Math.min(pauseMs * 2, b.state.limits.pollMaxMs);
    }
  }
}

const RETRYABLE: readonly string[] = ['rate_limited', 'provider_unavailable', 'order_not_ready'];

async function bookOnce(b: Booking, slot: Slot, generation: number): Promise<BookAnswer> {
  const ref = bookRef(maker(b), generation);
  try {
    const answer = await writes(b, `book the slot at ${slot.startsAt}`).bookSlot({
      at: at(b),
      request: b.state.request,
      orderId: b.state.order?.id ?? null,
      slot,
      ref,
      key: b.state.capabilities.bookKeyLifetimeMs > 0 ? ref : null,
    });
    if (answer.is === 'unknown') noteUnknown(b, slot, answer.said);
    return answer;
  } catch (err) {
    const bug = failureOf(err)?.code === 'activity_failed';
    if (!isLostWrite(err) && !bug) throw err;
    noteUnknown(b, slot, 'the call was lost');
    return { is: 'unknown', said: 'the call was lost' };
  }
}

/** The window is counted from now: the call may have reached the provider at the last moment of its time. */
function noteUnknown(b: Booking, slot: Slot, said: string): void {
  changeAttempt(b, 'unknown', `not answered: ${said}`);
  change(b, { unknownBook: { since: now(), startsAt: slot.startsAt } });
}

async function settleBook(b: Booking, answer: BookAnswer): Promise<Appointment | null> {
  if (answer.is === 'gone') {
    changeAttempt(b, 'gone', answer.reason);
    if (answer.searchAgain) change(b, { slots: [] });
    return null;
  }
  if (answer.is === 'unknown') return accountFor(b);
  hold(b, answer.appointment);
  return answer.appointment;
}

async function accountFor(b: Booking): Promise<Appointment | null> {
  const appointment = await lookUpUnknown(b);
  if (appointment) hold(b, appointment);
  return appointment;
}

/** Notes the appointment as this booking's own. */
export function hold(b: Booking, appointment: Appointment): void {
  changeAttempt(b, 'held');
  change(b, {
    appointment,
    tookOver: false,
    ownAppointmentIds: [...new Set([...b.state.ownAppointmentIds, appointment.id])],
  });
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
    return whose(b, await lookUp(b, 'check that the appointment is undone')).is !== 'none';
  },
};

async function cancelOurs(b: Booking): Promise<UndoOutcome> {
  const appointment = b.state.unknownBook ? await lookUpOnce(b) : await ourLive(b);
  if (!appointment) return b.state.undoCalls.includes('appointment') ? 'undone' : 'nothing_to_undo';
  change(b, { appointment });
  if (appointment.standing === 'in_progress' || appointment.standing === 'completed') {
    throw new Failure('visit_begun');
  }
  if (costsFee(b) && !mayCostFee(b)) throw new Failure('fee_window');
  if (!b.state.undoCalls.includes('appointment')) {
    change(b, { undoCalls: [...b.state.undoCalls, 'appointment'] });
  }
  const answer = await writes(b, 'cancel the appointment').cancelAppointment({
    at: at(b),
    orderId: b.state.order?.id ?? null,
    appointmentId: appointment.id,
    reason: b.state.cancel?.reason ?? null,
  });
  if (answer.is === 'unknown') throw new Failure('provider_unavailable', { said: answer.said });
  if (answer.value) change(b, { appointment: answer.value });
  return 'undone';
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
