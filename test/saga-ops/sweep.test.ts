import { randomUUID } from 'node:crypto';
import { cleanupIdOf, TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../src/booking/names';
import type { Swept } from '../../src/booking/ops';
import type { BookingView } from '../../src/booking/schema/view';
import { ALWAYS } from '../support/calls';
import { adopting, atHome, atPractice } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 } };

/** Everything that fake timers would take over beside the clock. */
const NOT_THE_CLOCK = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

describe('the sweep', () => {
  const rig = useSaga({ resets: ['sandbox'] });

  const sweep = (): Promise<Swept> =>
    rig.server.client.workflow.execute('sweep', {
      workflowId: `sweep:${randomUUID()}`,
      taskQueue: TASK_QUEUE.bookings,
    });

  /** Sweeps until visibility shows the booking and its clean-up has begun. */
  const sweptUntilBegun = (id: string): Promise<Swept> =>
    eventually(sweep, ({ begun }) => begun.includes(id));

  const terminate = (id: string) =>
    rig.server.client.workflow.getHandle(workflowIdOf(id)).terminate('pressed by mistake');
  const cleanUpOf = (id: string) => rig.server.client.workflow.getHandle(cleanupIdOf(id));
  const shown = (id: string, fits: (view: BookingView) => boolean) =>
    eventually(() => rig.bookings.get(id), fits);

  const standing = async (request: Record<string, unknown>, status: string) => {
    const { booking } = await rig.bookings.start(request);
    const view = await rig.until(booking.id, (seen) => seen.status === status);
    return { id: booking.id, orderId: view.order?.id ?? '' };
  };

  test('undoes what an unconfirmed booking left, order and appointment, once', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const { id, orderId } = await standing(atHome(ASYNC), 'awaiting_confirmation');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    await terminate(id);
    await sweptUntilBegun(id);
    await cleanUpOf(id).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
    expect((await sweep()).begun).not.toContain(id);
    expect(await rig.bookings.get(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'booking_cut_off' },
      compensation: [
        { step: 'appointment', outcome: 'undone' },
        { step: 'order', outcome: 'undone' },
      ],
    });
  });

  test('finds an order whose placing was on its way when the booking was cut off', async () => {
    await rig.sandbox.fail('place_order', { when: 'after', delayMs: 600 });
    const { booking } = await rig.bookings.start(atHome());
    const placed = () => rig.sandbox.state().then(({ orders }) => orders);
    const [order] = await eventually(placed, (orders) => orders.length === 1);
    await terminate(booking.id);
    await sweptUntilBegun(booking.id);
    await cleanUpOf(booking.id).result();
    expect(await rig.sandbox.live(order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });

  test('undoes what one left whose time ran out in Temporal', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    // No door starts a booking with a time limit of Temporal's; somebody else may.
    const id = await rig.sandbox.placeOrder();
    await rig.server.client.workflow.start(WORKFLOW_TYPE.booking, {
      workflowId: workflowIdOf(id),
      taskQueue: TASK_QUEUE.bookings,
      args: [adopting(id, 'cancel', ASYNC)],
      workflowExecutionTimeout: 4_000,
    });
    await eventually(
      () => rig.sandbox.live(id),
      ({ appointments }) => appointments === 1,
    );
    await sweptUntilBegun(id);
    await cleanUpOf(id).result();
    expect(await rig.sandbox.live(id)).toEqual({ order: false, appointments: 0 });
    expect(await rig.bookings.get(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'booking_cut_off', message: expect.stringContaining('timed out') },
    });
  });

  describe('at a practice', () => {
    const visit = async (client: string, status: string) => {
      await rig.clinic.control('clients', {
        ...{ first_name: 'Test', last_name: client, remote_id: client, email: `${client}@example.com` },
        patients: [{ name: 'Biscuit', remote_id: `P-${client}` }],
      });
      const request = atPractice({ client: { remoteId: client }, patient: { remoteId: `P-${client}` } });
      const { booking } = await rig.bookings.start(request);
      const view = await rig.until(booking.id, (seen) => seen.status === status);
      return { id: booking.id, appointmentId: view.appointment?.id ?? '' };
    };
    const isLive = async (id: string) => (await rig.clinic.state()).live.appointments.includes(id);
    beforeEach(() => rig.clinic.control('clinic', { accept: 'auto', completesTasks: true, afterTaskMs: 50 }));

    test('has what an unconfirmed booking left cancelled by the staff', async () => {
      await rig.clinic.control('clinic', { accept: 'leave' });
      const { id, appointmentId } = await visit('C-S1', 'awaiting_confirmation');
      await terminate(id);
      await sweptUntilBegun(id);
      await cleanUpOf(id).result();
      expect(await isLive(appointmentId)).toBe(false);
    });

    test('asks a person about one that stood confirmed, and cancels nothing', async () => {
      const { id, appointmentId } = await visit('C-S2', 'confirmed');
      await terminate(id);
      await sweptUntilBegun(id);
      const { attention } = await shown(id, (view) => view.attention !== null);
      expect(attention).toMatchObject({ reason: 'booking_cut_off', choices: ['keep', 'end', 'retry'] });
      expect(await isLive(appointmentId)).toBe(true);
      await rig.bookings.resolve(id, { choice: 'end', why: 'nobody wants it' });
      await cleanUpOf(id).result();
      expect(await isLive(appointmentId)).toBe(false);
    });

    test('asks about one that was cut off in the middle of a move whose call was not answered', async () => {
      const { id, appointmentId } = await visit('C-S3', 'confirmed');
      await rig.clinic.fail('create_appointment', { when: 'after', delayMs: 600 });
      const before = (await rig.clinic.state()).live.appointments.length;
      await rig.bookings.reschedule(id, { windows: [{ from: '+4d', to: '+7d' }] });
      await eventually(
        () => rig.clinic.state(),
        ({ live }) => live.appointments.length > before,
      );
      await terminate(id);
      await sweptUntilBegun(id);
      const { attention } = await shown(id, (view) => view.attention !== null);
      expect(attention?.reason).toBe('booking_cut_off');
      expect(await isLive(appointmentId)).toBe(true);
    });

    test('names each appointment that a move left standing: `keep` would keep them all', async () => {
      const { id, appointmentId } = await visit('C-S4', 'confirmed');
      const refused = { status: 429, body: { detail: 'Too many requests' } };
      await rig.clinic.fail('create_task', { when: 'before', answer: refused, times: ALWAYS });
      const before = (await rig.clinic.state()).live.appointments;
      await rig.bookings.reschedule(id, { windows: [{ from: '+4d', to: '+7d' }] });
      const { live } = await eventually(
        () => rig.clinic.state(),
        ({ live: now }) => now.appointments.length > before.length,
      );
      await rig.until(id, ({ appointment }) => appointment?.id !== appointmentId);
      const movedTo = live.appointments.find((one) => !before.includes(one)) ?? '';
      await terminate(id);
      await sweptUntilBegun(id);
      const { attention } = await shown(id, (view) => view.attention !== null);
      expect(movedTo).not.toBe('');
      expect(attention?.tried.join()).toContain(`2 of its appointments stand: ${appointmentId}, ${movedTo}`);
      await rig.clinic.mend();
      await rig.bookings.resolve(id, { choice: 'end', why: 'nobody wants either' });
      await cleanUpOf(id).result();
      expect([await isLive(appointmentId), await isLive(movedTo)]).toEqual([false, false]);
    });
  });

  describe('finds one that stood confirmed', () => {
    const asked = async (request: Record<string, unknown> = atHome()) => {
      const { id, orderId } = await standing(request, 'confirmed');
      await terminate(id);
      await sweptUntilBegun(id);
      const view = await shown(id, ({ attention }) => attention !== null);
      expect(view.attention).toMatchObject({
        reason: 'booking_cut_off',
        choices: ['keep', 'end', 'retry'],
      });
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
      return { id, orderId };
    };

    test('and shows it to a person, who leaves it standing', async () => {
      const { id, orderId } = await asked();
      await eventually(
        () => rig.bookings.list({ attention: 'booking_cut_off' }),
        ({ bookings }) => bookings.some((row) => row.id === id && row.open),
      );
      await rig.bookings.resolve(id, { choice: 'keep', why: 'the visit is wanted' });
      await cleanUpOf(id).result();
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
      expect((await rig.bookings.get(id)).compensation).toMatchObject([
        { step: 'appointment', outcome: 'left_to_person' },
        { step: 'order', outcome: 'left_to_person' },
      ]);
    });

    test('and undoes it when the person says so; whoever waits for the booking waits for that', async () => {
      const { id, orderId } = await asked();
      await rig.bookings.resolve(id, { choice: 'end', why: 'nobody wants it' });
      expect(await rig.bookings.settled(id)).toMatchObject({
        status: 'failed',
        compensation: [
          { step: 'appointment', outcome: 'undone' },
          { step: 'order', outcome: 'undone' },
        ],
      });
      expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
    });

    test('and looks again at `retry`: what somebody undid meanwhile needs nobody any more', async () => {
      const { id, orderId } = await asked(adopting(await rig.sandbox.placeOrder(), 'cancel'));
      await fetch(`${rig.sandbox.url}/v3/order/${orderId}/cancel`, {
        method: 'POST',
        headers: { 'x-vital-api-key': 'sk_us_test' },
      });
      await rig.bookings.retry(id, {});
      await cleanUpOf(id).result();
      expect((await rig.bookings.get(id)).attention).toBeNull();
    });
  });

  test('keeps the adopted order of an unconfirmed booking whose request says so', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const { id } = await standing(adopting(orderId, 'keep', ASYNC), 'awaiting_confirmation');
    await terminate(id);
    await sweptUntilBegun(id);
    await cleanUpOf(id).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });

  test('goes on with the undo of a booking that was being cancelled', async () => {
    const { id, orderId } = await standing(atHome(), 'confirmed');
    const answer = { status: 503, body: { detail: 'busy' } };
    await rig.sandbox.fail('cancel_appointment', { of: orderId, when: 'before', answer });
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'compensating');
    await terminate(id);
    await sweptUntilBegun(id);
    await cleanUpOf(id).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('leaves alone what a person had left standing before the booking was cut off', async () => {
    const { id, orderId } = await standing(adopting(await rig.sandbox.placeOrder(), 'cancel'), 'confirmed');
    await rig.sandbox.fail('cancel_appointment', {
      of: orderId,
      when: 'before',
      answer: { status: 500, body: { detail: 'Internal Server Error' } },
      times: ALWAYS,
    });
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ attention }) => attention?.reason === 'undo_failed');
    await rig.bookings.resolve(id, { choice: 'leave', why: 'the patient goes there all the same' });
    await rig.until(id, ({ attention }) => attention?.reason === 'foreign_appointment');
    await rig.sandbox.mend();
    await terminate(id);
    await sweptUntilBegun(id);
    const { attention } = await shown(id, (view) => view.attention !== null);
    expect(attention?.reason).toBe('foreign_appointment');
    await rig.bookings.resolve(id, { choice: 'leave', why: 'the order goes with it' });
    await cleanUpOf(id).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('keeps its hands off while a newer booking of the same order runs', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const first = await standing(adopting(orderId, 'keep', ASYNC), 'awaiting_confirmation');
    await terminate(first.id);
    const takeOver = adopting(orderId, 'keep', { ...ASYNC, policy: { existingAppointment: 'adopt' } });
    const second = await rig.bookings.start(takeOver);
    await rig.until(second.booking.id, ({ status }) => status === 'awaiting_confirmation');
    const held = await eventually(sweep, ({ again }) =>
      again.some(({ bookingId }) => bookingId === first.id),
    );
    expect(held.begun).not.toContain(first.id);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('keeps Temporal’s time: a worker whose clock is ahead for one sweep hides nothing from the next', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const { id, orderId } = await standing(atHome(ASYNC), 'awaiting_confirmation');
    jest.useFakeTimers({ now: Date.now() + 3_600_000, advanceTimers: true, doNotFake: [...NOT_THE_CLOCK] });
    const ahead = await sweep().finally(() => jest.useRealTimers());
    expect(Date.parse(ahead.until)).toBeLessThanOrEqual(Date.now());
    await terminate(id);
    await sweptUntilBegun(id);
    await cleanUpOf(id).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('leaves bookings alone that ended by themselves', async () => {
    await rig.sandbox.control('slots', { empty: 10 });
    const { id } = await standing(atHome(), 'failed');
    const { begun, again } = await eventually(sweep, () => true);
    expect([...begun, ...again.map(({ bookingId }) => bookingId)]).not.toContain(id);
  });
});
