import { randomUUID } from 'node:crypto';
import { TASK_QUEUE, workflowIdOf } from '../../../src/booking/names';
import type { Swept } from '../../../src/booking/ops';
import { ALWAYS } from '../../support/calls';
import { eventually } from '../../support/stand-in';
import {
  BOTH_LIVE,
  NOTHING_LIVE,
  ORDER_LIVE,
  startConfirmed,
  type Case,
  type Reached,
  type Stage,
} from './case';
import { neverListed } from './undo';

/** Confirmed bookings that need a person, and those that were cut off. */

const SECOND_MS = 1_000;

export const KEPT: readonly Case[] = [
  {
    reason: 'provider_cancelled',
    when: 'and the request has it shown to a person',
    async reach(stage) {
      const kept = await startConfirmed(stage, 'cancel', { policy: { onProviderCancel: 'attention' } });
      await changed(stage, kept, { status: 'cancelled' });
      const mend = () => changed(stage, kept, { status: 'confirmed' });
      return { ...kept, mend };
    },
    choices: {
      rebook: { status: 'confirmed', live: BOTH_LIVE },
      end: { status: 'failed', live: NOTHING_LIVE },
      retry: { first: 'mend', status: 'confirmed', live: BOTH_LIVE },
    },
  },
  {
    reason: 'order_gone',
    when: 'because somebody cancelled the order at the provider',
    async reach(stage) {
      const kept = await startConfirmed(stage, 'keep', { policy: { onProviderCancel: 'attention' } });
      const order = (status: string) => stage.sandbox.control(`orders/${kept.orderId}`, { status });
      await order('cancelled');
      await stage.rig.bookings.wake(kept.id, 'order');
      return { ...kept, mend: () => order('appointment_scheduled') };
    },
    choices: {
      retry: { first: 'mend', status: 'confirmed', live: BOTH_LIVE },
      end: { status: 'failed', live: NOTHING_LIVE },
    },
  },
  {
    reason: 'reschedule_lost',
    when: 'because no slot could be had after the old one was given up',
    async reach(stage) {
      const policy = { onCannotReschedule: 'cancel_and_book' };
      const kept = await startConfirmed(stage, 'cancel', { policy });
      const answer = { status: 400, body: { detail: 'This appointment cannot be rescheduled.' } };
      await stage.sandbox.fail('reschedule', { of: kept.orderId, when: 'before', answer });
      await stage.sandbox.control('slots', { snatch: ALWAYS });
      await stage.rig.bookings.reschedule(kept.id, { windows: [{ from: '+5d', to: '+9d' }] });
      const mend = () => stage.sandbox.control('slots', { snatch: 0 });
      return { ...kept, mend };
    },
    choices: {
      rebook: { first: 'mend', status: 'confirmed', live: BOTH_LIVE },
      end: { status: 'failed', live: NOTHING_LIVE },
    },
  },
  {
    reason: 'no_final_word',
    when: 'because the provider never says how the visit ended',
    async reach(stage) {
      const kept = await startConfirmed(stage, 'keep');
      // Reserved: the sandbox has the visits of confirmed ones take place by itself.
      await changed(stage, kept, { status: 'reserved', start_at: inSeconds(-1), end_at: inSeconds(1) });
      const mend = () => changed(stage, kept, { status: 'completed' }, 'silently');
      return { ...kept, mend };
    },
    choices: {
      retry: { first: 'mend', status: 'completed', live: ORDER_LIVE },
      completed: { status: 'completed', live: BOTH_LIVE },
      end: { status: 'failed', live: ORDER_LIVE },
    },
  },
  {
    reason: 'appointment_missing',
    when: "because it is nowhere in the practice's list",
    reach: neverListed,
    choices: {
      retry: { first: 'mend', status: 'confirmed' },
      // The undo looks too, and does not find it either.
      end: { status: 'compensating', asks: 'appointment_missing' },
    },
  },
  {
    reason: 'booking_cut_off',
    when: 'because somebody pressed Terminate',
    async reach(stage) {
      const kept = await startConfirmed(stage, 'cancel');
      await stage.rig.server.client.workflow.getHandle(workflowIdOf(kept.id)).terminate('by mistake');
      // Whoever's sweep finds it: other lanes sweep the same server.
      await eventually(
        async () => {
          await sweep(stage);
          return stage.rig.bookings.get(kept.id);
        },
        ({ attention }) => attention !== null,
      );
      const mend = () => changed(stage, kept, { status: 'completed' }, 'silently');
      return { ...kept, mend };
    },
    choices: {
      keep: { status: 'failed', live: BOTH_LIVE },
      end: { status: 'failed', live: NOTHING_LIVE },
      retry: { first: 'mend', status: 'failed', live: ORDER_LIVE },
    },
  },
];

/** Has the provider change the appointment; it tells the booking, unless silently. */
async function changed(
  { rig, sandbox }: Stage,
  { id, appointmentId }: Pick<Reached, 'id'> & { appointmentId: string },
  to: Record<string, unknown>,
  how: 'told' | 'silently' = 'told',
): Promise<void> {
  await sandbox.control(`appointments/${appointmentId}`, to);
  if (how === 'told') await rig.bookings.wake(id, 'appointment');
}

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * SECOND_MS).toISOString();
}

function sweep({ rig }: Stage): Promise<Swept> {
  return rig.server.client.workflow.execute('sweep', {
    workflowId: `sweep:${randomUUID()}`,
    taskQueue: TASK_QUEUE.bookings,
  });
}
