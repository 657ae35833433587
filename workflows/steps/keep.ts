import type { Capabilities } from '../../src/booking/capabilities';
import { Failure } from '../../src/booking/failures';
import { NEAR_VISIT_MS } from '../../src/booking/limits';
import type { Appointment, Order } from '../../src/booking/model';
import { sightingMark } from '../../src/booking/sighting';
import { after, now, nowMs } from '../saga/clock';
import { Ending } from '../saga/ending';
import { carryOnWhenLong } from '../saga/long-life';
import { takeMove, takeNews } from '../saga/mail';
import { lookUp } from '../saga/lookups';
import { attention, withAttention } from '../saga/attention';
import { newPace, type Pace } from '../saga/pace';
import { appointmentLost } from '../saga/parts/appointment';
import { finalWordAsked, visitLookedAt } from '../saga/parts/deadlines';
import { moveOvertaken } from '../saga/parts/move';
import { keptAs, stepReached } from '../saga/parts/progress';
import { rebookingBegan } from '../saga/parts/search';
import { nextSighting, recordSighting } from '../saga/sightings';
import { hearsNews, restartSettling, type Booking } from '../saga/state';
import { lookForStrays, refuseStrays } from '../saga/strays';
import { move, refuseMove } from './move';

/**
 * The visit: a confirmed booking stays open until the visit is over.
 *
 * Background. A confirmation is not the end. The provider may cancel, move or complete the appointment, its order may
 * end elsewhere, and the caller may move or cancel it. Webhooks get lost, so polling stands behind them.
 *
 * How it works. One loop looks at what is known and acts on the first that applies: the visit is completed, the order
 * is gone, the provider has cancelled, a caller wants a move (move.ts). Else it waits for the next change. News carries
 * no state: every change is read from the provider. When the final word does not come in time, a person is asked. Where
 * no provider tells the end of a visit, the clock does: a look some time after it shows that the appointment stood.
 *
 * On unwinding. The step itself makes nothing, so it has no undo; the appointment's undo cancels what is kept. When
 * another slot is to be found, the step sends the booking back to its appointment.
 */
export async function keep(b: Booking): Promise<void> {
  if ((await kept(b)) === 'rebook') stepReached(b, 'appointment');
}

async function kept(b: Booking): Promise<'completed' | 'rebook'> {
  const pace = newPace();
  let mark = '';
  let before = b.state.appointment.held?.phase;
  await withAttention(b, () => lookForStrays(b));
  for (;;) {
    // Without an appointment there is nothing to keep or to wait for, so it counts as cancelled.
    const phase = b.state.appointment.held?.phase ?? 'cancelled';
    if (isCompleted(b)) return completed(b);
    if (isOrderGone(b)) {
      await orderGone(b);
      continue;
    }
    if (phase === 'cancelled') {
      // A slot that was only reserved was never promised, so another is looked for as before the reservation.
      const isUnpromised = before === 'reserved' && !mayHaveMoved(b);
      if (isUnpromised || (await providerCancelled(b)) === 'rebook') return rebooking(b);
      continue;
    }
    await carryOnWhenLong(b); // not earlier: the next run would not know the phase before
    before = phase;
    if (b.inbox.reschedule) {
      mark = '';
      if (!(await isReadyToMove(b))) continue;
      if ((await moveAsAsked(b)) === 'rebook') return rebooking(b);
      await withAttention(b, () => lookForStrays(b)); // a call of the move may have gone unanswered
      continue;
    }
    mark = await watchVisit(b, mark, pace);
    if (!isFinalWordDue(b)) continue;
    if (isOverByTheClock(b) || (await noFinalWord(b)) === 'completed') return completed(b);
  }
}

/** Waits for the next change of the appointment or its order and records it. Returns the mark of what was seen. */
async function watchVisit(b: Booking, mark: string, pace: Pace): Promise<string> {
  const status = b.state.appointment.held?.phase === 'in_progress' ? 'in_progress' : 'confirmed';
  keptAs(b, status);
  const shownUntil = finalWordBy(b);
  return withAttention(b, async () => {
    const { keepPollMs, keepPollFarMs } = b.state.terms.limits;
    const nearFrom = nearVisitFrom(b);
    const everyMs = nearFrom === null ? keepPollMs : Math.max(keepPollMs, keepPollFarMs);
    const takesMail = status === 'confirmed'; // a visit that has begun is not moved
    const wait = { what: 'the final word on the visit', until: nearFrom ?? shownUntil, shownUntil };
    const seen = await nextSighting(b, { ...wait, mark, pace, everyMs, takesMail, withOrder: true });
    if (!seen) return mark;
    recordSighting(b, seen);
    await refuseStrays(b, seen);
    // A look by which the visit was only to come near may be heard of long after it. The look may have shown another time,
    // too: then nothing is due yet.
    const isLate = nearFrom === null && shownUntil !== null && Date.parse(shownUntil) <= nowMs();
    visitLookedAt(b, isLate && isOverForLong(b));
    return sightingMark(seen);
  });
}

/**
 * Returns true when the appointment can still be moved. Unread news is read first, so that a move does not act on old
 * facts. A visit that has begun is not moved, and the caller of the move is told.
 */
async function isReadyToMove(b: Booking): Promise<boolean> {
  if (takeNews(b)) {
    await withAttention(b, async () =>
      recordSighting(b, await lookUp(b, 'read the provider before the move', { withOrder: true })),
    );
  }
  if (isCompleted(b) || b.state.appointment.held?.phase === 'in_progress') {
    dropMove(b);
    return false;
  }
  return b.state.appointment.held?.phase !== 'cancelled' && !isOrderGone(b);
}

async function moveAsAsked(b: Booking): Promise<'stays' | 'rebook'> {
  const message = takeMove(b);
  if (!message || (await move(b, message)) !== 'lost') return 'stays';
  const choice = await attention(b, new Failure('reschedule_lost'));
  if (choice === 'rebook') return 'rebook';
  throw new Ending('failed', 'reschedule_lost');
}

/** Refuses an accepted move that was overtaken: by the visit, or by what a person is asked about. */
function dropMove(b: Booking): void {
  if (!takeMove(b)) return;
  refuseMove(b, 'cannot_reschedule_now');
}

async function completed(b: Booking): Promise<'completed'> {
  await withAttention(b, () => lookForStrays(b)); // its polls look around the kept appointment only
  dropMove(b);
  return 'completed';
}

/** Sends the booking back to look for another slot. The lost one is not tried again. */
function rebooking(b: Booking): 'rebook' {
  rebookingBegan(b, b.state.appointment.held?.startsAt ?? null);
  moveOvertaken(b);
  appointmentLost(b);
  restartSettling(b);
  return 'rebook';
}

/** Order phases after the sample was drawn. Some vendors move the order on and never complete the appointment. */
const DRAWN: readonly (Order['phase'] | undefined)[] = ['with_lab', 'completed', 'failed'];

/**
 * Returns true when the visit is completed. A drawn sample counts only from the start of the visit, because an order
 * may carry an earlier sample.
 */
function isCompleted({ state }: Booking): boolean {
  const appointment = state.appointment.held;
  const order = state.order.known;
  if (appointment?.phase === 'completed') return true;
  return (
    DRAWN.includes(order?.phase) && appointment?.phase !== 'cancelled' && !(startMs(appointment) > nowMs())
  );
}

/**
 * Returns true when the order was cancelled or failed elsewhere before the visit, so that the appointment serves
 * nothing.
 */
function isOrderGone({ state }: Booking): boolean {
  const appointment = state.appointment.held;
  const order = state.order.known;
  if (order?.phase !== 'cancelled' && order?.phase !== 'failed') return false;
  const { phase } = appointment ?? {};
  return phase === 'cancelled' || (phase !== 'in_progress' && !(startMs(appointment) <= nowMs()));
}

/** Returns the start in ms, or NaN while no time is agreed: NaN is neither before nor after any time. */
function startMs(appointment: Appointment | null): number {
  return Date.parse(appointment?.startsAt ?? '');
}

/**
 * Ends the booking, because there is nothing to book again for. A person is asked first when the request says so, or
 * when the appointment's status is unknown.
 */
async function orderGone(b: Booking): Promise<void> {
  const isForAPerson = b.state.terms.request.policy?.onProviderCancel === 'attention';
  if (!isForAPerson && b.state.appointment.held?.phase !== 'unknown')
    throw new Ending('failed', 'order_ended');
  dropMove(b);
  if ((await attention(b, new Failure('order_gone'))) === 'end') throw new Ending('failed', 'order_ended');
  await withAttention(b, async () =>
    recordSighting(b, await lookUp(b, 'look again at the order', { withOrder: true })),
  );
}

function isFinalWordDue(b: Booking): boolean {
  return b.state.deadlines.finalWordDue && !isCompleted(b) && b.state.appointment.held?.phase !== 'cancelled';
}

/**
 * Returns when the visit comes near, so that polling becomes frequent: until then news tells most changes, and a poll finds
 * what got lost. Returns null when it is near, or when nobody tells news.
 */
function nearVisitFrom(b: Booking): string | null {
  const startsAt = b.state.appointment.held?.startsAt ?? null;
  if (startsAt === null || !hearsNews(b)) return null;
  const from = after(startsAt, -NEAR_VISIT_MS);
  return Date.parse(from) > nowMs() ? from : null;
}

/**
 * Returns true when the clock ends the visit, at a provider that never tells: the look by which the final word was due
 * showed that the appointment stands.
 */
function isOverByTheClock({ state }: Booking): boolean {
  const { visitEnds, confirmedBy } = state.terms.capabilities;
  const phase = state.appointment.held?.phase;
  if (visitEnds !== 'clock') return false;
  return phase === 'in_progress' || confirmedBy.some((one) => one === phase);
}

/** Returns true when the visit has been over for as long as its final word may take. */
function isOverForLong(b: Booking): boolean {
  const due = finalWordDue(b);
  return due !== null && Date.parse(due) <= nowMs();
}

/** Returns when the final word on the visit is due: the provider's, or the clock's. Null while no time is agreed. */
function finalWordDue({ state }: Booking): string | null {
  const { finalWordMs, visitOverMs } = state.terms.limits;
  const appointment = state.appointment.held;
  const over = appointment?.endsAt ?? appointment?.startsAt ?? null;
  if (over === null) return null;
  return after(over, state.terms.capabilities.visitEnds === 'clock' ? visitOverMs : finalWordMs);
}

function finalWordBy(b: Booking): string | null {
  const { limits } = b.state.terms;
  const due = finalWordDue(b);
  if (due === null) return null;
  // After "look again" the next deadline is one polling pause away.
  return Date.parse(due) > nowMs() ? due : after(now(), limits.keepPollMs);
}

/** Follows the request's policy, within its limits, after the provider took a confirmed appointment back. */
async function providerCancelled(b: Booking): Promise<'rebook' | 'again'> {
  const policy = mayHaveMoved(b) ? 'attention' : (b.state.terms.request.policy?.onProviderCancel ?? 'rebook');
  if (policy === 'compensate') throw new Ending('failed', 'provider_cancelled');
  if (policy === 'rebook' && b.state.search.rebookings < b.state.terms.limits.maxRebookings) return 'rebook';
  const said = b.state.appointment.held?.reason ?? undefined;
  dropMove(b);
  const choice = await attention(b, new Failure('provider_cancelled', { said }));
  if (choice === 'rebook') return 'rebook';
  if (choice === 'end') throw new Ending('failed', 'provider_cancelled');
  await withAttention(b, async () =>
    recordSighting(b, await lookUp(b, 'look again at the cancelled appointment')),
  );
  return 'again';
}

/**
 * Returns true when a cancelled appointment may stand elsewhere: people at the provider moved it, it got another id, and no
 * ref tells that the other one is ours.
 */
function mayHaveMoved({ state }: Booking): boolean {
  // A booking that was opened before there was this trait has none.
  const traits: Partial<Capabilities> = state.terms.capabilities;
  return !(traits.moveKeepsId ?? true) && !traits.refReturns;
}

async function noFinalWord(b: Booking): Promise<'completed' | 'again'> {
  finalWordAsked(b);
  dropMove(b);
  const choice = await attention(b, new Failure('no_final_word'));
  if (choice === 'end') throw new Ending('failed', 'no_final_word');
  return choice === 'completed' ? 'completed' : 'again';
}
