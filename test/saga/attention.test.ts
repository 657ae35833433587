import { ALWAYS, type FaultAnswer, type JunctionCall } from '../support/calls';
import { retry as retrySignal, resolve as resolveSignal } from '../../workflows/messages';
import { workflowIdOf } from '../../src/booking/names';
import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

describe('attention', () => {
  const rig = useSaga();

  const OURS: [reason: string, call: JunctionCall, answer: FaultAnswer][] = [
    ['credentials_rejected', 'read_order', { status: 401, body: { detail: 'Invalid token' } }],
    ['credentials_rejected', 'book', { status: 403, body: { detail: 'Forbidden' } }],
    ['unexpected_answer', 'book', { status: 418, body: { detail: 'I am a teapot' } }],
    // Not in the vendor's own form: nobody knows who answered.
    ['outcome_unknown', 'book', { status: 418, body: 'I am a teapot' }],
    ['outcome_unknown', 'book', { status: 429, body: 'Too Many Requests' }],
    ['unexpected_answer', 'book', { status: 400, body: { detail: 'Nobody has ever seen this text' } }],
    ['provider_unavailable', 'availability', { status: 500, body: 'Internal Server Error' }],
    ['rate_limited', 'book', { status: 429, body: { detail: 'Too Many Requests' } }],
  ];

  test.each(OURS)(
    '%s at %s pauses the booking, undoes nothing, and goes on after retry',
    async (reason, call, answer) => {
      const orderId = await rig.sandbox.placeOrder();
      await rig.sandbox.fail(call, { of: orderId, times: ALWAYS, when: 'before', answer });
      const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
      const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
      expect(asking.attention).toMatchObject({ reason, choices: ['retry', 'end'] });
      expect(asking.compensation).toEqual([]);
      expect(asking.attempts.map(({ outcome }) => outcome)).not.toContain('booking');
      expect((await rig.sandbox.live(orderId)).order).toBe(true);
      await rig.sandbox.mend();
      await rig.bookings.retry(booking.id, { by: 'tests' });
      const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
      expect(view.attention).toBeNull();
    },
  );

  test('an order whose placing is refused for load is placed a little later, and nobody is asked', async () => {
    const answer = { status: 429, body: 'Too Many Requests' };
    await rig.sandbox.fail('place_order', { when: 'before', answer });
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(
      booking.id,
      ({ status, attention }) => status === 'confirmed' || attention !== null,
    );
    expect(view.status).toBe('confirmed');
    expect((await rig.sandbox.state()).orders).toHaveLength(1);
  });

  describe('a Retry-After of many hours is waited for no longer than patience', () => {
    const answer = { status: 429, headers: { 'retry-after': '72000' }, body: 'Too Many Requests' };

    test('and when the provider is well by then, nobody is asked', async () => {
      const orderId = await rig.sandbox.placeOrder();
      await rig.sandbox.fail('availability', { when: 'before', answer });
      const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
      const view = await rig.until(
        booking.id,
        ({ status, attention }) => status === 'confirmed' || attention !== null,
      );
      expect(view.status).toBe('confirmed');
    });

    test('a person is asked after a fresh try', async () => {
      const orderId = await rig.sandbox.placeOrder();
      await rig.sandbox.fail('availability', { times: ALWAYS, when: 'before', answer });
      const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
      const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
      expect(asking.attention?.reason).toBe('rate_limited');
      // One was made ahead; a pause is not kept to by the last of the search's own tries.
      expect(await rig.sandbox.callsOf('availability')).toHaveLength(3);
      await rig.sandbox.mend();
      await rig.bookings.retry(booking.id, { by: 'tests' });
      await rig.until(booking.id, ({ status }) => status === 'confirmed');
    });
  });

  test('a retry that names a reason moves on what waits for it, and nothing else', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const answer = { status: 418, body: { detail: 'I am a teapot' } };
    await rig.sandbox.fail('book', { of: orderId, when: 'before', answer });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ attention }) => attention !== null);
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    await handle.signal(retrySignal, { reason: 'credentials_rejected' });
    const view = await rig.until(booking.id, ({ lastRequest }) => lastRequest !== null);
    expect(view).toMatchObject({
      attention: { reason: 'unexpected_answer' },
      lastRequest: { outcome: 'refused', code: 'attention_changed' },
    });
    await handle.signal(retrySignal, { reason: 'unexpected_answer' });
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
  });

  test('a person may end the booking instead: then it is undone', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', {
      of: orderId,
      when: 'before',
      answer: { status: 418, body: { detail: 'I am a teapot' } },
    });
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ attention }) => attention !== null);
    await rig.bookings.resolve(booking.id, { choice: 'end', why: 'the patient gave up' });
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('unexpected_answer');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('a caller may cancel a booking that waits for a person', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', {
      of: orderId,
      when: 'before',
      answer: { status: 418, body: { detail: 'I am a teapot' } },
    });
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ attention }) => attention !== null);
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.attention).toBeNull();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('decisions where none is wanted, or not offered, are refused', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { policy: { onProviderCancel: 'attention' } }),
    );
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await expect(rig.bookings.retry(booking.id, {})).rejects.toMatchObject({ code: 'nothing_to_resolve' });
    await expect(rig.bookings.resolve(booking.id, { choice: 'end', why: 'no' })).rejects.toMatchObject({
      code: 'nothing_to_resolve',
    });
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    await handle.signal(retrySignal, {});
    await rig.until(booking.id, ({ lastRequest }) => lastRequest?.code === 'nothing_to_resolve');
    await handle.signal(resolveSignal, { choice: 'dance' });
    await rig.until(booking.id, ({ lastRequest }) => lastRequest?.code === 'malformed_message');

    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'cancelled' });
    await rig.until(booking.id, ({ attention }) => attention !== null);
    await expect(rig.bookings.resolve(booking.id, { choice: 'leave', why: 'no' })).rejects.toMatchObject({
      code: 'choice_not_offered',
    });
  });

  describe('when the provider cancels a confirmed appointment', () => {
    const cancelled = async () => {
      const { booking } = await rig.bookings.start(atHome({ policy: { onProviderCancel: 'attention' } }));
      await rig.until(booking.id, ({ status }) => status === 'confirmed');
      const { appointments } = await rig.sandbox.state();
      const mine = appointments.at(-1);
      await rig.sandbox.control(`appointments/${mine?.id}`, { status: 'cancelled' });
      const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
      expect(asking.attention).toMatchObject({
        reason: 'provider_cancelled',
        choices: ['rebook', 'end', 'retry'],
      });
      return booking.id;
    };

    test('a person may have it booked again', async () => {
      const id = await cancelled();
      await rig.bookings.resolve(id, { choice: 'rebook', why: 'the patient still wants it' });
      const view = await rig.until(
        id,
        ({ status, attention }) => status === 'confirmed' && attention === null,
      );
      expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['confirmed', 'confirmed']);
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    });

    test('by default another slot is looked for, a limited number of times', async () => {
      const { booking } = await rig.bookings.start(atHome());
      for (let n = 0; n <= 3; n++) {
        await rig.until(
          booking.id,
          ({ status, attempts }) => status === 'confirmed' && attempts.length === n + 1,
        );
        const { live } = await rig.sandbox.state();
        await rig.sandbox.control(`appointments/${live.appointments[0]}`, { status: 'cancelled' });
      }
      const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
      expect(asking).toMatchObject({ attention: { reason: 'provider_cancelled' }, attempts: { length: 4 } });
    });

    test('the request may have everything undone instead', async () => {
      const { booking } = await rig.bookings.start(atHome({ policy: { onProviderCancel: 'compensate' } }));
      const held = await rig.until(booking.id, ({ status }) => status === 'confirmed');
      await rig.sandbox.control(`appointments/${held.appointment?.id}`, { status: 'cancelled' });
      const view = await rig.until(booking.id, ({ status }) => status === 'failed');
      expect(view.failure?.code).toBe('provider_cancelled');
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
    });

    test('a person may end it', async () => {
      const id = await cancelled();
      await rig.bookings.resolve(id, { choice: 'end', why: 'the patient gave up' });
      const view = await rig.until(id, ({ status }) => status === 'failed');
      expect(view.failure?.code).toBe('provider_cancelled');
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
    });
  });
});
