import { ALWAYS, type FaultAnswer, type JunctionCall } from '../../support/calls';
import {
  BOTH_LIVE,
  confirmedAtPractice,
  NOTHING_LIVE,
  ORDER_LIVE,
  placeForeign,
  startAdopting,
  startConfirmed,
  type Case,
  type Reached,
  type Stage,
} from './case';
import { unansweredBesideForeign } from './forward';

/** Bookings whose undo needs a person. */

const cancelled = (live: typeof BOTH_LIVE) => ({ status: 'cancelled', live }) as const;
const failed = (live: typeof BOTH_LIVE) => ({ status: 'failed', live }) as const;

/** A confirmed booking of an order, cancelled by its caller while a call of the undo goes wrong until it is mended. */
async function cancelledWhile(
  stage: Stage,
  onFailure: 'cancel' | 'keep',
  call: JunctionCall,
  answer: FaultAnswer,
): Promise<Reached & { appointmentId: string }> {
  const kept = await startConfirmed(stage, onFailure);
  await stage.sandbox.fail(call, { of: kept.orderId, answer, times: ALWAYS, when: 'before' });
  await stage.rig.bookings.cancel(kept.id, {});
  return { ...kept, mend: () => stage.sandbox.mend() };
}

const control = (stage: Stage, path: string, status: string) => () => stage.sandbox.control(path, { status });

export const UNDO: readonly Case[] = [
  {
    reason: 'undo_failed',
    when: 'because the appointment cannot be cancelled',
    async reach(stage) {
      const answer = { status: 500, body: { detail: 'Internal Server Error' } };
      const reached = await cancelledWhile(stage, 'keep', 'cancel_appointment', answer);
      return {
        ...reached,
        undoByHand: control(stage, `appointments/${reached.appointmentId}`, 'cancelled'),
      };
    },
    choices: {
      retry: { first: 'mend', ...cancelled(ORDER_LIVE) },
      undone: { first: 'undoByHand', ...cancelled(ORDER_LIVE) },
      leave: cancelled(BOTH_LIVE),
    },
  },
  {
    reason: 'order_not_cancellable',
    when: 'because the lab has begun',
    async reach(stage) {
      const message = 'Transition from partial_results to cancelled is not allowed';
      const answer = { status: 400, body: { error: 'INVALID', message, status_code: 400 } };
      const reached = await cancelledWhile(stage, 'cancel', 'cancel_order', answer);
      return { ...reached, undoByHand: control(stage, `orders/${reached.orderId}`, 'cancelled') };
    },
    choices: {
      retry: { first: 'mend', ...cancelled(NOTHING_LIVE) },
      undone: { first: 'undoByHand', ...cancelled(NOTHING_LIVE) },
      leave: cancelled(ORDER_LIVE),
    },
  },
  {
    reason: 'foreign_appointment',
    when: "because the order carries somebody else's appointment",
    async reach(stage) {
      let foreign = '';
      const prepare = async (orderId: string) => (foreign = await placeForeign(stage, orderId));
      const started = await startAdopting(stage, 'cancel', { prepare });
      return {
        ...started,
        mend: () => control(stage, `appointments/${foreign}`, 'cancelled')(),
        undoByHand: () => control(stage, `orders/${started.orderId}`, 'cancelled')(),
      };
    },
    choices: {
      retry: { first: 'mend', ...failed(NOTHING_LIVE) },
      undone: { first: 'undoByHand', status: 'failed' },
      leave: failed(BOTH_LIVE),
    },
  },
  {
    reason: 'ambiguous_match',
    when: 'in the undo',
    async reach(stage) {
      const reached = await unansweredBesideForeign(stage);
      await stage.rig.until(reached.id, ({ attention }) => attention !== null);
      await stage.rig.bookings.resolve(reached.id, { choice: 'end', why: 'the patient gave up' });
      await stage.rig.until(
        reached.id,
        ({ status, attention }) => status === 'compensating' && attention !== null,
      );
      return reached;
    },
    choices: {
      retry: { first: 'mend', ...failed(NOTHING_LIVE) },
      undone: { first: 'undoByHand', ...failed(NOTHING_LIVE) },
      // The order is the next to be undone, and it carries what was left.
      leave: { status: 'compensating', asks: 'foreign_appointment', live: BOTH_LIVE },
    },
  },
  {
    reason: 'visit_begun',
    when: 'because the visit began before the caller cancelled',
    async reach(stage) {
      const kept = await startConfirmed(stage, 'keep');
      await control(stage, `appointments/${kept.appointmentId}`, 'in_progress')();
      await stage.rig.bookings.cancel(kept.id, {});
      const gone = control(stage, `appointments/${kept.appointmentId}`, 'cancelled');
      return { ...kept, mend: gone, undoByHand: gone };
    },
    choices: {
      retry: { first: 'mend', ...cancelled(ORDER_LIVE) },
      undone: { first: 'undoByHand', ...cancelled(ORDER_LIVE) },
      leave: cancelled(BOTH_LIVE),
    },
  },
  {
    reason: 'fee_window',
    when: 'because a slot that was never confirmed is so near',
    async reach(stage) {
      await stage.sandbox.control('confirmation', { mode: 'never' });
      const started = await startAdopting(stage, 'keep', {
        reference: COSTLY,
        confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 },
        limits: { maxSlotAttempts: 1, confirmTimeoutMs: 1_000 },
      });
      const { appointment } = await stage.rig.until(started.id, ({ attention }) => attention !== null);
      const gone = control(stage, `appointments/${appointment?.id}`, 'cancelled');
      return { ...started, mend: gone, undoByHand: gone };
    },
    choices: {
      accept_fees: failed(ORDER_LIVE),
      retry: { first: 'mend', ...failed(ORDER_LIVE) },
      undone: { first: 'undoByHand', ...failed(ORDER_LIVE) },
      leave: failed(BOTH_LIVE),
    },
  },
  {
    reason: 'staff_task_overdue',
    when: 'because the clinic does not do its task',
    reach: staffIdle,
    choices: {
      retry: { first: 'mend', status: 'cancelled' },
      undone: { first: 'undoByHand', status: 'cancelled' },
      leave: { status: 'cancelled' },
    },
  },
  {
    reason: 'appointment_missing',
    when: 'in the undo',
    async reach(stage) {
      const reached = await neverListed(stage);
      await stage.rig.until(reached.id, ({ attention }) => attention !== null);
      await stage.rig.bookings.cancel(reached.id, {});
      await stage.rig.until(
        reached.id,
        ({ status, attention }) => status === 'compensating' && attention !== null,
      );
      return reached;
    },
    choices: {
      retry: { first: 'mend', status: 'cancelled' },
      undone: { status: 'cancelled' },
      leave: { status: 'cancelled' },
    },
  },
];

/** A confirmed appointment that the practice's list does not show, until it is mended. */
export async function neverListed({ rig }: Stage): Promise<Reached> {
  await rig.clinic.control('clinic', { listsNew: false, completesTasks: true, afterTaskMs: 0 });
  const { id, appointmentId } = await confirmedAtPractice(rig);
  await rig.bookings.wake(id, 'appointment');
  const mend = () => rig.clinic.control(`appointments/${appointmentId}`, { listed: true });
  return { id, orderId: null, mend };
}

/** Bookings with this reference are inside their provider's fee window (every-attention.test.ts). */
export const COSTLY = 'costly';

async function staffIdle({ rig }: Stage): Promise<Reached> {
  await rig.clinic.control('clinic', { listsNew: true, completesTasks: false });
  const { id, appointmentId } = await confirmedAtPractice(rig);
  await rig.bookings.cancel(id, {});
  const deleted = () => rig.clinic.control(`appointments/${appointmentId}`, { status: 'DELETED' });
  return { id, orderId: null, mend: deleted, undoByHand: deleted };
}
