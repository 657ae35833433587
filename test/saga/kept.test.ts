import { ALWAYS, type FaultAnswer } from '../support/calls';
import { workflowIdOf } from '../../src/booking/names';
import { AT_SITE_TEST } from '../support/sandbox';
import { placeForeign } from './attentions/case';
import { adopting, atHome, atSite } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** What happens to a confirmed booking from outside, beyond its appointment being cancelled or moved. */

describe('a confirmed booking', () => {
  const rig = useSaga({ accounts: { settled: { reservedSettles: true } } });

  const confirmed = async (request: Record<string, unknown>) => {
    const { booking } = await rig.bookings.start(request);
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    return { id: booking.id, orderId: view.order?.id ?? '', appointmentId: view.appointment?.id ?? '' };
  };
  /** Has every read of the order and its appointment answered so. */
  const reading = async (of: string, answer: FaultAnswer) => {
    for (const read of ['read_order', 'appointment'] as const)
      await rig.sandbox.fail(read, { of, times: ALWAYS, when: 'before', answer });
  };

  describe('that cannot be found all at once, as in another environment', () => {
    test.each([
      ['order not found', { status: 404, body: { detail: "This order doesn't exist." } }],
      ['read refused', { status: 422, body: { detail: [{ loc: ['path', 'order_id'], msg: 'invalid' }] } }],
    ])('%s: is for a person, and nothing of it is undone', async (_what, answer) => {
      const { id, orderId } = await confirmed(atHome());
      await reading(orderId, answer);
      await rig.bookings.wake(id, 'appointment');
      const asking = await rig.until(id, ({ attention }) => attention !== null);
      expect(asking).toMatchObject({
        status: 'confirmed',
        attention: { reason: 'unexpected_answer' },
        compensation: [],
      });
      await rig.sandbox.mend();
      await rig.bookings.retry(id, {});
      await rig.until(id, ({ attention }) => attention === null);
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    });
  });

  test('that waits for its order’s requisition is not ended when the order is not found', async () => {
    await rig.sandbox.control('clock', { advanceOrders: false });
    const { booking } = await rig.bookings.start(atHome());
    const { order } = await rig.until(
      booking.id,
      ({ waitingFor }) => !!waitingFor?.what.includes('requisition'),
    );
    await reading(order?.id ?? '', { status: 404, body: { detail: "This order doesn't exist." } });
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking.attention?.reason).toBe('unexpected_answer');
    await rig.sandbox.mend();
    await rig.sandbox.control('clock', { advanceOrders: true });
    await rig.sandbox.control(`orders/${order?.id}`, { status: 'requisition_created' });
    await rig.bookings.retry(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
  });

  describe('whose order is cancelled elsewhere while its appointment at a draw site stands', () => {
    const standing = async (policy: string) => {
      const orderId = await rig.sandbox.placeOrder({ order_set: { lab_test_ids: [AT_SITE_TEST] } });
      const { patient: _patient, ...rest } = atSite({ policy: { onProviderCancel: policy } });
      const kept = await confirmed({ ...rest, order: { id: orderId, onFailure: 'keep' } });
      await rig.sandbox.control(`orders/${orderId}`, { status: 'cancelled' });
      await rig.bookings.wake(kept.id, 'order');
      return kept;
    };

    test('is ended, and the appointment is given back: nobody is to travel for it', async () => {
      const { id, orderId } = await standing('rebook');
      const view = await rig.until(id, ({ status }) => status === 'failed');
      expect(view).toMatchObject({
        failure: { code: 'order_ended' },
        compensation: [{ step: 'appointment', outcome: 'undone' }, { step: 'order' }],
      });
      expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
    });

    test('is shown to a person where the request says so', async () => {
      const { id, orderId } = await standing('attention');
      const asking = await rig.until(id, ({ attention }) => attention !== null);
      expect(asking.attention).toMatchObject({ reason: 'order_gone', choices: ['end', 'retry'] });
      expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 1 });
    });
  });

  test('whose order is cancelled at home, with its appointment, is ended at once: nothing is booked again', async () => {
    const { id, orderId } = await confirmed(adopting(await rig.sandbox.placeOrder(), 'keep'));
    await fetch(`${rig.sandbox.url}/v3/order/${orderId}/cancel`, {
      method: 'POST',
      headers: { 'x-vital-api-key': 'sk_us_test' },
    });
    await rig.bookings.wake(id, 'order');
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view).toMatchObject({ failure: { code: 'order_ended' }, attempts: [{ outcome: 'confirmed' }] });
  });

  test('whose slot is cancelled by the provider may get one that was gone at its first search', async () => {
    await rig.sandbox.control('slots', { snatch: 1 });
    const { id, appointmentId } = await confirmed(atHome());
    const [gone] = (await rig.bookings.get(id)).attempts;
    expect(gone?.outcome).toBe('gone');
    // Whoever snatched it gave it back.
    await rig.sandbox.control('slots', { snatch: 0, release: true });
    await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'cancelled' });
    const view = await rig.until(
      id,
      ({ status, attempts }) => status === 'confirmed' && attempts.length === 3,
    );
    expect(view.appointment?.startsAt).toBe(gone?.startsAt);
  });

  test('an appointment that was taken over and is cancelled by the provider: what is booked instead is undone with the booking', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const foreignId = await placeForeign(rig, orderId);
    const { id } = await confirmed(adopting(orderId, 'keep', { policy: { existingAppointment: 'adopt' } }));
    // The book call of the rebooking takes effect late, and nobody can look meanwhile.
    await rig.sandbox.fail('book', { of: orderId, when: 'late', answer: 'reset', delayMs: 900 });
    await rig.sandbox.control(`appointments/${foreignId}`, {
      status: 'cancelled',
    });
    await rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });
});

describe('a confirmed booking with a long history', () => {
  const rig = useSaga({ limits: { maxHistoryEvents: 20 }, capabilities: { callTimeoutMs: 3_000 } });

  test('is cancelled by Temporal', async () => {
    const { booking } = await rig.bookings.start(atHome());
    const { order } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('reschedule', { of: order?.id, when: 'after', delayMs: 1_500 });
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+9d' }] });
    await rig.sandbox.called('reschedule');
    await rig.server.client.workflow.getHandle(workflowIdOf(booking.id)).cancel();
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(await rig.sandbox.live(order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });
});
