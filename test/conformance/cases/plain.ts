import { test } from '../case';
import type { Cases } from '../desk';

/** What must hold at any provider that nobody moves by hand, a real one too. Leaves nothing behind. */
export const plainCases: Cases = (desk, { cancelBy, orderKind, needsRequisition }) => {
  test('a slot on offer can be booked, is ours, and is seen where it was booked', async () => {
    const trial = await desk().open(desk().subject.request(desk().subject.patience));
    const appointment = await trial.held();
    expect(['pending', 'reserved', 'confirmed']).toContain(appointment.phase);
    expect(appointment).toMatchObject({ orderId: trial.order?.id ?? null, startsAt: trial.slot().startsAt });
    expect(await trial.ownership()).toMatchObject({
      is: 'ours',
      appointment: { id: appointment.id, startsAt: trial.slot().startsAt, endsAt: trial.slot().endsAt },
    });
  });

  test('cancelling what is not there is a success', async () => {
    const trial = await desk().open();
    expect(await trial.cancel('00000000-0000-4000-8000-000000000000')).toMatchObject({ is: 'nothing_there' });
    expect(await trial.look()).toMatchObject({ live: [] });
  });

  if (cancelBy === 'call') {
    test('a booking can be cancelled, once more too, and then booked again', async () => {
      const trial = await desk().open();
      const { id } = await trial.held();
      for (let n = 0; n < 2; n++) {
        expect(await trial.cancel(id)).toMatchObject({
          is: 'ended',
          byUs: true,
          appointment: { id, phase: 'cancelled' },
        });
        expect(await trial.look()).toMatchObject({ live: [], ended: [{ id }] });
      }
      await trial.held({ slot: trial.slot(1) });
    });
  }

  if (orderKind !== null) {
    test('an order carries the booking id, is of the right kind, and is found by the booking id', async () => {
      const { order, bookingId, target, request } = await desk().open();
      expect(order).toMatchObject({ kind: orderKind, passthrough: bookingId });
      const createdSince = new Date(Date.now() - 3_600_000).toISOString();
      const userId = request.patient?.userId ?? '';
      expect(await desk().activities.findOrder({ target, userId, createdSince })).toMatchObject({
        id: order?.id,
      });
      const others = desk().target();
      expect(await desk().activities.findOrder({ target: others, userId, createdSince })).toBeNull();
    });

    test('an order can be cancelled, once more too, and is then no longer bookable', async () => {
      const trial = await desk().open();
      for (let n = 0; n < 2; n++) {
        expect(await trial.cancelOrder()).toMatchObject({
          is: 'ended',
          byUs: n === 0,
          order: { id: trial.order?.id, phase: 'cancelled' },
        });
      }
      await expect(trial.book()).rejects.toMatchObject({ type: 'order_not_bookable', nonRetryable: true });
    });
  }

  if (needsRequisition) {
    test('an order is bookable once it is ready', async () => {
      const { order } = await desk().open();
      expect(order?.phase).toBe('ready');
    });
  }
};
