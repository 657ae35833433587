import { adopting, atHome, type SagaRig } from '../support/saga';
import { createBookingClient, type BookingClient, type ExplainedStep } from '../../src/client/booking-client';
import { workflowIdOf } from '../../src/booking/names';
import { clientOn } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { loadKeys } from '../../src/temporal/keys';
import { cancel, resolve } from '../../workflows/messages';
import { useSaga } from '../support/use-saga';

describe('explain', () => {
  const rig = useSaga();

  const stepsOf = async (id: string): Promise<ExplainedStep[]> => (await rig.bookings.explain(id)).steps;
  const called = (steps: ExplainedStep[], name: string) => steps.filter((step) => step.name === name);

  test('tells each call in order, the message that ended it, and why it was undone', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(booking.id, { by: 'desk' });
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    const steps = await stepsOf(booking.id);
    expect(steps[0]).toMatchObject({ kind: 'run', what: 'the booking begins' });
    expect(called(steps, 'placeOrder')).toMatchObject([{ what: 'place the order', attempts: 1 }]);
    expect(called(steps, 'bookSlot')[0]?.shows).toMatch(/^held: appointment \S+ confirmed at 2\d{3}-/);
    expect(called(steps, 'cancelBooking')).toMatchObject([
      { kind: 'message', what: 'cancelBooking from desk', shows: 'accepted' },
    ]);
    for (const name of ['cancelAppointment', 'cancelOrder']) {
      expect(called(steps, name)[0]?.why).toBe('Undone because the caller cancelled the booking.');
    }
    expect(steps.at(-1)).toMatchObject({ kind: 'end', what: 'ends cancelled' });
    expect([...steps].sort((a, b) => (a.at < b.at ? -1 : 1))).toEqual(steps);
  });

  test('tells why an appointment was adopted after an answer that was lost', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'after', answer: 'reset' });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const steps = await stepsOf(booking.id);
    expect(called(steps, 'bookSlot')).toMatchObject([{ shows: 'unknown' }]);
    const looks = called(steps, 'lookUp').filter(({ what }) => what.includes('unanswered'));
    expect(looks.at(-1)).toMatchObject({
      shows: expect.stringContaining('with our ref'),
      why: expect.stringContaining('Adopted'),
    });
  });

  test('does not call adopted what carries another ref', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'before', answer: 'reset' });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    const [slot] = await rig.bookings.searchSlots(atHome());
    const { startsAt: start_at, endsAt: end_at } = slot ?? {};
    await rig.sandbox.control('appointments', { order_id: orderId, status: 'confirmed', start_at, end_at });
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'ambiguous_match');
    const looks = called(await stepsOf(booking.id), 'lookUp').filter(({ what }) =>
      what.includes('unanswered'),
    );
    expect(looks.at(-1)?.shows).not.toContain('no live appointment');
    expect(looks.at(-1)?.why).not.toContain('Adopted');
    await rig.bookings.cancel(booking.id, {});
  });

  test('tells what was tried again, and the failure that it ended with', async () => {
    await rig.sandbox.control('slots', { empty: 10 });
    // What fails ahead is left to the search.
    await rig.sandbox.fail('availability', {
      times: 2,
      when: 'before',
      answer: { status: 503, body: { detail: 'busy' } },
    });
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'failed');
    const steps = await stepsOf(booking.id);
    expect(called(steps, 'searchSlots')).toMatchObject([
      { attempts: 2, why: 'Tried again after rate_limited.', shows: '0 found' },
    ]);
    expect(called(steps, 'cancelOrder')[0]?.why).toBe('Undone because the booking failed: no_slot.');
    expect(steps.at(-1)).toMatchObject({ kind: 'end', what: 'fails: no_slot' });
  });

  test('does not take a decision for the cause that the booking refused', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    await handle.signal(resolve, { choice: 'end', why: 'by mistake', by: 'desk' });
    await rig.until(booking.id, ({ lastRequest }) => lastRequest?.outcome === 'refused');
    await handle.signal(cancel, { by: 'desk' });
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    const steps = await stepsOf(booking.id);
    expect(called(steps, 'resolve')).toMatchObject([
      { what: 'resolve end from desk', shows: 'refused: nothing_to_resolve', why: 'by mistake' },
    ]);
    expect(called(steps, 'cancel')).toMatchObject([{ shows: 'received' }]);
    expect(called(steps, 'cancelOrder')[0]?.why).toBe('Undone because the caller cancelled the booking.');
  });

  test('does not take a decision for the cause that came after the booking had begun to end', async () => {
    await rig.sandbox.control('slots', { empty: 10 });
    await rig.sandbox.fail('cancel_order', {
      when: 'before',
      answer: { status: 503, body: { detail: 'busy' } },
    });
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'compensating');
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    await handle.signal(resolve, { choice: 'end', why: 'by mistake' });
    await rig.until(booking.id, ({ status }) => status === 'failed');
    const steps = await stepsOf(booking.id);
    expect(called(steps, 'resolve')).toMatchObject([{ shows: 'refused: nothing_to_resolve' }]);
    expect(called(steps, 'cancelOrder').at(-1)?.why).toContain('the booking failed: no_slot');
  });

  test('holds nothing of the patient', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const told = JSON.stringify(await rig.bookings.explain(booking.id));
    for (const secret of ['Reyes', 'ana@example.com', '1984-03-09', 'Lincoln']) {
      expect(told).not.toContain(secret);
    }
  });

  describe('to whom a key is missing', () => {
    const OTHER = { id: 'other', key: Buffer.alloc(32, 9) };
    const HIDDEN = (id: string) => `cannot be read here: it is encrypted with the key "${id}"`;
    /** The same door, with these keys alone. */
    const under = (encryptionKeys: SagaRig['config']['encryptionKeys']): BookingClient => {
      const { connection, target } = rig.server;
      const client = clientOn(connection, target, dataConverterOf({ ...rig.config, encryptionKeys }));
      return createBookingClient({ client, idKey: loadKeys(rig.config).idKey });
    };

    test('says of answers, summaries, messages and the end that they cannot be read', async () => {
      await rig.sandbox.fail('book', { when: 'after', answer: 'reset' });
      const { booking } = await rig.bookings.start(atHome());
      await rig.until(booking.id, ({ status }) => status === 'confirmed');
      await rig.bookings.cancel(booking.id, { by: 'desk' });
      await rig.until(booking.id, ({ status }) => status === 'cancelled');
      const { steps } = await under([OTHER]).explain(booking.id);
      const calls = steps.filter(
        ({ kind, until, shows }) => kind === 'call' && until !== null && shows !== 'given up',
      );
      expect(calls.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['bookSlot', 'lookUp', 'cancelOrder']),
      );
      for (const call of calls) {
        expect(call).toMatchObject({
          what: `${call.name ?? ''}, whose summary ${HIDDEN('test')}`,
          shows: `the answer ${HIDDEN('test')}`,
          why: null,
        });
      }
      expect(called(steps, 'cancelBooking')).toMatchObject([
        { what: 'cancelBooking', shows: `accepted; what it says ${HIDDEN('test')}`, why: null },
      ]);
      expect(steps.at(-1)).toMatchObject({ kind: 'end', what: `ends: how ${HIDDEN('test')}` });
    });

    test('concludes nothing from a message that may have ended the booking', async () => {
      const { booking } = await rig.bookings.start(atHome());
      await rig.until(booking.id, ({ status }) => status === 'confirmed');
      const theirs = clientOn(
        rig.server.connection,
        rig.server.target,
        dataConverterOf({ ...rig.config, encryptionKeys: [OTHER] }),
      );
      await theirs.workflow.getHandle(`booking:${booking.id}`).signal('cancel', { by: 'desk' });
      await rig.until(booking.id, ({ attention }) => attention?.reason === 'message_unreadable');
      await rig.stopWorkers();
      await rig.startWorkers({ ...rig.config, encryptionKeys: [...rig.config.encryptionKeys, OTHER] });
      await rig.bookings.retry(booking.id, { reason: 'message_unreadable' });
      await rig.until(booking.id, ({ status }) => status === 'cancelled');
      const steps = await stepsOf(booking.id);
      expect(called(steps, 'cancel')).toMatchObject([
        { what: 'cancel', shows: `received; what it says ${HIDDEN('other')}`, why: null },
      ]);
      expect(called(steps, 'cancelOrder')).toMatchObject([
        { shows: expect.stringContaining('undone'), why: null },
      ]);
    }, 60_000);
  });

  test('of an unknown booking is refused', async () => {
    await expect(rig.bookings.explain('nobody')).rejects.toMatchObject({ code: 'booking_not_found' });
  });
});
