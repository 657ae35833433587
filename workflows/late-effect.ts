import { isSameTime } from '../src/booking/times';
import { core } from './activities';
import { now } from './clock';
import { orPerson, unlessUsedElsewhere } from './cut-off';
import { lookUp } from './lookups';
import type { LateEffect } from './messages';
import { orderUnread } from './parts/order';
import { change, type Attempt, type Booking } from './state';
import { undoAppointment } from './steps/appointment';
import type { Undo } from './steps/undo';
import { lookForStrays } from './strays';

/** An ended booking whose unanswered call may have taken effect after all: the undo of that, and of nothing else. */

export async function lateEffect(
  b: Booking,
  { request, bookingId, orderId, traces }: LateEffect,
): Promise<readonly Undo[]> {
  const opened = await orPerson(b, () =>
    core('read the ended booking').openBooking({ request, bookingId, afterwards: true }),
  );
  if (!opened) return [];
  b.opened = true;
  const { provider, account } = opened.request;
  const { ownAppointmentIds = [], leftIds = [], inferredIds = [], acceptedCancels = [] } = traces ?? {};
  const { seenBefore = [], partlySeenStarts = [], unansweredStarts = [] } = traces ?? {};
  // What was taken over is cancelled here, too, only where a caller asked for it.
  const { tookOver = false, takenOver = null, cancel = null } = traces ?? {};
  change(b, { ...opened, named: { provider, account } });
  if (orderId) orderUnread(b, orderId);
  change(b, { ownAppointmentIds, leftIds, inferredIds, acceptedCancels });
  change(b, { seenBefore, partlySeenStarts, unansweredStarts });
  change(b, { tookOver, takenOver, cancel });
  return [unlessUsedElsewhere(opened.capabilities.refReturns ? undoAppointment : undoAtStarts)];
}

/** Where no ref tells, what is new at the start of a call that was never answered is looked for, one start after another. */
const undoAtStarts: Undo = {
  ...undoAppointment,
  settle: undefined,
  async run(b) {
    for (const startsAt of b.state.unansweredStarts) await undoAt(b, startsAt);
    await lookForStrays(b, 'until it is gone');
    return b.state.undoCalls.includes('appointment') ? 'undone' : 'nothing_to_undo';
  },
};

/** What stands at the other starts has its own turn: here it would be a second one, and nobody could tell which is ours. */
async function undoAt(b: Booking, startsAt: string): Promise<void> {
  const { seenBefore, unansweredStarts } = b.state;
  const others = unansweredStarts.filter((other) => !isSameTime(other, startsAt));
  change(b, {
    attempts: [attemptAt(startsAt)],
    unknownBook: { since: now(), startsAt, isMove: false },
  });
  const { live } = await lookUp(b, 'look what stands at the other starts', { fresh: true });
  const elsewhere = live.filter((one) => others.some((other) => isSameTime(other, one.startsAt)));
  change(b, { seenBefore: [...seenBefore, ...elsewhere.map(({ id }) => id)] });
  try {
    await undoAppointment.run(b);
  } finally {
    change(b, { seenBefore });
  }
  change(b, { unknownBook: null });
}

function attemptAt(startsAt: string): Attempt {
  return { slotMark: '', startsAt, outcome: 'unknown', reason: null, at: now() };
}
