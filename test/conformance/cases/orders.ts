import { test } from '../case';
import { EPOCH, final, placed, refusal, retried, untilItComes, type Cases } from '../desk';
import { LOST_IN_SHORT } from '../faults';

/** Orders, at providers that have them. */
export const orderCases: Cases = (desk, { orderKind, needsRequisition, orderCancelTakesAppointment }) => {
  if (orderKind === null) return;

  test.each(LOST_IN_SHORT)(
    'placed, but the answer is lost to $how: unknown, then found, never placed twice',
    async ({ answer, limitMs }) => {
      const { subject, activities } = desk();
      const request = subject.request();
      const target = desk().target(undefined, limitMs);
      await desk().hand.fault('placeOrder', { when: 'after', answer });
      expect(await placed(desk(), target, request)).toMatchObject({ is: 'unknown' });
      const userId = request.patient?.userId ?? '';
      const found = await activities.findOrder({ target, userId, createdSince: EPOCH });
      expect(found).toMatchObject({ passthrough: target.bookingId, kind: orderKind });
      expect(await placed(desk(), target, request)).toMatchObject({ is: 'done', order: { id: found?.id } });
      expect((await desk().hand.live()).orders).toBe(1);
    },
  );

  test('not placed, and the answer is lost: unknown, then not found', async () => {
    const request = desk().subject.request();
    const target = desk().target();
    await desk().hand.fault('placeOrder', { when: 'before', answer: { status: 504 } });
    expect(await placed(desk(), target, request)).toMatchObject({ is: 'unknown' });
    const where = { target, userId: request.patient?.userId ?? '', createdSince: EPOCH };
    expect(await desk().activities.findOrder(where)).toBeNull();
    expect((await desk().hand.live()).orders).toBe(0);
  });

  if (needsRequisition) {
    test('booking before the order is ready says so, and books nothing', async () => {
      const { subject, activities } = desk();
      const trial = await desk().open();
      const request = subject.request();
      const target = desk().target();
      const early = await placed(desk(), target, request);
      if (early.is !== 'done') throw new Error('the order was not placed');
      const { clue, acceptedCancels } = trial.where();
      const input = {
        target,
        request,
        orderId: early.order.id,
        slot: trial.slot(),
        ref: 'x/book/1',
        key: null,
      };
      const told = { clue: { ...clue, maker: 'x', orderId: early.order.id }, acceptedCancels };
      expect(await refusal(activities.bookSlot({ ...input, ...told }))).toEqual(final('order_not_ready'));
      const change = untilItComes(() =>
        activities.awaitOrderChange({ target, orderId: early.order.id, seenStatus: early.order.status }),
      );
      await desk().orders.ready(early.order.id);
      expect(await change).toMatchObject({ order: { id: early.order.id, phase: 'ready' } });
      expect(await activities.bookSlot({ ...input, ...told })).toMatchObject({ is: 'held' });
    });
  }

  test('cancelling an order does to its appointment what the capabilities say', async () => {
    const trial = await desk().open();
    await trial.held();
    expect(await trial.cancelOrder()).toMatchObject({ is: 'ended', byUs: true });
    expect(await desk().hand.live()).toEqual({
      orders: 0,
      appointments: orderCancelTakesAppointment ? 0 : 1,
    });
    expect((await trial.look()).live).toHaveLength(orderCancelTakesAppointment ? 0 : 1);
  });

  test('an order cancelled by its answer, and not by its read, is not undone', async () => {
    const trial = await desk().open();
    const body = desk().hand.made('placeOrder').at(-1)?.answer;
    await desk().hand.fault('cancelOrder', { when: 'before', answer: { status: 200, body } });
    expect(await trial.cancelOrder()).toMatchObject({ is: 'unknown', order: { id: trial.order?.id } });
    expect((await desk().hand.live()).orders).toBe(1);
    expect(await trial.cancelOrder()).toMatchObject({ is: 'ended', byUs: true });
    expect((await desk().hand.live()).orders).toBe(0);
  });

  test('one or two 404s on an appointment that we know prove nothing: it is missing, and nothing is undone', async () => {
    const trial = await desk().open();
    const { id } = await trial.held();
    const answer = { status: 404, body: desk().subject.errorBody('Not Found') };
    const hidden = () => desk().hand.fault('lookUp', { times: 2, answer });
    await hidden();
    expect(await refusal(trial.look())).toEqual(retried('appointment_missing'));
    await hidden();
    expect(await refusal(trial.cancel(id))).toEqual(retried('appointment_missing'));
    await hidden();
    expect(await refusal(trial.cancelOrder())).toEqual(retried('appointment_missing'));
    expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { id } });
    expect(await desk().hand.live()).toEqual({ orders: 1, appointments: 1 });
  });

  test.each(LOST_IN_SHORT)(
    'an order cancelled whose answer is lost to $how: unknown, and safe to repeat',
    async ({ answer, limitMs }) => {
      const trial = await desk().open();
      await desk().hand.fault('cancelOrder', { when: 'after', answer });
      expect(await trial.cancelOrder({ callTimeoutMs: limitMs })).toMatchObject({ is: 'unknown' });
      expect(await trial.cancelOrder()).toMatchObject({ is: 'ended', order: { phase: 'cancelled' } });
    },
  );

  test('an order nobody knows is not found, and words that no contract lists are carried', async () => {
    const trial = await desk().open();
    const { orderId: unknown } = desk().subject.nowhere;
    const read = (orderId: string) => desk().activities.readOrder({ target: trial.target, orderId });
    expect(await refusal(read(unknown ?? ''))).toEqual(final('order_not_found'));
    await desk().hand.quirk('unknownEnum');
    const { order } = await read(trial.order?.id ?? '');
    expect(order.status).not.toBe(trial.order?.status);
    expect(['cancelled', 'failed', 'completed']).not.toContain(order.phase);
  });
};
