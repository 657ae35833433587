import { isSameTime } from '../../src/booking/times';
import type { BookingTraces } from '../../src/booking/traces';
import { local } from '../saga/activities';
import { now } from '../saga/clock';
import { orPerson, unlessUsedElsewhere } from './cut-off';
import { lookUp } from '../saga/lookups';
import type { LateEffect } from '../messages';
import { appointmentTakenUp } from '../saga/parts/appointment';
import { callAccountedFor, callUnanswered, doubtsTakenUp, seenBeforeCall } from '../saga/parts/doubts';
import { orderUnread } from '../saga/parts/order';
import { undoTakenUp } from '../saga/parts/undo';
import { callersTakenUp } from '../saga/parts/callers';
import { attemptsTakenUp } from '../saga/parts/search';
import { requestRead } from '../saga/parts/terms';
import type { Begun, Booking } from '../saga/state';
import { undoAppointment } from '../steps/appointment';
import type { Undo } from '../steps/undo';
import { lookForStrays } from '../saga/strays';

/**
 * The clean-up after an ended booking whose unanswered call may have taken effect after all. It undoes nothing else.
 */

export async function lateEffect(
  b: Begun,
  { request, bookingId, orderId, traces }: LateEffect,
): Promise<readonly Undo[]> {
  const opened = await orPerson(b, () =>
    local('read the ended booking').openBooking({ request, bookingId, afterwards: true }),
  );
  if (!opened) return [];
  requestRead(b, opened);
  if (orderId) orderUnread(b, orderId);
  if (traces) takeUpCalls(b, traces);
  return [unlessUsedElsewhere(opened.capabilities.refReturns ? undoAppointment : undoAtStarts)];
}

/**
 * Takes up what the booking knew of its book calls. Its own undos do not count here, and its moves are not undone here.
 */
function takeUpCalls(b: Booking, traces: BookingTraces): void {
  appointmentTakenUp(b, null, { ...traces, replaces: null });
  doubtsTakenUp(b, { ...traces, unknownBook: null, openWrites: [] });
  undoTakenUp(b, { ...traces, undoCalls: [], askedOfStaff: [] });
  // An appointment that was taken over is cancelled here, too, only if a caller asked for it.
  callersTakenUp(b, { ...traces, acceptFees: false });
}

/** Where refs do not return: looks for new appointments at the starts of unanswered calls, one start after another. */
const undoAtStarts: Undo = {
  ...undoAppointment,
  finish: undefined,
  async run(b) {
    for (const startsAt of b.state.doubts.unansweredStarts) await undoAt(b, startsAt);
    await lookForStrays(b, 'until it is gone');
    return b.state.undo.calls.includes('appointment') ? 'undone' : 'nothing_to_undo';
  },
};

/**
 * Undoes what is new at one start. Appointments at the other starts have their own turn: here they would only make it
 * impossible to tell which appointment is ours.
 */
async function undoAt(b: Booking, startsAt: string): Promise<void> {
  const { seenBefore, unansweredStarts } = b.state.doubts;
  const others = unansweredStarts.filter((other) => !isSameTime(other, startsAt));
  attemptsTakenUp(b, [{ startsAt, outcome: 'unknown', reason: null, at: now() }]);
  // The window of the call is over: only then does its effect count as late.
  callUnanswered(b, { since: b.state.life.createdAt, startsAt, isMove: false });
  const { live } = await lookUp(b, 'look what stands at the other starts', { fresh: true });
  const elsewhere = live.filter((one) => others.some((other) => isSameTime(other, one.startsAt)));
  seenBeforeCall(b, [...seenBefore, ...elsewhere.map(({ id }) => id)]);
  try {
    await undoAppointment.run(b);
  } finally {
    seenBeforeCall(b, seenBefore);
  }
  callAccountedFor(b);
}
