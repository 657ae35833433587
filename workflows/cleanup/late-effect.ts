import { isSameTime } from '../../src/booking/times';
import type { BookingTraces } from '../../src/booking/traces';
import { core } from '../saga/activities';
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

/** An ended booking whose unanswered call may have taken effect after all: the undo of that, and of nothing else. */

export async function lateEffect(
  b: Begun,
  { request, bookingId, orderId, traces }: LateEffect,
): Promise<readonly Undo[]> {
  const opened = await orPerson(b, () =>
    core('read the ended booking').openBooking({ request, bookingId, afterwards: true }),
  );
  if (!opened) return [];
  requestRead(b, opened);
  if (orderId) orderUnread(b, orderId);
  if (traces) takeUpCalls(b, traces);
  return [unlessUsedElsewhere(opened.capabilities.refReturns ? undoAppointment : undoAtStarts)];
}

/** What it knew of its book calls; of its undos none counts, and nothing of its moves is undone here. */
function takeUpCalls(b: Booking, traces: BookingTraces): void {
  appointmentTakenUp(b, null, { ...traces, replaces: null });
  doubtsTakenUp(b, { ...traces, unknownBook: null, openWrites: [] });
  undoTakenUp(b, { ...traces, undoCalls: [], askedOfStaff: [] });
  // What was taken over is cancelled here, too, only where a caller asked for it.
  callersTakenUp(b, { ...traces, acceptFees: false });
}

/** Where no ref tells, what is new at the start of a call that was never answered is looked for, one start after another. */
const undoAtStarts: Undo = {
  ...undoAppointment,
  finish: undefined,
  async run(b) {
    for (const startsAt of b.state.doubts.unansweredStarts) await undoAt(b, startsAt);
    await lookForStrays(b, 'until it is gone');
    return b.state.undo.calls.includes('appointment') ? 'undone' : 'nothing_to_undo';
  },
};

/** What stands at the other starts has its own turn: here it would be a second one, and nobody could tell which is ours. */
async function undoAt(b: Booking, startsAt: string): Promise<void> {
  const { seenBefore, unansweredStarts } = b.state.doubts;
  const others = unansweredStarts.filter((other) => !isSameTime(other, startsAt));
  attemptsTakenUp(b, [{ startsAt, outcome: 'unknown', reason: null, at: now() }]);
  // Its window is over, or nobody would have counted it as a late effect.
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
