import { randomUUID } from 'node:crypto';
import { cleanupIdOf, MEMO, TASK_QUEUE, workflowIdOf, WORKFLOW_TYPE } from '../../../src/booking/names';
import type { Swept } from '../../../src/booking/ops';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { resetBooking } from '../../support/resets';
import { adopting, atHome, atSite } from '../../support/saga';
import { eventually } from '../../support/stand-in';
import { useSaga } from '../../support/use-saga';

/** The clean-up of a booking that was cut off leaves alone what another booking has taken on meanwhile. */

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 } };

describe('an order of a booking that was cut off', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  const cutOff = (id: string) =>
    rig.server.client.workflow.getHandle(workflowIdOf(id)).terminate('pressed by mistake');
  const sweep = (): Promise<Swept> =>
    rig.server.client.workflow.execute('sweep', {
      workflowId: `sweep:${randomUUID()}`,
      taskQueue: TASK_QUEUE.bookings,
    });
  const cleanedUp = async (id: string) => {
    await eventually(sweep, ({ begun }) => begun.includes(id));
    await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
    return rig.bookings.get(id);
  };

  test('stays, with its appointment, when another booking has taken both over', async () => {
    await rig.sandbox.control('confirmation', [{ mode: 'never' }, { mode: 'never' }]);
    const first = await rig.bookings.start(atHome(ASYNC));
    const { order } = await rig.until(first.booking.id, ({ status }) => status === 'awaiting_confirmation');
    await cutOff(first.booking.id);
    const orderId = order?.id ?? '';
    const next = await rig.bookings.start(
      adopting(orderId, 'keep', { ...ASYNC, policy: { existingAppointment: 'adopt' } }),
    );
    await rig.until(next.booking.id, ({ status }) => status === 'awaiting_confirmation');
    const view = await cleanedUp(first.booking.id);
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['nothing_to_undo', 'nothing_to_undo']);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    expect(await rig.sandbox.callsOf('cancel_order')).toEqual([]);
    expect(await rig.sandbox.callsOf('cancel_appointment')).toEqual([]);
  });

  test('stays, with its appointment that stands confirmed, and nobody is asked about it', async () => {
    const first = await rig.bookings.start(atHome());
    const { order, appointment } = await rig.until(first.booking.id, ({ status }) => status === 'confirmed');
    await cutOff(first.booking.id);
    const orderId = order?.id ?? '';
    const next = await rig.bookings.start(
      adopting(orderId, 'keep', { policy: { existingAppointment: 'adopt' } }),
    );
    await rig.until(next.booking.id, ({ status }) => status === 'confirmed');
    const view = await cleanedUp(first.booking.id);
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['nothing_to_undo', 'nothing_to_undo']);
    await expectOneAppointment(rig, { of: orderId, id: appointment?.id });
  });

  test.each([
    ['at home', atHome, {}],
    [
      'at a draw site',
      atSite,
      { provider: 'junction-psc', site: { lab: 'quest', zip: '10001', radiusMiles: 10 } },
    ],
  ])('stays, %s, when another booking waits for its requisition', async (_where, request, place) => {
    await rig.sandbox.control('clock', { advanceOrders: false });
    const first = await rig.bookings.start(request());
    const { order } = await rig.until(first.booking.id, ({ waitingFor }) => waitingFor !== null);
    await cutOff(first.booking.id);
    const orderId = order?.id ?? '';
    const next = await rig.bookings.start(adopting(orderId, 'cancel', place));
    await rig.until(next.booking.id, ({ waitingFor }) => waitingFor !== null);
    await cleanedUp(first.booking.id);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
    await rig.sandbox.control('clock', { advanceOrders: true });
    await rig.sandbox.control(`orders/${orderId}`, { status: 'requisition_created' });
    await rig.until(next.booking.id, ({ status }) => status === 'confirmed');
  });

  test('stays, and a person is asked about an appointment on it that carries our ref and that the other does not know', async () => {
    const first = await rig.bookings.start(atHome());
    const { order, appointment } = await rig.until(first.booking.id, ({ status }) => status === 'confirmed');
    await cutOff(first.booking.id);
    const orderId = order?.id ?? '';
    await rig.sandbox.control('clock', { advanceOrders: false });
    await rig.sandbox.control(`orders/${orderId}`, { status: 'ordered' });
    const next = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(next.booking.id, ({ waitingFor }) => waitingFor !== null);
    await eventually(sweep, ({ begun }) => begun.includes(first.booking.id));
    const asking = await eventually(
      () => rig.bookings.get(first.booking.id),
      ({ attention }) => attention !== null,
    );
    expect(asking.attention?.reason).toBe('foreign_appointment');
    expect(asking.attention?.tried.join()).toContain(appointment?.id);
    await rig.bookings.resolve(first.booking.id, { choice: 'leave', why: 'the other takes it' });
    await rig.server.client.workflow.getHandle(cleanupIdOf(first.booking.id)).result();
    const view = await rig.bookings.get(first.booking.id);
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['left_to_person', 'nothing_to_undo']);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('stays, with its appointment that stands confirmed, until a person ends it, though the other has ended', async () => {
    const first = await rig.bookings.start(atHome());
    const { order } = await rig.until(first.booking.id, ({ status }) => status === 'confirmed');
    await cutOff(first.booking.id);
    const orderId = order?.id ?? '';
    await rig.sandbox.control('clock', { advanceOrders: false });
    await rig.sandbox.control(`orders/${orderId}`, { status: 'ordered' });
    const next = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(next.booking.id, ({ waitingFor }) => waitingFor !== null);
    await eventually(sweep, ({ begun }) => begun.includes(first.booking.id));
    const asked = (reason: string) =>
      eventually(
        () => rig.bookings.get(first.booking.id),
        ({ attention }) => attention?.reason === reason,
      );
    await asked('foreign_appointment');
    await rig.bookings.cancel(next.booking.id, {});
    await rig.until(next.booking.id, ({ status }) => status === 'cancelled');
    await rig.bookings.retry(first.booking.id, {});
    await asked('booking_cut_off');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    await rig.bookings.resolve(first.booking.id, { choice: 'end', why: 'nobody wants it any more' });
    await rig.server.client.workflow.getHandle(cleanupIdOf(first.booking.id)).result();
    await expectNothingLive(rig);
  });

  test('goes when the other booking has ended and kept it', async () => {
    await rig.sandbox.control('clock', { advanceOrders: false });
    const first = await rig.bookings.start(atHome());
    const { order } = await rig.until(first.booking.id, ({ waitingFor }) => waitingFor !== null);
    await cutOff(first.booking.id);
    const next = await rig.bookings.start(adopting(order?.id ?? '', 'keep'));
    await rig.until(next.booking.id, ({ waitingFor }) => waitingFor !== null);
    await rig.bookings.cancel(next.booking.id, {});
    await rig.until(next.booking.id, ({ status }) => status === 'cancelled');
    await cleanedUp(first.booking.id);
    await expectNothingLive(rig);
  });

  test('that its caller had named stays when a later booking of it has ended and kept it', async () => {
    await rig.sandbox.control('clock', { advanceOrders: false });
    const orderId = await rig.sandbox.placeOrder();
    const first = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(first.booking.id, ({ waitingFor }) => waitingFor !== null);
    await cutOff(first.booking.id);
    const next = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(next.booking.id, ({ waitingFor }) => waitingFor !== null);
    await rig.bookings.cancel(next.booking.id, {});
    await rig.until(next.booking.id, ({ status }) => status === 'cancelled');
    await cleanedUp(first.booking.id);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
    expect(await rig.sandbox.callsOf('cancel_order')).toEqual([]);
  });
});

describe('an appointment that was taken over', () => {
  const rig = useSaga({ resets: ['sandbox'] });

  test('is left alone by a clean-up after its booking, which nobody cancelled', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.control('appointments', { order_id: orderId, status: 'confirmed' });
    const request = adopting(orderId, 'keep', { policy: { existingAppointment: 'adopt' } });
    const { booking } = await rig.bookings.start(request);
    const { createdAt, appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const { client } = rig.server;
    const handle = client.workflow.getHandle(workflowIdOf(booking.id));
    const traces = (await handle.describe()).memo?.[MEMO.traces];
    await handle.terminate('it ended, and its move may surface');
    const view: unknown = await client.workflow.execute(WORKFLOW_TYPE.cleanup, {
      workflowId: cleanupIdOf(booking.id),
      taskQueue: TASK_QUEUE.bookings,
      args: [{ bookingId: booking.id, createdAt, request, orderId, traces }],
    });
    expect(view).toMatchObject({ compensation: [{ outcome: 'nothing_to_undo' }] });
    await expectOneAppointment(rig, { of: orderId, id: appointment?.id });
  });
});

describe('a booking that was reset and then cut off', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  const handleOf = (id: string) => rig.server.client.workflow.getHandle(workflowIdOf(id));

  test('is cleaned up after, though its last run had not even read the request', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const { booking } = await rig.bookings.start(atHome(ASYNC));
    const { order } = await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    await rig.stopWorkers();
    const { client } = rig.server;
    await resetBooking(rig.server, booking.id);
    await handleOf(booking.id).terminate('pressed by mistake');
    await rig.startWorkers();
    await eventually(
      () =>
        client.workflow.execute<() => Promise<Swept>>('sweep', {
          workflowId: `sweep:${randomUUID()}`,
          taskQueue: TASK_QUEUE.bookings,
        }),
      ({ begun }) => begun.includes(booking.id),
    );
    await client.workflow.getHandle(cleanupIdOf(booking.id)).result();
    expect(await rig.sandbox.live(order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });
});
