import { AT_SITE_TEST } from '../../support/sandbox';
import { ALWAYS, type FaultAnswer } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { adopting, atHome, atSite } from '../../support/saga';
import { useSaga } from '../../support/use-saga';

/** An undo is `undone` only when a read shows that it has ended: an answer that says so proves nothing. */

const ACCEPTED: [string, FaultAnswer][] = [
  ['a body that is still confirmed', { status: 200, body: { id: 'x', status: 'confirmed' } }],
  ['a body that says cancelled', { status: 200, body: { id: 'x', status: 'cancelled' } }],
  ['an empty object', { status: 200, body: {} }],
  ['no body', 204],
  ['garbage', 'garbage'],
];

describe('a cancel of an appointment that has no effect', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  const confirmed = async (request: Record<string, unknown>) => {
    const { booking } = await rig.bookings.start(request);
    return rig.until(booking.id, ({ status }) => status === 'confirmed');
  };

  test.each(ACCEPTED)('and is answered 200 with %s is made again', async (_what, answer) => {
    const orderId = await rig.sandbox.placeOrder();
    const { id } = await confirmed(adopting(orderId, 'keep'));
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer });
    await rig.bookings.cancel(id, {});
    const view = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(view.compensation[0]).toMatchObject({ step: 'appointment', outcome: 'undone' });
    await expectNothingLive(rig, { of: orderId, kept: orderId });
  });

  test('at a draw site, and is answered 200 with the appointment as it was, is made again', async () => {
    const { id } = await confirmed(atSite());
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer: { status: 200, body: {} } });
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig);
  });

  test('however often it is answered so, is for a person in the end', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { id } = await confirmed(adopting(orderId, 'keep'));
    const answer = { status: 200, body: { id: 'x', status: 'cancelled' } };
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer, times: ALWAYS });
    await rig.bookings.cancel(id, {});
    const asking = await rig.until(id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({
      status: 'compensating',
      attention: { reason: 'undo_failed' },
      compensation: [{ step: 'appointment', outcome: 'pending' }, {}],
    });
    await expectOneAppointment(rig, { of: orderId });
    await rig.sandbox.mend();
    await rig.bookings.retry(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig, { of: orderId, kept: orderId });
  });
});

describe('an appointment that carries no ref and the id of its order', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  test('is not passed over by the undo: a person is asked', async () => {
    await rig.sandbox.control('quirks', { appointmentIdIsOrderId: true, missingNotes: true });
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(booking.id, {});
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({ attention: { reason: 'ambiguous_match' }, status: 'compensating' });
    await expectOneAppointment(rig, { of: orderId });
    await rig.sandbox.control('quirks', { appointmentIdIsOrderId: true, missingNotes: false });
    await rig.bookings.retry(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig);
  });
});

describe('somebody else’s appointment that has taken the place of ours under the same id', () => {
  const rig = useSaga({
    resets: ['sandbox'],
    capabilities: { callTimeoutMs: 3_000 },
    limits: { keepPollMs: 3_600_000 },
  });

  /** A confirmed booking whose appointment has the order's id, as has the one that the patient booked instead. */
  const replaced = async () => {
    await rig.sandbox.control('quirks', { appointmentIdIsOrderId: true });
    const orderId = await rig.sandbox.placeReadyOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const { appointments } = await rig.sandbox.state();
    const ours = appointments.find(({ order_id: of }) => of === orderId);
    const slots = await rig.bookings.searchSlots(atHome());
    const { startsAt: start_at, endsAt: end_at } = slots.at(-1) ?? {};
    await rig.sandbox.control(`appointments/${ours?.id}`, { status: 'cancelled' });
    await rig.sandbox.control('appointments', { order_id: orderId, status: 'confirmed', start_at, end_at });
    return { id: booking.id, orderId };
  };

  test('is not followed as ours: a person is asked', async () => {
    const { id, orderId } = await replaced();
    await rig.bookings.wake(id, 'appointment');
    const { attention } = await rig.until(id, (view) => view.attention !== null);
    expect(attention?.reason).toBe('ambiguous_match');
    await rig.bookings.resolve(id, { choice: 'end', why: 'the patient booked it herself' });
    await rig.until(id, (view) => view.status === 'compensating' && view.attention !== null);
    await expectOneAppointment(rig, { of: orderId });
  });

  test('is not moved as ours', async () => {
    const { id, orderId } = await replaced();
    await rig.bookings.reschedule(id, { windows: [{ from: '+5d', to: '+9d' }] });
    await rig.until(
      id,
      ({ lastRequest, attention }) => lastRequest?.outcome === 'refused' || attention !== null,
    );
    expect(await rig.sandbox.callsOf('reschedule', orderId)).toEqual([]);
    await expectOneAppointment(rig, { of: orderId });
  });
});

describe('a cancel while a move is not answered', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  const NO_EFFECT = { when: 'before', answer: { status: 200, body: {} } } as const;
  test.each([
    ['had no effect', { when: 'before', answer: 'reset' }, null],
    ['had no effect, nor has the first cancel', { when: 'before', answer: 'reset' }, NO_EFFECT],
    ['took effect', { when: 'after', answer: 'reset' }, null],
    ['took effect, and the first cancel has none', { when: 'after', answer: 'reset' }, NO_EFFECT],
    ['takes effect late', { when: 'late', answer: 'reset', delayMs: 800 }, null],
  ] as const)('that %s leaves nothing live and no undo open', async (_what, move, cancel) => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('reschedule', move);
    // Slow, so that the cancel comes before the look that finds the effect of the move.
    await rig.sandbox.fail('appointment', { when: 'after', delayMs: 200, times: ALWAYS });
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+9d' }] });
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    if (cancel) await rig.sandbox.fail('cancel_appointment', cancel);
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'nothing_to_undo']);
    await expectNothingLive(rig, { of: orderId, kept: orderId });
  });
});

describe('a cancel of an order that has no effect', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  const ORDERS: [string, () => Record<string, unknown>][] = [
    ['at home', () => atHome()],
    ['at a draw site', () => atSite()],
  ];
  const CASES = ORDERS.flatMap(([where, request]) =>
    ACCEPTED.map(([what, answer]) => [where, what, request, answer] as const),
  );

  test.each(CASES)('%s, and is answered 200 with %s is made again', async (_at, _what, request, answer) => {
    const { booking } = await rig.bookings.start(request());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('cancel_order', { when: 'before', answer });
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation[1]).toMatchObject({ step: 'order', outcome: 'undone' });
    await expectNothingLive(rig);
  });

  test('however often, is for a person in the end', async () => {
    const orderId = await rig.sandbox.placeOrder({ order_set: { lab_test_ids: [AT_SITE_TEST] } });
    const { patient: _patient, ...rest } = atSite();
    const { booking } = await rig.bookings.start({ ...rest, order: { id: orderId, onFailure: 'cancel' } });
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const answer = { status: 200, body: {} };
    await rig.sandbox.fail('cancel_order', { when: 'before', answer, times: ALWAYS });
    await rig.bookings.cancel(booking.id, {});
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({
      attention: { reason: 'undo_failed' },
      compensation: [{ outcome: 'undone' }, { outcome: 'pending' }],
    });
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });
});
