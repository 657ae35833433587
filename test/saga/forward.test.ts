import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 3_600_000 } };

describe('the forward steps', () => {
  const rig = useSaga();

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

  test('a pending slot is awaited, and found confirmed by polling', async () => {
    await rig.sandbox.control('confirmation', { mode: 'async', afterMs: 600 });
    const { booking } = await rig.bookings.start(atHome(ASYNC));
    const waiting = await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    expect(waiting.waitingFor).toMatchObject({ what: 'confirmation' });
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
  });

  test('news wakes a booking that would poll much later', async () => {
    await rig.sandbox.control('confirmation', { mode: 'async', afterMs: 60_000 });
    const { booking } = await rig.bookings.start(atHome(ASYNC));
    await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'confirmed' });
    expect(await rig.bookings.wake(booking.id, 'appointment')).toBe(true);
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
  });

  test('a snatched slot is followed by the next one', async () => {
    await rig.sandbox.control('slots', { snatch: 1 });
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['gone', 'confirmed']);
    expect(view.attempts[0]?.startsAt).not.toBe(view.attempts[1]?.startsAt);
  });

  test('keys that expired make it search again', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', {
      of: orderId,
      when: 'before',
      answer: { status: 400, body: { detail: 'Invalid booking key format' } },
    });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['gone', 'confirmed']);
    const { calls } = await rig.sandbox.state();
    expect(calls.filter(({ path }) => path.includes('availability')).length).toBe(2);
  });

  test('a declined slot is followed by another', async () => {
    await rig.sandbox.control('confirmation', { mode: 'decline', afterMs: 300, reason: 'no_phlebotomist' });
    const { booking } = await rig.bookings.start(atHome(ASYNC));
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.attempts).toMatchObject([
      { outcome: 'declined', reason: expect.stringContaining('no_phlebotomist') },
      { outcome: 'confirmed' },
    ]);
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
  });

  test('declined everywhere: the booking fails and its order is cancelled', async () => {
    await rig.sandbox.control('confirmation', { mode: 'decline', afterMs: 100, times: 2 });
    const { booking } = await rig.bookings.start(atHome({ ...ASYNC, limits: { maxSlotAttempts: 2 } }));
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view).toMatchObject({
      failure: { code: 'no_slot' },
      attempts: [{ outcome: 'declined' }, { outcome: 'declined' }],
      compensation: [
        { step: 'appointment', outcome: expect.stringMatching(/undone|nothing_to_undo/) },
        { step: 'order', outcome: 'undone' },
      ],
    });
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });

  test('booking waits for the requisition, and no slot is searched before it', async () => {
    await rig.sandbox.control('clock', { advanceOrders: false });
    const { booking } = await rig.bookings.start(atHome());
    const waiting = await rig.until(
      booking.id,
      ({ waitingFor }) => waitingFor?.what.includes('requisition') ?? false,
    );
    expect(waiting.status).toBe('ordering');
    const before = await rig.sandbox.state();
    expect(before.calls.filter(({ path }) => path.includes('availability'))).toEqual([]);
    await rig.sandbox.control(`orders/${waiting.order?.id}`, { status: 'requisition_created' });
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.control('clock', { advanceOrders: true });
  });

  test('no slot in the windows ends the booking and undoes the order', async () => {
    await rig.sandbox.control('slots', { empty: 5 });
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toMatch(/no_slot|area_not_served/);
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });

  test('a visit that ends completes the booking', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'in_progress' });
    await rig.until(booking.id, ({ status }) => status === 'in_progress');
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'completed' });
    const view = await rig.until(booking.id, ({ status }) => status === 'completed');
    expect(view).toMatchObject({ failure: null, compensation: [] });
  });

  test('one wanted slot is booked and no other', async () => {
    const [first, second] = await rig.bookings.searchSlots(atHome());
    if (!first || !second) throw new Error('the sandbox offers no slots');
    const { windows: _windows, ...rest } = atHome();
    const slot = { key: second.key, startsAt: second.startsAt, endsAt: second.endsAt };
    const { booking } = await rig.bookings.start({ ...rest, slot });
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.appointment?.startsAt).toBe(second.startsAt);
    await rig.sandbox.control('account', { oneAppointmentPerPatient: false });
    await rig.sandbox.control('slots', { snatch: 1 });
    const other = await rig.bookings.start({
      ...rest,
      slot: { key: first.key, startsAt: first.startsAt, endsAt: first.endsAt },
    });
    const failed = await rig.until(other.booking.id, ({ status }) => status === 'failed');
    expect(failed).toMatchObject({ failure: { code: 'no_slot' }, attempts: [{ outcome: 'gone' }] });
  });

  test('one wanted slot in the evening is found, though its day is another one in UTC', async () => {
    const slots = await rig.bookings.searchSlots(
      atHome({ windows: [{ from: '+2d', to: '+4d', hours: '17:00-19:00' }] }),
    );
    const evening = slots.find(({ startsAt }) => startsAt.includes('T00:00'));
    if (!evening) throw new Error('the sandbox offers no evening');
    const { windows: _windows, ...rest } = atHome();
    const { key, startsAt, endsAt } = evening;
    const { booking } = await rig.bookings.start({ ...rest, slot: { key, startsAt, endsAt } });
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed' || status === 'failed');
    expect(view).toMatchObject({ status: 'confirmed', appointment: { startsAt } });
  });

  test.each(['constructor', '__proto__', 'toString'])(
    '%s is an unknown account and no bug',
    async (account) => {
      const { booking } = await rig.bookings.start(atHome({ account }));
      const view = await rig.until(booking.id, ({ attention }) => attention !== null);
      expect(view.attention?.reason).toBe('account_unknown');
      await rig.bookings.resolve(booking.id, { choice: 'end', why: 'the test is over' });
      await rig.until(booking.id, ({ status }) => status === 'failed');
    },
  );

  test('a search without a booking says that it stopped at its limit of calls', async () => {
    const wide = atHome({ windows: [{ from: '+2d', to: '+300d' }] });
    expect((await rig.bookings.findSlots(wide)).complete).toBe(false);
    expect((await rig.bookings.findSlots(atHome())).complete).toBe(true);
  });
});
