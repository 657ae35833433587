import { ALWAYS, type Fault } from '../support/calls';
import { adopting, atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 } };

describe('undoing', () => {
  const rig = useSaga();

  test('a deadline releases the slot only after a look-up that shows it unconfirmed', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'cancel', { ...ASYNC, limits: { maxSlotAttempts: 1, confirmTimeoutMs: 1_000 } }),
    );
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view).toMatchObject({
      failure: { code: 'no_slot' },
      attempts: [{ outcome: 'released' }],
      compensation: [
        { step: 'appointment', outcome: 'undone' },
        { step: 'order', outcome: 'undone' },
      ],
    });
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('past the deadline without a look-up nothing is undone: a person is asked, and the deadline waits', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'cancel', { ...ASYNC, limits: { maxSlotAttempts: 1, confirmTimeoutMs: 1_200 } }),
    );
    await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    await rig.sandbox.fail('appointment', {
      of: orderId,
      when: 'before',
      answer: { status: 503, body: 'Service Unavailable' },
      times: ALWAYS,
    });
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({ status: 'awaiting_confirmation', attention: { reason: 'rate_limited' } });
    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'confirmed' });
    await rig.sandbox.mend();
    await rig.bookings.retry(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.compensation).toEqual([]);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('"undone by hand" proves nothing while a call is unanswered: the looks over its window decide', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'late', answer: 'reset', delayMs: 1_300 });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    const answer = { status: 401, body: { detail: 'Invalid token' } };
    await rig.sandbox.fail('appointment', { of: orderId, times: ALWAYS, when: 'before', answer });
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ attention, status }) => status === 'compensating' && attention !== null);
    await rig.sandbox.mend();
    await rig.bookings.resolve(booking.id, { choice: 'undone', why: 'nothing is there' });
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation).toMatchObject([
      { step: 'appointment', outcome: 'undone' },
      { step: 'order', outcome: 'nothing_to_undo' },
    ]);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });

  test('what a person leaves standing while a call is unanswered leaves no undo open', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'before', answer: 'reset' });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    const answer = { status: 401, body: { detail: 'Invalid token' } };
    await rig.sandbox.fail('appointment', { of: orderId, times: ALWAYS, when: 'before', answer });
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ attention, status }) => status === 'compensating' && attention !== null);
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'we look after it' });
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation).toMatchObject([
      { step: 'appointment', outcome: 'left_to_person' },
      { step: 'order', outcome: 'nothing_to_undo' },
    ]);
  });

  test('a person’s retry of an undo is tried with patience anew', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { limits: { settleWithinMs: 600_000 } }),
    );
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const rule: Fault = { of: orderId, when: 'before', answer: { status: 503, body: 'Service Unavailable' } };
    await rig.sandbox.fail('cancel_appointment', { ...rule, times: ALWAYS });
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'undo_failed');
    await rig.sandbox.mend();
    // It fails once more, and is tried again by itself.
    await rig.sandbox.fail('cancel_appointment', rule);
    await rig.bookings.retry(booking.id, {});
    const view = await rig.until(
      booking.id,
      ({ status, attention }) => status === 'cancelled' || attention !== null,
    );
    expect(view.status).toBe('cancelled');
  });

  test('an adopted order is kept when the request says so', async () => {
    await rig.sandbox.control('slots', { empty: 3 });
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.compensation).toMatchObject([
      { step: 'appointment', outcome: 'nothing_to_undo' },
      { step: 'order', outcome: 'nothing_to_undo' },
    ]);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });

  test('an undo whose answers get lost is repeated until the provider shows it done', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail(
      'cancel_appointment',
      { of: orderId, when: 'before', answer: 'reset' },
      { of: orderId, when: 'after', answer: 'timeout' },
    );
    const answer = { status: 502, body: 'Bad Gateway' };
    await rig.sandbox.fail('cancel_order', { of: orderId, when: 'after', answer });
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'undone']);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('"undone", said of an order whose placing was never answered, is checked by looking for it', async () => {
    await rig.sandbox.fail('place_order', { when: 'after', answer: 'reset' });
    const { booking } = await rig.bookings.start(atHome());
    await eventually(rig.sandbox.state, ({ orders }) => orders.length === 1);
    const answer = { status: 401, body: { detail: 'Invalid API key' } };
    await rig.sandbox.fail('any', { when: 'before', answer, times: ALWAYS });
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'credentials_rejected');
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, (view) => view.status === 'compensating' && view.attention !== null);
    await rig.sandbox.mend();
    await rig.bookings.resolve(booking.id, { choice: 'undone', why: 'I saw no order' });
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation).toMatchObject([
      { step: 'appointment', outcome: 'nothing_to_undo' },
      { step: 'order', outcome: 'undone' },
    ]);
    expect((await rig.sandbox.state()).live.orders).toEqual([]);
  });

  test('an undo that fails for its whole time limit stays open in front of a person', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('cancel_appointment', {
      of: orderId,
      when: 'before',
      answer: { status: 500, body: { detail: 'Internal Server Error' } },
      times: ALWAYS,
    });
    await rig.bookings.cancel(booking.id, {});
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({
      status: 'compensating',
      attention: { reason: 'undo_failed', choices: ['retry', 'undone', 'leave'] },
      compensation: [{ step: 'appointment', outcome: 'pending' }, { step: 'order' }],
    });
    expect(asking.attention?.tried.length).toBeGreaterThan(0);
    await rig.bookings.resolve(booking.id, { choice: 'undone', why: 'I believe so' });
    const again = await rig.until(
      booking.id,
      ({ attention, revision }) => attention !== null && revision > asking.revision + 1,
    );
    expect(again.attention?.reason).toBe('undo_failed');
    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'cancelled' });
    await rig.bookings.resolve(booking.id, { choice: 'undone', why: 'the provider cancelled it by phone' });
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation[0]?.outcome).toBe('undone');
  });

  test('an order past the point of no return goes to a person, who may leave it', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('cancel_order', {
      of: orderId,
      when: 'before',
      answer: {
        status: 400,
        body: {
          error: 'INVALID',
          message: 'Transition from partial_results to cancelled is not allowed',
          status_code: 400,
        },
      },
      times: 10,
    });
    await rig.bookings.cancel(booking.id, {});
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({
      attention: { reason: 'order_not_cancellable' },
      compensation: [{ outcome: 'undone' }, { outcome: 'pending' }],
    });
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'the lab has the sample' });
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation[1]?.outcome).toBe('left_to_person');
  });

  test('an order that carries an appointment which is not ours is not cancelled', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const [slot] = await rig.bookings.searchSlots(atHome());
    await rig.sandbox.control('clock', { advanceOrders: true });
    await rig.until(
      (await rig.bookings.start(adopting(orderId, 'keep', { limits: { maxSlotAttempts: 1 } }))).booking.id,
      ({ status }) => status === 'confirmed',
    );
    const other = await rig.sandbox.placeOrder();
    await rig.sandbox.control('appointments', {
      order_id: other,
      status: 'confirmed',
      start_at: slot?.startsAt,
      end_at: slot?.endsAt,
    });
    const { booking } = await rig.bookings.start(adopting(other, 'cancel'));
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({ status: 'compensating', attention: { reason: 'foreign_appointment' } });
    expect(await rig.sandbox.live(other)).toEqual({ order: true, appointments: 1 });
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: "it is the patient's own" });
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('appointment_exists');
    expect(await rig.sandbox.live(other)).toEqual({ order: true, appointments: 1 });
  });

  test('an order whose cancellation would take an appointment along that a person left standing is not cancelled', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('cancel_appointment', {
      of: orderId,
      when: 'before',
      answer: { status: 500, body: { detail: 'Internal Server Error' } },
      times: ALWAYS,
    });
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'undo_failed');
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'the patient wants to keep it' });
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'foreign_appointment');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'the visit needs its order' });
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['left_to_person', 'left_to_person']);
  });

  test('an appointment that was taken over is cancelled only by a caller', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const [slot] = await rig.bookings.searchSlots(atHome());
    await rig.sandbox.control('appointments', {
      order_id: orderId,
      status: 'confirmed',
      start_at: slot?.startsAt,
      end_at: slot?.endsAt,
    });
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { policy: { existingAppointment: 'adopt' } }),
    );
    const taken = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(taken.attempts).toEqual([]);
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation[0]?.outcome).toBe('undone');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });
});

describe('an appointment that was taken over', () => {
  const rig = useSaga();

  const LATER = { windows: [{ from: '+5d', to: '+9d' }] };
  const takenOver = async (overrides: Record<string, unknown>) => {
    const orderId = await rig.sandbox.placeOrder();
    const [slot] = await rig.bookings.searchSlots(atHome());
    const { startsAt: start_at, endsAt: end_at } = slot ?? {};
    const made = await rig.sandbox.control('appointments', {
      ...{ order_id: orderId, status: 'confirmed', start_at, end_at },
    });
    const { policy, ...rest } = overrides;
    const request = { ...rest, policy: { existingAppointment: 'adopt', ...Object(policy) } };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', request));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    return { id: booking.id, orderId, appointmentId: String(Reflect.get(Object(made), 'id')) };
  };

  test('stays when its booking ends otherwise than by a caller', async () => {
    const { id, orderId } = await takenOver({ policy: { onProviderCancel: 'attention' } });
    await rig.sandbox.control(`orders/${orderId}`, { status: 'cancelled' });
    await rig.bookings.wake(id, 'order');
    await rig.until(id, ({ attention }) => attention?.reason === 'order_gone');
    await rig.bookings.resolve(id, { choice: 'end', why: 'the order is gone' });
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view.compensation[0]).toMatchObject({ step: 'appointment', outcome: 'nothing_to_undo' });
    expect((await rig.sandbox.live(orderId)).appointments).toBe(1);
  });

  test('is given up for a move that its caller asked for, where moving means cancelling first', async () => {
    const { id, orderId, appointmentId } = await takenOver({
      policy: { onCannotReschedule: 'cancel_and_book' },
    });
    const answer = { status: 400, body: { detail: 'This appointment cannot be rescheduled.' } };
    await rig.sandbox.fail('reschedule', { of: orderId, when: 'before', answer });
    await rig.bookings.reschedule(id, LATER);
    const view = await rig.until(
      id,
      ({ status, appointment, attention }) =>
        attention !== null || (status === 'confirmed' && appointment?.id !== appointmentId),
    );
    expect(view.attention).toBeNull();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('and was moved since stays one that was taken over', async () => {
    const { id, orderId } = await takenOver({});
    await rig.bookings.reschedule(id, LATER);
    await rig.until(id, ({ status, attempts }) => status === 'confirmed' && attempts.length === 1);
    await rig.sandbox.control(`orders/${orderId}`, { status: 'cancelled' });
    await rig.bookings.wake(id, 'order');
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view.compensation[0]).toMatchObject({ step: 'appointment', outcome: 'nothing_to_undo' });
    expect((await rig.sandbox.live(orderId)).appointments).toBe(1);
  });
});

describe('undoing inside the fee window', () => {
  const rig = useSaga({ resets: [], capabilities: { feeWindowMs: 30 * 24 * 3_600_000 } });

  test('a caller must accept the fee', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await expect(rig.bookings.cancel(booking.id, {})).rejects.toMatchObject({ code: 'fees_not_accepted' });
    await rig.bookings.cancel(booking.id, { acceptFees: true });
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });

  test("the saga's own undo asks a person, unless the request accepts fees", async () => {
    const run = async (policy: Record<string, unknown>) => {
      await rig.sandbox.control('confirmation', { mode: 'never' });
      const orderId = await rig.sandbox.placeOrder();
      const { booking } = await rig.bookings.start(
        adopting(orderId, 'keep', {
          ...ASYNC,
          policy,
          limits: { maxSlotAttempts: 1, confirmTimeoutMs: 1_000 },
        }),
      );
      return { id: booking.id, orderId };
    };
    const refusing = await run({});
    const asking = await rig.until(refusing.id, ({ attention }) => attention !== null);
    expect(asking.attention).toMatchObject({
      reason: 'fee_window',
      choices: expect.arrayContaining(['accept_fees']),
    });
    expect(await rig.sandbox.live(refusing.orderId)).toEqual({ order: true, appointments: 1 });
    await rig.bookings.resolve(refusing.id, { choice: 'accept_fees', why: 'the payer agreed' });
    await rig.until(refusing.id, ({ status }) => status === 'failed');
    expect(await rig.sandbox.live(refusing.orderId)).toEqual({ order: true, appointments: 0 });

    const accepting = await run({ acceptFees: true });
    await rig.until(accepting.id, ({ status }) => status === 'failed');
    expect(await rig.sandbox.live(accepting.orderId)).toEqual({ order: true, appointments: 0 });
  });
});
