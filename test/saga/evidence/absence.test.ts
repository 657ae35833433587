import { ALWAYS } from '../../support/calls';
import { expectOneAppointment } from '../../support/live';
import { adopting, atSite, type SagaRig } from '../../support/saga';
import { AT_SITE_TEST } from '../../support/sandbox';
import { useSaga } from '../../support/use-saga';

/** What a booking knows by id and does not see at all is missing, never cancelled. */

const NOT_FOUND = { status: 404, body: { detail: 'Appointment not found' } };

type Start = (rig: SagaRig, policy: string) => Promise<{ id: string; orderId: string }>;

const atHomeOf: Start = async (rig, policy) => {
  const orderId = await rig.sandbox.placeOrder();
  const request = adopting(orderId, 'cancel', { policy: { onProviderCancel: policy } });
  return { id: (await rig.bookings.start(request)).booking.id, orderId };
};
const atSiteOf: Start = async (rig, policy) => {
  const orderId = await rig.sandbox.placeOrder({ order_set: { lab_test_ids: [AT_SITE_TEST] } });
  const { patient: _patient, ...rest } = atSite({ policy: { onProviderCancel: policy } });
  const request = { ...rest, order: { id: orderId, onFailure: 'cancel' } };
  return { id: (await rig.bookings.start(request)).booking.id, orderId };
};

describe.each([
  ['at home', atHomeOf],
  ['at a draw site', atSiteOf],
])('the appointment of a confirmed booking %s that a read does not find', (_where, start) => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  const confirmed = async (policy: string) => {
    const { id, orderId } = await start(rig, policy);
    const view = await rig.until(id, ({ status }) => status === 'confirmed');
    return { id, orderId, appointmentId: view.appointment?.id ?? '' };
  };

  test.each([
    ['compensate', 1],
    ['compensate', 2],
    ['compensate', 3],
    ['rebook', 1],
    ['rebook', 2],
    ['attention', 1],
  ])('with the policy %s, %i times: nothing is undone or booked', async (policy, times) => {
    const { id, orderId, appointmentId } = await confirmed(policy);
    const before = (await rig.sandbox.callsOf('appointment', orderId)).length;
    await rig.sandbox.fail('appointment', { of: orderId, when: 'before', answer: NOT_FOUND, times });
    await rig.bookings.wake(id, 'appointment');
    await rig.sandbox.called('appointment', { of: orderId, times: before + times + 1 });
    await rig.sandbox.mend();
    await rig.bookings.wake(id, 'appointment');
    // A read that shows it, after those that did not.
    await rig.sandbox.called('appointment', { of: orderId, times: before + times + 3 });
    const view = await rig.until(id, ({ status, attention }) => status !== 'confirmed' || !attention);
    expect(view).toMatchObject({
      status: 'confirmed',
      compensation: [],
      attempts: [{ outcome: 'confirmed' }],
    });
    await expectOneAppointment(rig, { of: orderId, id: appointmentId });
  });

  test.each(['compensate', 'rebook'])(
    'with the policy %s, for longer than patience: is for a person',
    async (policy) => {
      const { id, orderId, appointmentId } = await confirmed(policy);
      await rig.sandbox.fail('appointment', {
        of: orderId,
        when: 'before',
        answer: NOT_FOUND,
        times: ALWAYS,
      });
      await rig.bookings.wake(id, 'appointment');
      const asking = await rig.until(id, ({ attention }) => attention !== null);
      expect(asking).toMatchObject({
        status: 'confirmed',
        attention: { reason: 'appointment_missing' },
        compensation: [],
      });
      await expectOneAppointment(rig, { of: orderId, id: appointmentId });
      // Nor does the person's giving it up make it cancelled: the undo cannot see it either.
      await rig.bookings.resolve(id, { choice: 'end', why: 'the patient will not come' });
      const undoing = await rig.until(
        id,
        ({ status, attention }) => status === 'compensating' && attention !== null,
      );
      expect(undoing).toMatchObject({
        attention: { reason: 'appointment_missing' },
        compensation: [{ step: 'appointment', outcome: 'pending' }, { step: 'order' }],
      });
      await rig.sandbox.mend();
      await rig.bookings.retry(id, {});
      const view = await rig.until(id, ({ status }) => status === 'failed');
      expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'undone']);
      expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
    },
  );

  test('is cancelled when it is shown as such', async () => {
    const { id, orderId, appointmentId } = await confirmed('compensate');
    await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'cancelled' });
    await rig.bookings.wake(id, 'appointment');
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('provider_cancelled');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('and that a host has moved is followed under its new id: a blind read of that proves nothing either', async () => {
    const { id, orderId, appointmentId } = await confirmed('rebook');
    const { appointments } = await rig.sandbox.state();
    const old = appointments.find((one) => one.id === appointmentId);
    const startsAt = new Date(Date.parse(old?.start_at ?? '') + 86_400_000).toISOString();
    const made = await rig.sandbox.control('appointments', {
      ...{ order_id: orderId, start_at: startsAt, end_at: startsAt, notes: old?.appointment_notes },
    });
    const newId = String(Reflect.get(Object(made), 'id'));
    await rig.bookings.wake(id, 'appointment');
    await rig.until(id, ({ appointment }) => appointment?.id === newId);
    await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'cancelled' });
    await rig.sandbox.fail('appointment', { of: orderId, when: 'before', answer: NOT_FOUND, times: ALWAYS });
    await rig.bookings.wake(id, 'appointment');
    const asking = await rig.until(id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({ attention: { reason: 'appointment_missing' }, attempts: [{}] });
    await expectOneAppointment(rig, { of: orderId, id: newId });
    // And it is undone under that id.
    await rig.sandbox.mend();
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect((await rig.sandbox.live(orderId)).appointments).toBe(0);
  });
});

describe('an appointment under an id whose cancel was accepted once', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  test('is missing when a read does not find it: it is another than that was', async () => {
    await rig.sandbox.control('quirks', { appointmentIdIsOrderId: true });
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const confirmation = { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 };
    const limits = { confirmTimeoutMs: 1_000, maxSlotAttempts: 2 };
    const policy = { onProviderCancel: 'compensate' };
    const request = adopting(orderId, 'cancel', { confirmation, limits, policy });
    const { id } = (await rig.bookings.start(request)).booking;
    const held = await rig.until(
      id,
      ({ status, attempts }) => status === 'confirmed' && attempts.length === 2,
    );
    expect(held.appointment?.id).toBe(orderId);
    await rig.sandbox.control(`orders/${orderId}`, { status: 'ordered' }); // its order tells of none either
    await rig.sandbox.fail('appointment', { of: orderId, answer: NOT_FOUND, times: ALWAYS });
    const before = (await rig.sandbox.callsOf('appointment', orderId)).length;
    await rig.bookings.wake(id, 'appointment');
    await rig.sandbox.called('appointment', { of: orderId, times: before + 4 });
    await rig.sandbox.mend();
    const view = await rig.until(id, ({ status, attention }) => status !== 'confirmed' || !attention);
    expect(view).toMatchObject({ status: 'confirmed', compensation: [] });
    await rig.sandbox.control('quirks', { appointmentIdIsOrderId: false });
    await expectOneAppointment(rig, { of: orderId });
  });
});
