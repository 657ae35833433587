import { cancel as cancelSignal, bookingQuery } from '../../workflows/messages';
import { workflowIdOf } from '../../src/booking/names';
import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 } };

describe('a cancel', () => {
  const rig = useSaga();

  const handleOf = (id: string) => rig.server.client.workflow.getHandle(workflowIdOf(id));

  const WAYS: [string, (id: string) => Promise<unknown>][] = [
    ['update', (id) => rig.bookings.cancel(id, { by: 'tests' })],
    ['signal', (id) => handleOf(id).signal(cancelSignal, { by: 'tests' })],
    ["Temporal's own", (id) => handleOf(id).cancel()],
  ];

  describe.each(WAYS)('by %s', (_name, cancelBy) => {
    test('while waiting for confirmation undoes the appointment and the order', async () => {
      await rig.sandbox.control('confirmation', { mode: 'never' });
      const { booking } = await rig.bookings.start(atHome(ASYNC));
      await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
      await cancelBy(booking.id);
      const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
      expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'undone']);
      expect(view.failure).toBeNull();
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
    });

    test('while waiting for the requisition undoes the order', async () => {
      await rig.sandbox.control('clock', { advanceOrders: false });
      const { booking } = await rig.bookings.start(atHome());
      await rig.until(booking.id, ({ waitingFor }) => waitingFor !== null);
      await cancelBy(booking.id);
      const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
      await rig.sandbox.control('clock', { advanceOrders: true });
    });

    test('in the middle of a book call waits for the call, then undoes what it made', async () => {
      await rig.sandbox.fail('book', { when: 'after', delayMs: 500 });
      const { booking } = await rig.bookings.start(atHome());
      await rig.until(booking.id, ({ status }) => status === 'booking');
      await cancelBy(booking.id);
      const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
      expect(view.compensation[0]?.outcome).toBe('undone');
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
    });

    test('in the middle of a book call for a slot that is gone tries no other slot', async () => {
      await rig.sandbox.control('slots', { snatch: 1 });
      await rig.sandbox.fail('book', { when: 'after', delayMs: 500 });
      const { booking } = await rig.bookings.start(atHome());
      await rig.sandbox.called('book');
      await cancelBy(booking.id);
      const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
      expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['gone']);
      expect(await rig.sandbox.callsOf('book')).toHaveLength(1);
    });

    test('of a confirmed booking keeps an adopted order as its request says', async () => {
      const orderId = await rig.sandbox.placeOrder();
      const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
      await rig.until(booking.id, ({ status }) => status === 'confirmed');
      await cancelBy(booking.id);
      await rig.until(booking.id, ({ status }) => status === 'cancelled');
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
    });
  });

  test('before the first step ends the booking with nothing made', async () => {
    await rig.stopWorkers();
    const { booking } = await rig.bookings.start(atHome());
    await handleOf(booking.id).signal(cancelSignal, {});
    await rig.startWorkers();
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    // It has looked: a run that was reset would not know what the one before it made.
    expect(view).toMatchObject({
      order: null,
      compensation: [{ outcome: 'nothing_to_undo' }, { outcome: 'nothing_to_undo' }],
    });
    expect((await rig.sandbox.state()).orders).toEqual([]);
  });

  test('may say what becomes of the order and why', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(booking.id, { order: 'cancel', reason: 'patient asked' });
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('comes a second time: refused, and said so', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('cancel_appointment', { of: orderId, when: 'after', delayMs: 500 });
    await rig.bookings.cancel(booking.id, {});
    await expect(rig.bookings.cancel(booking.id, {})).rejects.toMatchObject({ code: 'already_ending' });
    await handleOf(booking.id).signal(cancelSignal, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.lastRequest).toMatchObject({ kind: 'cancel', outcome: 'refused', code: 'already_ending' });
    await expect(rig.bookings.cancel(booking.id, {})).rejects.toMatchObject({ code: 'already_ended' });
  });

  test('of a visit that has begun is refused', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'in_progress' });
    await rig.until(booking.id, ({ status }) => status === 'in_progress');
    await expect(rig.bookings.cancel(booking.id, {})).rejects.toMatchObject({ code: 'too_late_to_cancel' });
  });

  test('that is malformed is recorded and changes nothing', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    for (const body of [42, 'now', [], { order: 'burn' }, { acceptFees: 'yes' }, { reason: 7 }, { by: {} }]) {
      await handleOf(booking.id).signal(cancelSignal, body);
    }
    const view = await rig.until(booking.id, ({ lastRequest }) => lastRequest?.code === 'malformed_message');
    expect(view.status).toBe('confirmed');
    expect(await handleOf(booking.id).query(bookingQuery)).toMatchObject({ status: 'confirmed' });
  });
});
