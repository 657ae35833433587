import { atHome, startSaga, type SagaRig } from '../support/saga';

describe('the forward steps', () => {
  let rig: SagaRig;
  beforeAll(async () => {
    rig = await startSaga();
  }, 120_000);
  afterAll(() => rig.stop());

  test('a slot that is confirmed at once settles the booking', async () => {
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view).toMatchObject({
      provider: 'junction-phlebotomy',
      reference: 'visit-8812',
      order: { origin: 'placed' },
      attempts: [{ outcome: 'confirmed' }],
      appointment: { status: 'confirmed', timezone: 'America/Phoenix' },
      compensation: [],
      attention: null,
      failure: null,
    });
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    const { orders, appointments } = await rig.sandbox.state();
    expect(orders[0]?.passthrough).toBe(booking.id);
    expect(appointments[0]?.appointment_notes).toMatch(/ref:.+\/book\/1$/);
  });
});
