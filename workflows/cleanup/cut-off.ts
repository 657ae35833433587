import { patched } from '@temporalio/workflow';
import type { CutOff, LeftBehind } from '../../src/booking/ops';
import { Failure, type Choice } from '../../src/booking/failures';
import type { Appointment, Order, Sighting } from '../../src/booking/model';
import { namedOrderId } from '../../src/booking/request-parts';
import { isRefOf } from '../../src/booking/ref';
import type { BookingStatus, BookingView } from '../../src/booking/schema/view';
import { isEndStatus as isOver } from '../../src/booking/status';
import type { BookingTraces } from '../../src/booking/traces';
import { ops } from '../ops/activities';
import { core } from '../saga/activities';
import { after } from '../saga/clock';
import { failureOf } from '../saga/ending';
import { knownLive, ownershipOf, recordOwn } from '../saga/ownership';
import { lookUp, lookUpUnknown } from '../saga/lookups';
import { attention } from '../saga/attention';
import { claimsOn } from '../saga/claims';
import { allAppointmentsLeft, appointmentSeen, appointmentTakenUp } from '../saga/parts/appointment';
import { callersTakenUp } from '../saga/parts/callers';
import { callUnanswered, doubtsTakenUp, startDoubted, writesCutOff } from '../saga/parts/doubts';
import { lifeTakenUp, resetAccepted } from '../saga/parts/life';
import { orderLeft, orderSeen, orderTakenUp, placingUnanswered } from '../saga/parts/order';
import { undoBegan } from '../saga/parts/progress';
import { attemptsTakenUp } from '../saga/parts/search';
import { requestRead } from '../saga/parts/terms';
import { endingBegan, undosLeft, undoTakenUp } from '../saga/parts/undo';
import { publish } from '../saga/publish';
import { isRead, maker, type Begun, type Booking, type BookingState } from '../saga/state';
import { undosOf } from '../steps';
import { undoUnasked } from '../steps/appointment';
import { findPlaced, hasOrderEnded, orderToUndo } from '../steps/order';
import type { Undo } from '../steps/undo';

/**
 * A booking that was cut off in Temporal, outside of itself: taken up where it stood, so that what it left is
 * undone by its own undos. What stands confirmed, in the booking's eyes or in the provider's, is never cancelled
 * without a person's word: that somebody pressed Terminate is no patient's wish.
 */

/**
 * An order may have been released long before it is cleaned up after, and be another booking's by now. Then so is what is on
 * it: nothing is called. An appointment that is ours by its ref and that no other booking knows is for a person.
 */
export function unlessUsedElsewhere(undo: Undo, cutOffAt?: string): Undo {
  // An order that its caller had named is theirs: the booking that took it on last was told what to do with it.
  const since = (b: Booking) =>
    undo.step === 'order' && namedOrderId(b.state.terms.request) !== null ? cutOffAt : undefined;
  const guarded = (run: Undo['run']) => async (b: Booking) => {
    if (!(await isUsedElsewhere(b, since(b)))) return run(b);
    if (undo.step === 'appointment') await refuseOwnElsewhere(b);
    return 'nothing_to_undo';
  };
  return { ...undo, run: guarded(undo.run), ...(undo.finish && { finish: guarded(undo.finish) }) };
}

async function refuseOwnElsewhere(b: Booking): Promise<void> {
  const { capabilities } = b.state.terms;
  const { leftIds } = b.state.appointment;
  if (!capabilities.refReturns) return;
  const { live } = await lookUp(b, 'look for our appointment on an order that another booking uses');
  const ours = live.filter(({ id, ref }) => isRefOf(maker(b), ref) && !leftIds.includes(id));
  if (ours.length === 0) return;
  const { theirs } = await claimsOn(b, ours);
  const [own] = ours.filter(({ id }) => !theirs.includes(id));
  if (own)
    throw new Failure('foreign_appointment', { said: `appointment ${own.id}, which is ours by its ref` });
}

async function isUsedElsewhere(b: Booking, takenOnSince?: string): Promise<boolean> {
  const { request } = b.state.terms;
  const order = b.state.order.known;
  if (!order) return false;
  publish(b); // what is undone from here on must show before it is asked about
  const { provider, account } = request;
  return core('does another booking use the order?').isOrderUsedElsewhere({
    ...{ provider, account, orderId: order.id },
    ...(takenOnSince !== undefined && { takenOnSince }),
  });
}

const CUT_OFF_CHOICES: readonly Choice[] = ['keep', 'end', 'retry'];

/** Returns the undos that are due: none when nothing was made, the visit is over, or a person has it left. */
export async function takeUp(b: Begun, cutOff: CutOff): Promise<readonly Undo[]> {
  endingBegan(b);
  const left = await readLeft(b, cutOff);
  const before = left && (await resume(b, left));
  if (!before || !isRead(b)) return [];
  const guarded = (undo: Undo) => unlessUsedElsewhere(undo, left.cutOffAt);
  const undos = undosOf(b).map(guarded);
  for (;;) {
    const verdict = await judged(b, before);
    if (verdict.do === 'nothing') return [];
    if (verdict.do === 'undo') return undos;
    if (verdict.do === 'undo unasked') return undosOf(b).map(unlessConfirmed).map(guarded);
    const choice = await attention(b, verdict.failure, CUT_OFF_CHOICES);
    if (choice === 'end') return undos;
    if (choice === 'keep') {
      leaveAll(b);
      return [];
    }
  }
}

/** Asks about an appointment that the provider has confirmed since it was judged. */
function unlessConfirmed(undo: Undo): Undo {
  if (undo.step !== 'appointment') return undo;
  const unasked = undoUnasked();
  return {
    ...undo,
    async run(b) {
      for (;;) {
        const outcome = await unasked.run(b);
        if (!unasked.isSpared) return outcome;
        const choice = await attention(b, new Failure('booking_cut_off'), CUT_OFF_CHOICES);
        if (choice === 'end') return undo.run(b);
        if (choice !== 'keep') continue;
        allAppointmentsLeft(b);
        orderLeft(b);
        return 'left_to_person';
      }
    },
  };
}

/** Reads what the run left to be known by. Returns null when it cannot be read any more and a person is responsible. */
async function readLeft(b: Begun, { bookingId, runId }: CutOff): Promise<LeftBehind | null> {
  return orPerson(b, () => ops('read what the booking left').readLeftBehind({ bookingId, runId }));
}

/** Makes a call until it succeeds; null when a person has it left standing. What fails here ends nothing: it is all there is to go by. */
export async function orPerson<T>(b: Begun, call: () => Promise<T>): Promise<T | null> {
  for (;;) {
    try {
      return await call();
    } catch (err) {
      const failure = failureOf(err);
      if (!failure) throw err;
      const { code, facts, message } = failure;
      const said = [`${code}: ${message}`, facts.said].filter(Boolean).join(' ');
      if ((await attention(b, new Failure('cut_off_unreadable', { said }), ['retry', 'leave'])) === 'leave') {
        leaveAll(b);
        return null;
      }
    }
  }
}

/** How far the booking had come. */
interface Before {
  /** Whether it had told its callers that the appointment stands. */
  stoodConfirmed: boolean;
  /** Whether it was being ended already: then nobody needs to be asked whether to. */
  wasEnding: boolean;
}

const CONFIRMED: readonly string[] = ['confirmed', 'in_progress', 'rescheduling'];

/**
 * Null when it cannot have made anything: its request had not been read, or it had ended by itself. Every write is
 * published before it is made, so a run without traces made none; where it was reset, the run before it may have.
 */
async function resume(b: Begun, left: LeftBehind): Promise<Before | null> {
  const { request, view, traces, createdAt, isAfterReset } = left;
  if (view && isOver(view.status)) return null;
  const wasOpened = traces?.opened === true;
  if (!wasOpened && !left.isLaterRun) return null;
  const opening = { request, bookingId: b.state.id, afterwards: true };
  const opened = await orPerson(b, () => core('read the booking that was cut off').openBooking(opening));
  if (!opened) return null;
  requestRead(b, opened);
  lifeTakenUp(b, createdAt, isAfterReset);
  undoBegan(b);
  if (!view || !wasOpened) return { stoodConfirmed: false, wasEnding: false };
  takeUpAsItStood(b, view, traces);
  takeUpUnanswered(b, view.status, left.cutOffAt);
  return {
    stoodConfirmed: CONFIRMED.includes(view.status),
    wasEnding: traces.cancel !== null || view.status === 'compensating',
  };
}

/** The booking as it had told of itself, as far as an undo needs it: what it does not tell is read at the provider. */
function takeUpAsItStood(b: Booking, view: BookingView, traces: BookingTraces): void {
  const { phase, acceptedRunId } = traces;
  const { order, appointment } = view;
  const unread = { orderId: order?.id ?? null, phase: phase ?? 'unknown', ref: null, reason: null };
  orderTakenUp(b, order, traces);
  appointmentTakenUp(b, appointment && { ...appointment, ...unread }, traces);
  doubtsTakenUp(b, traces);
  undoTakenUp(b, traces);
  resetAccepted(b, acceptedRunId);
  callersTakenUp(b, traces);
  attemptsTakenUp(b, view.attempts);
}

/** A write may have been on its way when the booking was cut off: nobody heard its answer. */
function takeUpUnanswered(b: Booking, status: BookingStatus, since: string): void {
  const { attempts } = b.state.search;
  const { capabilities } = b.state.terms;
  const last = attempts.at(-1);
  const isMove = status === 'rescheduling' && capabilities.reschedule === 'native';
  // Also where an earlier call is noted: it may have been on its way again, under the same key, and its window is the later.
  const isBookOpen = last?.outcome === 'booking';
  if (isBookOpen) {
    callUnanswered(b, { since, startsAt: last.startsAt, isMove });
    startDoubted(b, last.startsAt);
  }
  if (placesOrder(b.state) && !b.state.order.known) placingUnanswered(b, since);
  if (!capabilities.writesNameOrder) return;
  writesCutOff(b, after(since, capabilities.lateCommitWindowMs), isMove && isBookOpen);
}

function placesOrder(state: BookingState): boolean {
  const { request, capabilities } = state.terms;
  return capabilities.orderKind !== null && request.order !== undefined && 'labTestIds' in request.order;
}

/** `undo unasked`: nothing stands that was promised, and nobody has asked for the end. */
type Verdict = { do: 'undo' } | { do: 'undo unasked' } | { do: 'nothing' } | { do: 'ask'; failure: Failure };

/** What is to become of what the booking left, after a look at the provider. */
async function judged(b: Booking, before: Before): Promise<Verdict> {
  try {
    // One that was placed without our hearing of it carries the booking's id; the undo looks again, for longer.
    if (!b.state.order.known && b.state.order.unknownSince)
      await findPlaced(b, 'look for the order that it placed');
    const order = await orderToUndo(b);
    if (!order && b.state.terms.capabilities.orderKind !== null) return { do: 'undo' };
    // Which leaves it alone, and says so; by the time of a later try it may be used no more.
    if (await isUsedElsewhere(b)) return { do: before.wasEnding ? 'undo' : 'undo unasked' };
    return await verdictOnAll(b, before);
  } catch (err) {
    const failure = failureOf(err);
    if (!failure) throw err;
    return { do: 'ask', failure };
  }
}

/** What an unanswered call brings about may be confirmed at once: it is waited for before anything is undone unasked. */
async function verdictOnAll(b: Booking, before: Before): Promise<Verdict> {
  const look = () => lookUp(b, 'look what the booking left');
  const verdict = verdictOn(b, before, await look());
  if (verdict.do !== 'undo unasked') return verdict;
  if (!patched('cut-off-unasked')) return { do: 'undo' };
  const late = b.state.appointment.tookOver ? null : await lookUpUnknown(b);
  if (!late) return verdict;
  recordOwn(b, late);
  return verdictOn(b, before, await look());
}

function verdictOn(b: Booking, before: Before, sighting: Sighting): Verdict {
  const order = sighting.order ?? b.state.order.known;
  if (sighting.order && b.state.order.known) orderSeen(b, sighting.order);
  // What it knew as its own counts first: an unanswered call beside it must not hide it.
  const seen = ownershipOf(b, sighting);
  const standing = withoutRepeats([
    ...knownLive(b, sighting),
    ...(seen.is === 'ours' ? [seen.appointment] : []),
  ]);
  const own = standing[0] ?? null;
  if (own) appointmentSeen(b, own);
  if (own?.phase === 'completed' || (order && isPastVisit(order))) return { do: 'nothing' };
  if (before.wasEnding) return { do: 'undo' };
  const confirming: readonly string[] = [
    ...b.state.terms.capabilities.confirmedBy,
    'confirmed',
    'in_progress',
  ];
  const providerSaysSo = own !== null && confirming.includes(own.phase);
  const somethingStands = own !== null || (order !== null && !hasOrderEnded(order));
  // A word that we do not know may mean that it stands.
  const isUnclear = own?.phase === 'unknown';
  const isPromised = providerSaysSo || isUnclear || (before.stoodConfirmed && somethingStands);
  return isPromised
    ? { do: 'ask', failure: new Failure('booking_cut_off', allStanding(standing)) }
    : { do: 'undo unasked' };
}

function withoutRepeats(appointments: readonly Appointment[]): Appointment[] {
  return appointments.filter(({ id }, n) => appointments.findIndex((one) => one.id === id) === n);
}

/** Names them where there are several, as after a move that was cut off: `keep` keeps them all. */
function allStanding(appointments: readonly Appointment[]): { said?: string } {
  if (appointments.length < 2) return {};
  const ids = appointments.map(({ id }) => id).join(', ');
  return { said: `${appointments.length} of its appointments stand: ${ids}` };
}

function isPastVisit({ phase }: Order): boolean {
  return phase === 'with_lab' || phase === 'completed';
}

/** From here on a person is responsible for what is left. */
function leaveAll(b: Begun): void {
  undosLeft(b, isRead(b) ? undosOf(b).map(({ step }) => step) : ['appointment']);
}
