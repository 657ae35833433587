import { randomUUID } from 'node:crypto';
import { workflowIdOf } from '../../../src/booking/names';
import type { BookingView } from '../../../src/booking/schema/view';
import { cancel as cancelSignal } from '../../../workflows/messages';
import { ALWAYS } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { resetBooking } from '../../support/resets';
import { adopting, atHome, atPractice, atSite } from '../../support/saga';
import { AT_SITE_TEST } from '../../support/sandbox';
import { useSaga } from '../../support/use-saga';

/** A reset in Temporal cannot hide what the run before it made. */

const DOWN = { status: 500, body: { detail: 'Internal Server Error' } };

describe('a booking that is reset to its first task', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  const handleOf = (id: string) => rig.server.client.workflow.getHandle(workflowIdOf(id));
  const reset = (id: string) => resetBooking(rig.server, id);
  const confirmed = async (request: Record<string, unknown>): Promise<BookingView> => {
    const { booking } = await rig.bookings.start(request);
    return rig.until(booking.id, ({ status }) => status === 'confirmed');
  };
  const atSiteOf = (orderId: string): Record<string, unknown> => {
    const { patient: _patient, ...rest } = atSite();
    return { ...rest, order: { id: orderId, onFailure: 'keep' } };
  };

  const PLACED: [string, () => Record<string, unknown>][] = [
    ['at home', () => atHome()],
    ['at a draw site', () => atSite()],
  ];

  test.each(PLACED)(
    '%s, after its cancel was accepted: order and appointment are undone',
    async (_where, request) => {
      const { id } = await confirmed(request());
      await rig.sandbox.fail('cancel_appointment', { when: 'before', answer: DOWN, times: ALWAYS });
      await handleOf(id).signal(cancelSignal, {});
      // One that is on its way while the sandbox is mended would be the earlier run's, and not this one's undo.
      await rig.sandbox.called('cancel_appointment');
      await rig.until(id, ({ status }) => status === 'compensating');
      await reset(id);
      await rig.sandbox.mend();
      const view = await rig.until(id, ({ status }) => status === 'cancelled');
      expect(view.compensation).toMatchObject([
        { step: 'appointment', outcome: 'undone' },
        { step: 'order', outcome: 'undone' },
      ]);
      await expectNothingLive(rig);
    },
  );

  test.each([
    ['at home', {}, (orderId: string) => adopting(orderId, 'keep')],
    ['at a draw site', { order_set: { lab_test_ids: [AT_SITE_TEST] } }, atSiteOf],
  ])('%s, on an order that is kept: the appointment is undone', async (_where, placing, request) => {
    const orderId = await rig.sandbox.placeOrder(placing);
    const { id } = await confirmed(request(orderId));
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer: DOWN, times: ALWAYS });
    await handleOf(id).signal(cancelSignal, {});
    await rig.sandbox.called('cancel_appointment');
    await rig.until(id, ({ status }) => status === 'compensating');
    await reset(id);
    await rig.sandbox.mend();
    const view = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'nothing_to_undo']);
    await expectNothingLive(rig, { of: orderId, kept: orderId });
  });

  test('whose look for what was made fails is for a person, and not over', async () => {
    const { id } = await confirmed(atHome());
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer: DOWN, times: ALWAYS });
    await handleOf(id).signal(cancelSignal, {});
    await rig.until(id, ({ status }) => status === 'compensating');
    const answer = { status: 401, body: { detail: 'Invalid API key' } };
    await rig.sandbox.fail('list_orders', { when: 'before', answer, times: ALWAYS });
    await reset(id);
    await rig.until(id, ({ attention }) => attention?.reason === 'credentials_rejected');
    await rig.sandbox.mend();
    await rig.bookings.retry(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig);
  });

  test.each(PLACED)(
    '%s, while confirmed, finds what it had made and makes no other',
    async (_where, request) => {
      const before = await confirmed(request());
      await reset(before.id);
      const view = await rig.until(
        before.id,
        ({ status, appointment, updatedAt }) =>
          status === 'confirmed' && appointment !== null && updatedAt !== before.updatedAt,
      );
      expect(view.order?.id).toBe(before.order?.id);
      await expectOneAppointment(rig, { id: before.appointment?.id });
      expect((await rig.sandbox.state()).live.orders).toHaveLength(1);
    },
  );

  test('after the cancel of an appointment that it had taken over: a person is asked', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.control('appointments', { order_id: orderId, status: 'confirmed' });
    const { id } = await confirmed(adopting(orderId, 'keep', { policy: { existingAppointment: 'adopt' } }));
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer: DOWN, times: ALWAYS });
    await handleOf(id).signal(cancelSignal, {});
    await rig.until(id, ({ status }) => status === 'compensating');
    await reset(id);
    const asking = await rig.until(id, ({ attention }) => attention?.reason === 'booking_reset');
    expect(asking.compensation[0]).toMatchObject({ step: 'appointment', outcome: 'pending' });
    await rig.bookings.resolve(id, { choice: 'leave', why: 'the patient keeps it' });
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  describe('at a practice, where no ref tells', () => {
    const visit = async () => {
      const remoteId = randomUUID().slice(0, 8);
      const made = await rig.clinic.control('clients', {
        ...{ first_name: 'Test', last_name: 'Client', remote_id: `C-${remoteId}` },
        patients: [{ name: 'Biscuit', remote_id: `P-${remoteId}` }],
      });
      const who = { client: { remoteId: `C-${remoteId}` }, patient: { remoteId: `P-${remoteId}` } };
      await rig.clinic.control('clinic', { accept: 'auto', completesTasks: false });
      return { view: await confirmed(atPractice(who)), clientId: String(Reflect.get(Object(made), 'id')) };
    };

    test('after its cancel was accepted: a person is asked before it says that nothing is left', async () => {
      const { view, clientId } = await visit();
      await handleOf(view.id).signal(cancelSignal, {});
      await rig.until(view.id, ({ waitingFor }) => waitingFor?.what.includes('staff') ?? false);
      await reset(view.id);
      const asking = await rig.until(view.id, ({ attention }) => attention !== null);
      expect(asking).toMatchObject({
        status: 'compensating',
        attention: { reason: 'booking_reset', choices: ['retry', 'undone', 'leave'] },
        compensation: [{ step: 'appointment', outcome: 'pending' }],
      });
      await expectOneAppointment(rig, { of: clientId, id: view.appointment?.id });
      await rig.bookings.resolve(view.id, { choice: 'leave', why: 'the desk cancels it' });
      const ended = await rig.until(view.id, ({ status }) => status === 'cancelled');
      expect(ended.compensation[0]?.outcome).toBe('left_to_person');
    });

    test('while confirmed: a person is asked before it makes another', async () => {
      const { view, clientId } = await visit();
      await reset(view.id);
      const asking = await rig.until(view.id, ({ attention }) => attention !== null);
      expect(asking.attention).toMatchObject({ reason: 'booking_reset', choices: ['retry', 'end'] });
      await expectOneAppointment(rig, { of: clientId, id: view.appointment?.id });
      await rig.clinic.control(`appointments/${view.appointment?.id}`, { status: 'DELETED' });
      await rig.bookings.retry(view.id, {});
      const again = await rig.until(view.id, ({ status }) => status === 'confirmed');
      await expectOneAppointment(rig, { of: clientId, id: again.appointment?.id });
    });
  });
});

describe('a cancel that comes before the request is read', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  test('ends a booking whose request is refused as it would be without', async () => {
    await rig.stopWorkers();
    const id = randomUUID();
    await rig.server.client.workflow.start('booking', {
      workflowId: workflowIdOf(id),
      taskQueue: 'bookings',
      args: [{ provider: 'nobody' }],
    });
    await rig.server.client.workflow.getHandle(workflowIdOf(id)).signal(cancelSignal, {});
    await rig.startWorkers();
    const view = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(view.compensation).toEqual([]);
  });
});
