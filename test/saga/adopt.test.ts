import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

const WALK_IN = 'walk_in_test';

describe('an adopted order', () => {
  const rig = useSaga();

  test('supplies the address and the date of birth', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view).toMatchObject({
      order: { id: orderId, origin: 'adopted' },
      appointment: { address: { zip: '85004' } },
    });
  });

  test('has one open booking at a time; a later one is a new run of the same id', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const first = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(first.booking.id, ({ status }) => status === 'confirmed');
    await expect(rig.bookings.start(adopting(orderId, 'keep', { notes: 'again' }))).rejects.toMatchObject({
      code: 'order_in_use',
    });
    await rig.bookings.cancel(first.booking.id, {});
    await rig.until(first.booking.id, ({ status }) => status === 'cancelled');
    const second = await rig.bookings.start(adopting(orderId, 'keep', { notes: 'again' }));
    expect(second.booking.id).toBe(first.booking.id);
    const view = await rig.until(second.booking.id, ({ status }) => status === 'confirmed');
    expect(view.attempts).toHaveLength(1);
  });

  test("a later booking does not take an earlier one's appointment for its own", async () => {
    const orderId = await rig.sandbox.placeOrder();
    const first = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(first.booking.id, ({ status }) => status === 'confirmed');
    await rig.server.client.workflow.getHandle(`booking:${first.booking.id}`).terminate('pressed by mistake');
    const second = await rig.bookings.start(adopting(orderId, 'keep', { notes: 'again' }));
    const view = await rig.until(second.booking.id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('appointment_exists');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('that another open booking placed is in use, and is left alone', async () => {
    const placing = await rig.bookings.start(atHome());
    const placed = await rig.until(placing.booking.id, ({ status }) => status === 'confirmed');
    const orderId = placed.order?.id ?? '';
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view).toMatchObject({ failure: { code: 'order_in_use' }, order: null });
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('of another kind is refused and left alone, whatever onFailure says', async () => {
    const tests = (await (
      await fetch(`${rig.sandbox.url}/v3/lab_tests`, { headers: { 'x-vital-api-key': 'sk_us_test' } })
    ).json()) as { id: string; method: string }[];
    const walkIn = tests.find(({ method }) => method === WALK_IN);
    const orderId = await rig.sandbox.placeOrder({ order_set: { lab_test_ids: [walkIn?.id] } });
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('order_wrong_kind');
    expect((await rig.sandbox.live(orderId)).order).toBe(true);
  });

  test('that is unknown or over is refused', async () => {
    const unknown = await rig.bookings.start(adopting('413d7205-f8a9-42ed-aa4a-edb99e481ca0', 'cancel'));
    const view = await rig.until(unknown.booking.id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('order_not_found');
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.control(`orders/${orderId}`, { status: 'cancelled' });
    const over = await rig.bookings.start(adopting(orderId, 'cancel'));
    const ended = await rig.until(over.booking.id, ({ status }) => status === 'failed');
    expect(ended.failure?.code).toBe('order_ended');
  });

  test('with an appointment is refused, or taken over when the request says so', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const [slot] = await rig.bookings.searchSlots(atHome());
    await rig.sandbox.control('appointments', {
      order_id: orderId,
      status: 'confirmed',
      start_at: slot?.startsAt,
      end_at: slot?.endsAt,
    });
    const refused = await rig.bookings.start(adopting(orderId, 'keep'));
    const view = await rig.until(refused.booking.id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('appointment_exists');
    const taking = await rig.bookings.start(
      adopting(orderId, 'keep', { policy: { existingAppointment: 'adopt' } }),
    );
    const taken = await rig.until(taking.booking.id, ({ status }) => status === 'confirmed');
    expect(taken).toMatchObject({ attempts: [], appointment: { startsAt: slot?.startsAt } });
    const { calls } = await rig.sandbox.state();
    expect(calls.filter(({ path }) => path.endsWith('/book'))).toEqual([]);
  });
});
