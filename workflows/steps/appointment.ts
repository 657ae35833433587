import type { BookAnswer } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Slot } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import { sightingMark } from '../../src/booking/sighting';
import type { UndoOutcome } from '../../src/booking/schema/view';
import { reads, writes } from '../activities';
import { after, now, nowMs } from '../clock';
import { failureOf, isLostWrite } from '../ending';
import { whose } from '../evidence';
import { costsFee } from '../inbox';
import { lookUp, lookUpOnce, lookUpUnknown } from '../lookups';
import { nextSighting, note } from '../sightings';
import { at, change, changeAttempt, maker, shielded, type Booking } from '../state';
import { deadline, isOver, pauseUntil, untilOf } from '../waiting';
import { leaveToPerson, type Undo } from './undo';

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
async function nextSlot(b: Booking): Promise<Slot> {
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

/** What is taken: a slot, or a visit that a vendor is asked for. */
export type Offer = { slot: Slot } | { slot: null; vendor: string };

/**
 * The next thing to take: the best slot, or a visit that is asked for where the request says so or the place has
 * no slots to book. How the area is served is only read when that is in question.
 */
export async function nextOffer(b: Booking): Promise<Offer> {
  const { capabilities, request } = b.state;
  const open = capabilities.requestTier && request.tier === undefined && !request.slot;
  if (capabilities.requestTier && request.tier === 'request') return vendorOffer(b);
  try {
    return { slot: await nextSlot(b) };
  } catch (err) {
    if (!open || failureOf(err)?.code !== 'area_not_served') throw err;
    return vendorOffer(b);
  }
}

async function vendorOffer(b: Booking): Promise<Offer> {
  const { request, order, attempts } = b.state;
  const tier = await reads(b, 'see how the area is served').chooseTier({ at: at(b), request, order });
  if (tier.tier === 'book') throw new Failure('area_not_served');
  // Asked once: a vendor that said no to this patient says no again.
  if (attempts.some(({ slotMark: mark }) => mark === tier.vendor)) throw new Failure('no_slot');
  return { slot: null, vendor: tier.vendor };
}

/** Takes an offer. The appointment, or null when it cannot be had. */
export async function take(b: Booking, offer: Offer): Promise<Appointment | null> {
  // After an attention the unanswered call is accounted for first: no other is made before its window is over.
  if (b.state.unknownBook) return accountFor(b);
  const generation = b.state.attempts.length + 1;
  const startsAt = offer.slot?.startsAt ?? null;
  await noteSeenBefore(b, startsAt);
  change(b, {
    status: 'booking',
    attempts: [
      ...b.state.attempts,
      {
        slotMark: offer.slot ? slotMark(offer.slot) : offer.vendor,
        startsAt,
        outcome: 'booking',
        reason: null,
        at: now(),
      },
    ],
  });
  return settleBook(b, await bookPatiently(b, offer, generation));
}

/** Where refs do not return, what was there before is what tells ours from another's. */
async function noteSeenBefore(b: Booking, startsAt: string | null): Promise<void> {
  if (b.state.capabilities.refReturns) return;
  const sighting = await reads(b, 'look what is there before booking').lookUp({
    at: at(b),
    request: b.state.request,
    orderId: b.state.order?.id ?? null,
    startsAt,
  });
  change(b, { seenBefore: sighting.live.map(({ id }) => id) });
}

/** Books; what certainly had no effect and time may cure (load, no connection) is tried again within patience. */
async function bookPatiently(b: Booking, offer: Offer, generation: number): Promise<BookAnswer> {
  const startedMs = nowMs();
  let pauseMs = b.state.limits.pollFirstMs;
  for (;;) {
    try {
      return await shielded(() => bookOnce(b, offer, generation));
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

async function bookOnce(b: Booking, offer: Offer, generation: number): Promise<BookAnswer> {
  const startsAt = offer.slot?.startsAt ?? null;
  try {
    const answer = await call(b, offer, bookRef(maker(b), generation));
    if (answer.is === 'unknown') noteUnknown(b, startsAt, answer.said);
    return answer;
  } catch (err) {
    const bug = failureOf(err)?.code === 'activity_failed';
    if (!isLostWrite(err) && !bug) throw err;
    noteUnknown(b, startsAt, 'the call was lost');
    return { is: 'unknown', said: 'the call was lost' };
  }
}

function call(b: Booking, offer: Offer, ref: string): Promise<BookAnswer> {
  const { request, order, capabilities } = b.state;
  if (offer.slot === null) {
    if (!order) throw new Failure('order_not_found');
    return writes(b, 'ask the vendor for a visit').requestVisit({
      at: at(b),
      request,
      order,
      vendor: offer.vendor,
      ref,
    });
  }
  return writes(b, `book the slot at ${offer.slot.startsAt}`).bookSlot({
    at: at(b),
    request,
    orderId: order?.id ?? null,
    slot: offer.slot,
    ref,
    key: capabilities.bookKeyLifetimeMs > 0 ? ref : null,
  });
}

/** The window is counted from now: the call may have reached the provider at the last moment of its time. */
function noteUnknown(b: Booking, startsAt: string | null, said: string): void {
  changeAttempt(b, 'unknown', `not answered: ${said}`);
  change(b, { unknownBook: { since: now(), startsAt } });
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

/** Cancels our appointments one after the other: a move without reschedule holds two for a while. */
async function cancelOurs(b: Booking): Promise<UndoOutcome> {
  for (;;) {
    const appointment = b.state.unknownBook ? await lookUpOnce(b) : await ourLive(b);
    if (!appointment) return b.state.undoCalls.includes('appointment') ? 'undone' : 'nothing_to_undo';
    await cancelOne(b, appointment);
    if (b.state.ownAppointmentIds.length < 2) return 'undone';
  }
}

async function cancelOne(b: Booking, appointment: Appointment): Promise<void> {
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
    request: b.state.request,
    orderId: b.state.order?.id ?? null,
    appointmentId: appointment.id,
    reason: b.state.cancel?.reason ?? null,
  });
  if (answer.is === 'unknown') throw new Failure('provider_unavailable', { said: answer.said });
  if (answer.value) change(b, { appointment: answer.value });
  if (b.state.capabilities.cancelBy === 'staff_task') await staffCancelled(b);
}

/** The provider's staff was asked to cancel: shown as left to a person until they did. */
async function staffCancelled(b: Booking): Promise<void> {
  const limit = deadline(b, now(), b.state.limits.staffTaskDueMs);
  let mark = '';
  while (b.state.appointment?.standing !== 'cancelled') {
    if (isOver(b, limit)) throw new Failure('staff_task_overdue');
    leaveToPerson(b, 'appointment');
    const seen = await nextSighting(b, {
      what: "the provider's staff to cancel",
      mark,
      until: untilOf(b, limit),
    });
    mark = sightingMark(seen);
    note(b, seen);
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
