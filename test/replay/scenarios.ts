import { cleanupIdOf, workflowIdOf } from '../../src/booking/names';
import { NOTES, PATIENT, PATIENT_ON_THE_WIRE } from '../matrix/patient';
import { adopting, atHome, type SagaRig } from '../support/saga';

/** Whole bookings whose histories are kept: whatever is deployed later must be able to go on with them. */
export interface Scenario {
  name: string;
  /** Plays it to its end; the id of the workflow whose history counts. */
  play(rig: SagaRig): Promise<string>;
}

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 } };
const BOOK = '/v3/order/*/phlebotomy/appointment/book';

const placing = (overrides: Record<string, unknown> = {}) =>
  atHome({ patient: PATIENT, notes: NOTES, ...overrides });

const placeOrder = (rig: SagaRig) => rig.sandbox.placeOrder(PATIENT_ON_THE_WIRE);

async function start(rig: SagaRig, request: Record<string, unknown>): Promise<string> {
  return (await rig.bookings.start(request)).booking.id;
}

async function cancelled(rig: SagaRig, id: string): Promise<string> {
  await rig.bookings.cancel(id, { by: 'recorder' });
  return ended(rig, id, 'cancelled');
}

async function ended(rig: SagaRig, id: string, how: 'cancelled' | 'failed' | 'completed'): Promise<string> {
  await rig.until(id, ({ status }) => status === how);
  return workflowIdOf(id);
}

const confirmed = (rig: SagaRig, id: string) =>
  rig.until(id, ({ status, attention }) => status === 'confirmed' && attention === null);

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'confirmed-at-once-then-cancelled',
    async play(rig) {
      const id = await start(rig, placing());
      await confirmed(rig, id);
      return cancelled(rig, id);
    },
  },
  {
    name: 'pending-confirmed-completed',
    async play(rig) {
      await rig.sandbox.control('confirmation', { mode: 'never' });
      const id = await start(rig, placing(ASYNC));
      await rig.until(id, ({ status }) => status === 'awaiting_confirmation');
      const { appointments } = await rig.sandbox.state();
      const path = `appointments/${appointments[0]?.id ?? ''}`;
      await rig.sandbox.control(path, { status: 'confirmed' });
      await rig.bookings.wake(id, 'appointment');
      await confirmed(rig, id);
      await rig.sandbox.control(path, { status: 'in_progress' });
      await rig.until(id, ({ status }) => status === 'in_progress');
      await rig.sandbox.control(path, { status: 'completed' });
      return ended(rig, id, 'completed');
    },
  },
  {
    name: 'slot-snatched',
    async play(rig) {
      await rig.sandbox.control('slots', { snatch: 1 });
      const id = await start(rig, placing());
      await confirmed(rig, id);
      return cancelled(rig, id);
    },
  },
  {
    name: 'unknown-book-found-late',
    async play(rig) {
      const answer = { status: 504, body: 'Gateway Timeout' };
      await rig.sandbox.control('faults', {
        method: 'POST',
        path: BOOK,
        when: 'late',
        answer,
        delayMs: 1_000,
      });
      const id = await start(rig, placing());
      await confirmed(rig, id);
      return cancelled(rig, id);
    },
  },
  {
    name: 'cancelled-while-unknown',
    async play(rig) {
      await rig.sandbox.control('faults', {
        method: 'POST',
        path: BOOK,
        when: 'late',
        answer: 'reset',
        delayMs: 900,
      });
      const id = await start(rig, placing());
      await rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
      return cancelled(rig, id);
    },
  },
  {
    name: 'attention-and-retry',
    async play(rig) {
      const answer = { status: 401, body: { detail: 'Invalid token' } };
      await rig.sandbox.control('faults', { method: 'POST', path: BOOK, answer });
      const id = await start(rig, placing());
      await rig.until(id, ({ attention }) => attention !== null);
      await rig.bookings.retry(id, { by: 'recorder' });
      await confirmed(rig, id);
      return cancelled(rig, id);
    },
  },
  {
    name: 'adopted-order-kept',
    async play(rig) {
      await rig.sandbox.control('slots', { empty: 3 });
      const id = await start(rig, adopting(await placeOrder(rig), 'keep', { notes: NOTES }));
      return ended(rig, id, 'failed');
    },
  },
  {
    name: 'cancelled-by-temporal',
    async play(rig) {
      await rig.sandbox.control('confirmation', { mode: 'never' });
      const id = await start(rig, placing(ASYNC));
      await rig.until(id, ({ status }) => status === 'awaiting_confirmation');
      await rig.server.client.workflow.getHandle(workflowIdOf(id)).cancel();
      return ended(rig, id, 'cancelled');
    },
  },
  {
    name: 'cleaned-up-after',
    async play(rig) {
      const orderId = await placeOrder(rig);
      await rig.sandbox.control('faults', {
        method: 'POST',
        path: BOOK,
        when: 'late',
        answer: 'reset',
        delayMs: 3_000,
      });
      const id = await start(rig, adopting(orderId, 'keep', { limits: { maxSlotAttempts: 1 } }));
      await rig.until(id, ({ status }) => status === 'failed');
      while ((await rig.sandbox.live(orderId)).appointments === 0) await new Promise(setImmediate);
      await rig.bookings.cleanUp(id);
      await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
      return cleanupIdOf(id);
    },
  },
];
