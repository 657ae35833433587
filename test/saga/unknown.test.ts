import { expectNothingLive, expectOneAppointment } from '../support/live';
import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

describe('unknown outcomes', () => {
  const rig = useSaga();

  const UNCLEAR = [
    ['a timeout', 'timeout'],
    ['a reset connection', 'reset'],
    ['garbage', 'garbage'],
    ['a 500', { status: 500, body: { detail: 'Internal Server Error' } }],
    ['a 502', { status: 502, body: 'Bad Gateway' }],
    ['a 504', { status: 504, body: 'Gateway Timeout' }],
  ] as const;

  test.each(UNCLEAR)(
    '%s after the book took effect: found by its ref, not booked twice',
    async (_name, answer) => {
      const orderId = await rig.sandbox.placeOrder();
      await rig.sandbox.fail('book', { of: orderId, when: 'after', answer });
      const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
      const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
      expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
      expect(await rig.sandbox.callsOf('book', orderId)).toHaveLength(1);
      await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
    },
  );

  test.each(UNCLEAR)(
    '%s without effect: looked up over the whole window, then the same slot again',
    async (_name, answer) => {
      const orderId = await rig.sandbox.placeOrder();
      await rig.sandbox.fail('book', { of: orderId, when: 'before', answer });
      const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
      const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
      expect(view.attempts).toMatchObject([
        { outcome: 'confirmed', startsAt: view.appointment?.startsAt, reason: expect.any(String) },
      ]);
      const [firstBook, secondBook] = await rig.sandbox.callsOf('book', orderId);
      expect(Date.parse(secondBook?.at ?? '') - Date.parse(firstBook?.at ?? '')).toBeGreaterThanOrEqual(
        1_500,
      );
      const lookUps = (await rig.sandbox.callsOf('appointment', orderId)).filter(
        ({ at }) => at > (firstBook?.at ?? '') && at < (secondBook?.at ?? ''),
      );
      expect(lookUps.length).toBeGreaterThanOrEqual(3);
      await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
    },
  );

  test('a book that takes effect late, after the first look-ups, is found and not booked twice', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const answer = { status: 504, body: 'Gateway Timeout' };
    await rig.sandbox.fail('book', { of: orderId, when: 'late', answer, delayMs: 1_000 });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
    await expectOneAppointment(rig, { of: orderId });
  });

  test('cancelled while the outcome is unknown: order cancelled between, the late appointment undone last', async () => {
    await rig.sandbox.fail('book', { when: 'late', answer: 'reset', delayMs: 900 });
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation).toMatchObject([
      { step: 'appointment', outcome: expect.stringMatching(/undone|nothing_to_undo/) },
      { step: 'order', outcome: 'undone' },
    ]);
    const [appointment, order] = view.compensation;
    expect(Date.parse(appointment?.at ?? '')).toBeGreaterThan(Date.parse(order?.at ?? ''));
    await expectNothingLive(rig, { of: booking.id });
  });

  test('a lost answer to placing the order: found by passthrough, not placed twice', async () => {
    await rig.sandbox.fail('place_order', { when: 'after', answer: 'reset' });
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const { orders } = await rig.sandbox.state();
    expect(orders.filter(({ passthrough }) => passthrough === booking.id).map(({ id }) => id)).toEqual([
      view.order?.id,
    ]);
  });

  test('a foreign appointment that turns up after an unknown outcome is neither adopted nor undone', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'before', answer: 'reset' });
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    const [slot] = await rig.bookings.searchSlots(atHome());
    await rig.sandbox.control('appointments', {
      order_id: orderId,
      status: 'confirmed',
      start_at: slot?.startsAt,
      end_at: slot?.endsAt,
    });
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking.attention).toMatchObject({ reason: 'ambiguous_match', choices: ['retry', 'end'] });
    await rig.bookings.resolve(booking.id, { choice: 'end', why: 'the patient booked it herself' });
    const undoing = await rig.until(
      booking.id,
      ({ status, attention }) => status === 'compensating' && attention !== null,
    );
    expect(undoing.attention?.choices).toEqual(['retry', 'undone', 'leave']);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'it is hers' });
    await rig.until(
      booking.id,
      ({ attention, compensation }) => attention !== null && compensation[0]?.outcome === 'left_to_person',
    );
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'it is hers' });
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['left_to_person', 'left_to_person']);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });
});
