import { cleanupIdOf, workflowIdOf } from '../../../src/booking/names';
import { bookRef, makerOf } from '../../../src/booking/ref';
import { ALWAYS } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { adopting, atHome } from '../../support/saga';
import { sweepUp } from '../../support/sweeps';
import { useSaga } from '../../support/use-saga';

/** A fee is never caused unasked: not by Temporal's own cancel, and not by the order of the undos. */

describe('inside the fee window', () => {
  const rig = useSaga({
    resets: ['sandbox'],
    capabilities: { feeWindowMs: 30 * 24 * 3_600_000, lateCommitWindowMs: 6_000, callTimeoutMs: 3_000 },
  });

  const asked = (id: string) =>
    rig.until(id, ({ status, attention }) => status === 'compensating' && attention !== null);
  const cancelByTemporal = (id: string) => rig.server.client.workflow.getHandle(workflowIdOf(id)).cancel();

  test.each([
    ['an adopted order that is kept', (orderId: string) => adopting(orderId, 'keep')],
    ['an adopted order that goes', (orderId: string) => adopting(orderId, 'cancel')],
    ['an order that was placed', () => atHome()],
  ])("Temporal's own cancel, with %s, asks a person", async (_what, request) => {
    const { booking } = await rig.bookings.start(request(await rig.sandbox.placeOrder()));
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await cancelByTemporal(booking.id);
    const asking = await asked(booking.id);
    expect(asking.attention).toMatchObject({
      reason: 'fee_window',
      choices: ['accept_fees', 'retry', 'undone', 'leave'],
    });
    await expectOneAppointment(rig, { id: appointment?.id });
    await rig.bookings.resolve(booking.id, { choice: 'accept_fees', why: 'the payer agreed' });
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect((await rig.sandbox.state()).live.appointments).toEqual([]);
  });

  test("Temporal's own cancel goes through where the request accepts fees", async () => {
    const { booking } = await rig.bookings.start(atHome({ policy: { acceptFees: true } }));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await cancelByTemporal(booking.id);
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig);
  });

  /** A booking whose fees were accepted for what it does now, and for that alone. */
  const whileMoving = async (): Promise<string> => {
    const { booking } = await rig.bookings.start(adopting(await rig.sandbox.placeOrder(), 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('reschedule', { answer: 503, times: ALWAYS });
    const windows = [{ from: '+5d', to: '+9d' }];
    await rig.bookings.reschedule(booking.id, { windows, acceptFees: true });
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    return booking.id;
  };
  const whileReleasing = async (): Promise<string> => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const confirmation = { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 };
    const limits = { confirmTimeoutMs: 1_000, maxSlotAttempts: 2 };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', { confirmation, limits }));
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'fee_window');
    await rig.sandbox.fail('cancel_appointment', { answer: 503, times: ALWAYS });
    await rig.bookings.resolve(booking.id, { choice: 'accept_fees', why: 'the payer agreed' });
    await rig.sandbox.called('cancel_appointment', { of: orderId });
    return booking.id;
  };

  test.each([
    ['a move', whileMoving],
    ['a release', whileReleasing],
  ])('what was accepted for %s is not accepted for a cancel in its middle', async (_what, under) => {
    const id = await under();
    await expect(rig.bookings.cancel(id, {})).rejects.toMatchObject({ code: 'fees_not_accepted' });
    await rig.bookings.cancel(id, { acceptFees: true });
    await rig.sandbox.mend();
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect((await rig.sandbox.state()).live.appointments).toEqual([]);
  });

  test('nor for the clean-up of a booking that is terminated in the middle of its move', async () => {
    const id = await whileMoving();
    const { client } = rig.server;
    await client.workflow.getHandle(workflowIdOf(id)).terminate('pressed by mistake');
    await rig.sandbox.mend();
    await sweepUp(rig.server, id);
    await rig.until(id, ({ attention }) => attention?.reason === 'booking_cut_off');
    await rig.bookings.resolve(id, { choice: 'end', why: 'it was meant' });
    await rig.until(id, ({ attention }) => attention?.reason === 'fee_window');
    await expectOneAppointment(rig);
    await rig.bookings.resolve(id, { choice: 'accept_fees', why: 'the payer agreed' });
    await client.workflow.getHandle(cleanupIdOf(id)).result();
    expect((await rig.sandbox.state()).live.appointments).toEqual([]);
  });

  /** A booking that is cancelled while its book call is unanswered, at the moment when its order is next to be undone. */
  const atTheOrder = async (request: Record<string, unknown>) => {
    await rig.sandbox.fail('book', { when: 'before', answer: 'reset' });
    const { booking } = await rig.bookings.start(request);
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    const answer = { status: 500, body: { detail: 'Internal Server Error' } };
    await rig.sandbox.fail('cancel_order', { when: 'before', answer, times: ALWAYS });
    await rig.bookings.cancel(booking.id, {});
    return rig.until(booking.id, ({ compensation: [, order] }) => (order?.attempts ?? 0) > 0);
  };
  /** The unanswered call takes effect. */
  const surface = async ({ id, createdAt, attempts, order }: Awaited<ReturnType<typeof atTheOrder>>) =>
    rig.sandbox.control('appointments', {
      order_id: order?.id,
      start_at: attempts[0]?.startsAt,
      end_at: attempts[0]?.startsAt,
      notes: `ref:${bookRef(makerOf(id, createdAt), 1)}`,
    });

  test('our own appointment that surfaces between the two undos is not taken along by the order’s', async () => {
    const view = await atTheOrder(atHome());
    await surface(view);
    await rig.sandbox.mend();
    const asking = await asked(view.id);
    expect(asking.attention?.reason).toBe('fee_window');
    await expectOneAppointment(rig, { of: view.order?.id });
    await rig.bookings.resolve(view.id, { choice: 'accept_fees', why: 'the payer agreed' });
    await rig.until(view.id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig);
  });

  test('nor is it where the request accepts fees: then it goes without a question', async () => {
    const view = await atTheOrder(atHome({ policy: { acceptFees: true } }));
    await surface(view);
    await rig.sandbox.mend();
    await rig.until(view.id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig);
  });
});
