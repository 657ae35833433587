import type { CutOff, LeftBehind } from '../../src/booking/ops';
import { Failure, type Choice } from '../../src/booking/failures';
import type { Appointment, Order, Sighting } from '../../src/booking/model';
import { namedOrderId } from '../../src/booking/request-parts';
import { isRefOf } from '../../src/booking/ref';
import { hasOrderEnded } from '../../src/booking/sighting';
import type { BookingStatus, BookingView } from '../../src/booking/schema/view';
import { isEndStatus as isOver } from '../../src/booking/status';
import type { BookingTraces } from '../../src/booking/traces';
import { ops } from '../ops/activities';
import { core, local } from '../saga/activities';
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
import { findPlaced, orderToUndo } from '../steps/order';
import type { Undo } from '../steps/undo';

/**
 * The clean-up after a booking that was cut off in Temporal from outside. It takes the booking up where it stood, so
 * that the booking's own undos undo what it left. An appointment that the booking or the provider counts as confirmed
 * is cancelled only at a person's word: the patient did not press Terminate.
 */

/**
 * Guards an undo against touching another booking's order. The order may have been released long ago and be another
 * booking's by now, and then so are its appointments: nothing is called. An appointment that is ours by its ref, and
 * that no other booking knows, is for a person.
 */
export function unlessUsedElsewhere(undo: Undo, cutOffAt?: string): Undo {
  // A named order is its caller's. The booking that adopted it last was told what to do with it.
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
  publish(b); // another booking that asks must see what is undone from here on
  const { provider, account } = request;
  return core('does another booking use the order?').isOrderUsedElsewhere({
    ...{ provider, account, orderId: order.id },
    ...(takenOnSince !== undefined && { takenOnSince }),
  });
}

const CUT_OFF_CHOICES: readonly Choice[] = ['keep', 'end', 'retry'];

/**
 * Returns the undos that are due: none when nothing was made, the visit is over, or a person left everything standing.
 */
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

/** Makes an undo ask first about an appointment that the provider has confirmed since it was judged. */
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

/** Reads what the cut-off run published. Returns null when that cannot be read any more and a person is responsible. */
async function readLeft(b: Begun, { bookingId, runId }: CutOff): Promise<LeftBehind | null> {
  return orPerson(b, () => ops('read what the booking left').readLeftBehind({ bookingId, runId }));
}

/**
 * Makes a call until it succeeds. Returns null when a person decides to leave everything standing. No failure ends the
 * clean-up by itself, because without the answer nothing can be undone.
 */
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
  /** Whether it was ending already: then no person needs to be asked whether it should. */
  wasEnding: boolean;
}

const CONFIRMED: readonly string[] = ['confirmed', 'in_progress', 'rescheduling'];

/**
 * Takes the booking up as it stood. Returns null when it left nothing to undo: its request was never read, or it had
 * ended by itself. Every write is published before it is made, so a run without traces made none; after a reset, the
 * run before it may have.
 */
async function resume(b: Begun, left: LeftBehind): Promise<Before | null> {
  const { request, view, traces, createdAt, isAfterReset } = left;
  if (view && isOver(view.status)) return null;
  const wasOpened = traces?.opened === true;
  if (!wasOpened && !left.isLaterRun) return null;
  const opening = { request, bookingId: b.state.id, afterwards: true };
  const opened = await orPerson(b, () => local('read the booking that was cut off').openBooking(opening));
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

/** Takes up what the booking published, as far as an undo needs it. The rest is read at the provider. */
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

/** Counts every write that may have been on its way at the cut-off as unanswered. */
function takeUpUnanswered(b: Booking, status: BookingStatus, since: string): void {
  const { attempts } = b.state.search;
  const { capabilities } = b.state.terms;
  const last = attempts.at(-1);
  const isMove = status === 'rescheduling' && capabilities.reschedule === 'native';
  // This holds even if an earlier call is recorded: it may have been on its way again under the same key, with a later
  // window.
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

/** `undo unasked`: nothing stands that was promised, so it is undone although nobody asked for the booking's end. */
type Verdict = { do: 'undo' } | { do: 'undo unasked' } | { do: 'nothing' } | { do: 'ask'; failure: Failure };

/** Looks at the provider and judges what is to happen to what the booking left. */
async function judged(b: Booking, before: Before): Promise<Verdict> {
  try {
    // An order that was placed without an answer carries the booking's id. The undo looks for it again, and for longer.
    if (!b.state.order.known && b.state.order.unknownSince)
      await findPlaced(b, 'look for the order that it placed');
    const order = await orderToUndo(b);
    if (!order && b.state.terms.capabilities.orderKind !== null) return { do: 'undo' };
    // The guarded undo then leaves the order alone and says so, unless a later try finds it used no more.
    if (await isUsedElsewhere(b)) return { do: before.wasEnding ? 'undo' : 'undo unasked' };
    return await verdictOnAll(b, before);
  } catch (err) {
    const failure = failureOf(err);
    if (!failure) throw err;
    return { do: 'ask', failure };
  }
}

/**
 * Judges after the window of an unanswered call: its effect may be confirmed at once, and must not be undone unasked.
 */
async function verdictOnAll(b: Booking, before: Before): Promise<Verdict> {
  const look = () => lookUp(b, 'look what the booking left');
  const verdict = verdictOn(b, before, await look());
  if (verdict.do !== 'undo unasked') return verdict;
  const late = b.state.appointment.tookOver ? null : await lookUpUnknown(b);
  if (!late) return verdict;
  recordOwn(b, late);
  return verdictOn(b, before, await look());
}

function verdictOn(b: Booking, before: Before, sighting: Sighting): Verdict {
  const order = sighting.order ?? b.state.order.known;
  if (sighting.order && b.state.order.known) orderSeen(b, sighting.order);
  // A known appointment of its own counts first: an unanswered call beside it must not hide it.
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
  // An unknown status may mean that the appointment stands.
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
