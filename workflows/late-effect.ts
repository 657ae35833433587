import { core } from './activities';
import { now } from './clock';
import { orPerson, unlessUsedElsewhere } from './cut-off';
import type { LateEffect } from './messages';
import { change, type Attempt, type Booking } from './state';
import { undoAppointment } from './steps/appointment';
import type { Undo } from './steps/undo';
import { UNREAD_ORDER } from './unread-order';

/** An ended booking whose unanswered call may have taken effect after all: the undo of that, and of nothing else. */

export async function lateEffect(
  b: Booking,
  { request, bookingId, orderId, traces }: LateEffect,
): Promise<readonly Undo[]> {
  const opened = await orPerson(b, () =>
    core('read the ended booking').openBooking({ request, bookingId, afterwards: true }),
  );
  if (!opened) return [];
  const order = orderId ? { ...UNREAD_ORDER, id: orderId, origin: 'adopted' as const } : null;
  b.opened = true;
  const { provider, account } = opened.request;
  const { ownAppointmentIds = [], leftIds = [], inferredIds = [], acceptedCancels = [] } = traces ?? {};
  const { seenBefore = [], unansweredStarts = [] } = traces ?? {};
  change(b, { ...opened, named: { provider, account }, order });
  change(b, { ownAppointmentIds, leftIds, inferredIds, acceptedCancels, seenBefore, unansweredStarts });
  return [unlessUsedElsewhere(opened.capabilities.refReturns ? undoAppointment : undoAtStarts)];
}

/** Where no ref tells, what is new at the start of a call that was never answered is looked for, one start after another. */
const undoAtStarts: Undo = {
  ...undoAppointment,
  settle: undefined,
  async run(b) {
    for (const startsAt of b.state.unansweredStarts) {
      change(b, {
        attempts: [attemptAt(startsAt)],
        unknownBook: { since: now(), startsAt, isMove: false },
      });
      await undoAppointment.run(b);
      change(b, { unknownBook: null });
    }
    return b.state.undoCalls.includes('appointment') ? 'undone' : 'nothing_to_undo';
  },
};

function attemptAt(startsAt: string): Attempt {
  return { slotMark: '', startsAt, outcome: 'unknown', reason: null, at: now() };
}
