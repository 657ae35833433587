import { cleanupIdOf } from '../../src/booking/names';
import { adopting, atHome, startSaga, type SagaRig } from '../support/saga';

describe('an effect that surfaces after the booking has ended', () => {
  let rig: SagaRig;
  beforeAll(async () => {
    rig = await startSaga({ capabilities: { lateCommitWindowMs: 600 } });
  }, 120_000);
  afterAll(() => rig.stop());
  beforeEach(async () => {
    await rig.sandbox.control('reset', {});
  });

  test('is cleaned up: the appointment with our ref is cancelled, the kept order stays', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.control('faults', {
      method: 'POST',
      path: `/v3/order/${orderId}/phlebotomy/appointment/book`,
      when: 'late',
      answer: 'reset',
      delayMs: 3_000,
    });
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { limits: { maxSlotAttempts: 1 } }),
    );
    const ended = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(ended.attempts).toMatchObject([{ outcome: 'unknown' }]);
    while ((await rig.sandbox.live(orderId)).appointments === 0) await new Promise(setImmediate);
    expect(await rig.bookings.cleanUp(booking.id)).toBe(true);
    await rig.server.client.workflow.getHandle(cleanupIdOf(booking.id)).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });

  test('a booking whose calls were all accounted for is not cleaned up after', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(await rig.bookings.cleanUp(booking.id)).toBe(false);
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(await rig.bookings.cleanUp(booking.id)).toBe(false);
  });
});
