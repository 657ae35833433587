import { randomUUID } from 'node:crypto';
import { cleanupIdOf, TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../src/booking/names';
import { NOTES, PATIENT, PATIENT_ON_THE_WIRE } from '../matrix/patient';
import { AT_SITE_TEST } from '../support/sandbox';
import { adopting, atHome, atPractice, atSite, type SagaRig } from '../support/saga';
import { eventually } from '../support/stand-in';

/** Whole bookings whose histories are kept: whatever is deployed later must be able to go on with them. */
export interface Scenario {
  name: string;
  /** Plays it to its end; the id of the workflow whose history counts. */
  play(rig: SagaRig): Promise<string>;
}

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 } };

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

/** Starts one under limits of its own, which it keeps: the worker that opened it has them, its successor has not. */
async function startWith(
  rig: SagaRig,
  limits: Partial<SagaRig['config']['limits']>,
  request: Record<string, unknown>,
): Promise<string> {
  await rig.stopWorkers();
  await rig.startWorkers({ ...rig.config, limits: { ...rig.config.limits, ...limits } });
  const id = await start(rig, request);
  await confirmed(rig, id);
  await rig.stopWorkers();
  await rig.startWorkers();
  return id;
}

const LATER = { windows: [{ from: '+5d', to: '+9d' }], by: 'recorder' };

/** Moves a confirmed booking and waits until it stands at another time. */
async function moved(rig: SagaRig, id: string): Promise<void> {
  const { appointment: before } = await confirmed(rig, id);
  await rig.bookings.reschedule(id, LATER);
  await rig.until(
    id,
    ({ status, appointment, lastRequest }) =>
      status === 'confirmed' && lastRequest !== null && appointment?.startsAt !== before?.startsAt,
  );
}

/** Sweeps until the clean-up of a booking that was cut off is over; its workflow id. */
async function sweptUp(rig: SagaRig, id: string): Promise<string> {
  const cleanUp = rig.server.client.workflow.getHandle(cleanupIdOf(id));
  await eventually(
    async () => {
      const options = { workflowId: `sweep:${randomUUID()}`, taskQueue: TASK_QUEUE.bookings };
      await rig.server.client.workflow.execute(WORKFLOW_TYPE.sweep, options);
      return cleanUp.describe().catch(() => null);
    },
    (found) => found !== null,
  );
  return cleanupIdOf(id);
}

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
      await rig.sandbox.fail('book', { when: 'late', answer, delayMs: 1_000 });
      const id = await start(rig, placing());
      await confirmed(rig, id);
      return cancelled(rig, id);
    },
  },
  {
    name: 'cancelled-while-unknown',
    async play(rig) {
      await rig.sandbox.fail('book', { when: 'late', answer: 'reset', delayMs: 900 });
      const id = await start(rig, placing());
      await rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
      return cancelled(rig, id);
    },
  },
  {
    name: 'attention-and-retry',
    async play(rig) {
      const answer = { status: 401, body: { detail: 'Invalid token' } };
      await rig.sandbox.fail('book', { answer });
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
      await rig.sandbox.fail('book', { when: 'late', answer: 'reset', delayMs: 8_000 });
      const id = await start(rig, adopting(orderId, 'keep'));
      await rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
      await rig.bookings.cancel(id, {});
      await rig.until(id, ({ status }) => status === 'cancelled');
      while ((await rig.sandbox.live(orderId)).appointments === 0) await new Promise(setImmediate);
      await rig.bookings.cleanUp(id);
      await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
      return cleanupIdOf(id);
    },
  },
  {
    name: 'moved-by-its-caller',
    async play(rig) {
      const id = await start(rig, placing());
      await moved(rig, id);
      return cancelled(rig, id);
    },
  },
  {
    name: 'cancelled-and-booked-for-a-move',
    async play(rig) {
      const id = await start(rig, placing({ policy: { onCannotReschedule: 'cancel_and_book' } }));
      await rig.sandbox.fail('reschedule', {
        when: 'before',
        answer: { status: 400, body: { detail: 'This appointment cannot be rescheduled.' } },
      });
      await moved(rig, id);
      return cancelled(rig, id);
    },
  },
  {
    name: 'cancelled-in-the-middle-of-a-move',
    async play(rig) {
      const id = await start(rig, placing());
      await confirmed(rig, id);
      await rig.sandbox.fail('reschedule', { when: 'after', delayMs: 400 });
      await rig.bookings.reschedule(id, LATER);
      await rig.sandbox.called('reschedule');
      return cancelled(rig, id);
    },
  },
  {
    name: 'rebooked-after-the-provider-cancelled',
    async play(rig) {
      const id = await start(rig, placing());
      const { appointment } = await confirmed(rig, id);
      await rig.sandbox.control(`appointments/${appointment?.id ?? ''}`, { status: 'cancelled' });
      await rig.bookings.wake(id, 'appointment');
      await rig.until(id, ({ status, attempts }) => status === 'confirmed' && attempts.length === 2);
      return cancelled(rig, id);
    },
  },
  {
    name: 'ended-with-its-order',
    async play(rig) {
      const orderId = await rig.sandbox.placeOrder({
        ...PATIENT_ON_THE_WIRE,
        order_set: { lab_test_ids: [AT_SITE_TEST] },
      });
      const { patient: _patient, ...rest } = atSite({
        notes: NOTES,
        order: { id: orderId, onFailure: 'keep' },
      });
      const id = await start(rig, rest);
      await confirmed(rig, id);
      await rig.sandbox.control(`orders/${orderId}`, { status: 'cancelled' });
      await rig.bookings.wake(id, 'order');
      return ended(rig, id, 'failed');
    },
  },
  {
    name: 'moved-at-a-practice',
    async play(rig) {
      await rig.clinic.control('clinic', { accept: 'auto', completesTasks: true, afterTaskMs: 50 });
      const id = await start(rig, atPractice({ notes: NOTES }));
      await moved(rig, id);
      return cancelled(rig, id);
    },
  },
  {
    name: 'cut-off-and-decided-by-a-person',
    async play(rig) {
      const id = await start(rig, placing());
      await confirmed(rig, id);
      await rig.server.client.workflow.getHandle(workflowIdOf(id)).terminate('recorder');
      const cleanUp = await sweptUp(rig, id);
      await eventually(
        () => rig.bookings.get(id),
        ({ attention }) => attention !== null,
      );
      await rig.bookings.resolve(id, { choice: 'end', why: 'recorded', by: 'recorder' });
      return cleanUp;
    },
  },
  {
    name: 'carried-on-in-a-new-run',
    async play(rig) {
      const id = await startWith(rig, { maxHistoryEvents: 60 }, placing());
      const runs = async () => (await rig.server.client.workflow.getHandle(workflowIdOf(id)).describe()).raw;
      await eventually(
        async () => {
          await rig.bookings.wake(id, 'appointment');
          return runs();
        },
        ({ workflowExecutionInfo: run }) => run?.firstRunId !== run?.execution?.runId,
      );
      await moved(rig, id);
      return cancelled(rig, id);
    },
  },
];
