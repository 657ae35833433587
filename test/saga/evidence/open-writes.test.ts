import { cleanupIdOf, workflowIdOf } from '../../../src/booking/names';
import { ALWAYS } from '../../support/calls';
import { expectOneAppointment } from '../../support/live';
import { AT_SITE_TEST } from '../../support/sandbox';
import { adopting, atHome, atSite } from '../../support/saga';
import { sweepUp } from '../../support/sweeps';
import { useSaga } from '../../support/use-saga';

/** An unanswered cancel names the order: until its window is over the order is neither booked on nor released. */

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 } };

const UNCLEAR = [
  ['504', { status: 504, body: 'Gateway Timeout' }],
  ['503 of a gateway', { status: 503, body: 'Service Unavailable' }],
  ['409', { status: 409, body: { detail: 'conflict' } }],
  ['a reset', 'reset' as const],
] as const;

const WINDOW_MS = 3_000;

describe('a cancel that was not answered and takes effect late', () => {
  const rig = useSaga({
    resets: ['sandbox'],
    capabilities: { lateCommitWindowMs: WINDOW_MS, callTimeoutMs: 3_000 },
  });

  const DELAY_MS = 2_000;
  /** Waits until the late one has come, whatever it has hit: it shows nowhere by itself. */
  const tookEffect = async (orderId: string) => {
    const [late] = await rig.sandbox.callsOf('cancel_appointment', orderId);
    const dueMs = Date.parse(late?.at ?? '') + DELAY_MS + 500;
    await rig.sandbox.until(() => Date.now() > dueMs);
  };

  const adoptingSite = (orderId: string): Record<string, unknown> => {
    const { patient: _patient, ...rest } = atSite();
    return { ...rest, order: { id: orderId, onFailure: 'keep' } };
  };
  const PLACES = [
    ['at home', {}, (orderId: string) => adopting(orderId, 'keep')],
    ['at a draw site', { order_set: { lab_test_ids: [AT_SITE_TEST] } }, adoptingSite],
  ] as const;
  const CASES = PLACES.flatMap(([where, placing, request]) =>
    UNCLEAR.map(([what, answer]) => [where, what, placing, request, answer] as const),
  );

  test.each(CASES)(
    '%s (%s) does not hit the next booking of a kept order',
    async (_where, _what, placing, request, answer) => {
      const orderId = await rig.sandbox.placeOrder(placing);
      const first = await rig.bookings.start(request(orderId));
      await rig.until(first.booking.id, ({ status }) => status === 'confirmed');
      await rig.sandbox.fail('cancel_appointment', { when: 'late', answer, delayMs: DELAY_MS });
      await rig.bookings.cancel(first.booking.id, {});
      const ended = await rig.until(first.booking.id, ({ status }) => status === 'cancelled');
      expect(ended.compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'nothing_to_undo']);
      const next = await rig.bookings.start(request(orderId));
      const { appointment } = await rig.until(
        next.booking.id,
        ({ status, createdAt }) => status === 'confirmed' && createdAt !== ended.createdAt,
      );
      await tookEffect(orderId);
      await expectOneAppointment(rig, { of: orderId, id: appointment?.id });
    },
  );

  test('of a slot that is released does not hit the next slot', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const limits = { confirmTimeoutMs: 1_000, maxSlotAttempts: 2 };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', { ...ASYNC, limits }));
    await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    const answer = { status: 504, body: 'Gateway Timeout' };
    await rig.sandbox.fail('cancel_appointment', { when: 'late', answer, delayMs: DELAY_MS });
    const view = await rig.until(
      booking.id,
      ({ status, attempts }) => status === 'confirmed' && attempts.length === 2,
    );
    await tookEffect(orderId);
    await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
  });

  test('of a booking that is cut off meanwhile holds up the clean-up of a kept order', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('cancel_appointment', { when: 'late', answer: 'timeout', delayMs: DELAY_MS });
    await rig.bookings.cancel(booking.id, {});
    await rig.sandbox.called('cancel_appointment', { of: orderId });
    const { client } = rig.server;
    await client.workflow.getHandle(workflowIdOf(booking.id)).terminate('pressed by mistake');
    await sweepUp(rig.server, booking.id);
    const cleanUp = client.workflow.getHandle(cleanupIdOf(booking.id));
    await cleanUp.result();
    const endedMs = (await cleanUp.describe()).closeTime?.getTime() ?? 0;
    const { closeTime } = await client.workflow.getHandle(workflowIdOf(booking.id)).describe();
    expect(endedMs - (closeTime?.getTime() ?? 0)).toBeGreaterThanOrEqual(WINDOW_MS);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });

  test('of an order that a person leaves keeps the booking open until its window is over', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const answer = { status: 504, body: 'Gateway Timeout' };
    await rig.sandbox.fail('cancel_order', { when: 'before', answer, times: ALWAYS });
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'undo_failed');
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'the desk sees to it' });
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'left_to_person']);
    const last = (await rig.sandbox.callsOf('cancel_order', orderId)).at(-1);
    expect(Date.parse(view.updatedAt) - Date.parse(last?.at ?? '')).toBeGreaterThanOrEqual(WINDOW_MS);
  });
});

describe('a move that was not answered, of an appointment that was taken over', () => {
  const rig = useSaga({
    resets: ['sandbox'],
    capabilities: { lateCommitWindowMs: WINDOW_MS, callTimeoutMs: 3_000 },
  });

  test('holds the clean-up up for its window, and for no longer', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const [slot] = await rig.bookings.searchSlots(atHome());
    const { startsAt: start_at, endsAt: end_at } = slot ?? {};
    await rig.sandbox.control('appointments', { order_id: orderId, start_at, end_at });
    const policy = { existingAppointment: 'adopt' };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', { policy }));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('reschedule', { when: 'before', answer: 'reset', times: ALWAYS });
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+9d' }] });
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    const { client } = rig.server;
    await client.workflow.getHandle(workflowIdOf(booking.id)).terminate('pressed by mistake');
    await sweepUp(rig.server, booking.id);
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'booking_cut_off');
    await rig.bookings.resolve(booking.id, { choice: 'end', why: 'the booking is not needed' });
    const ended = await client.workflow.getHandle(cleanupIdOf(booking.id)).result();
    expect(ended).toMatchObject({
      compensation: [{ outcome: 'nothing_to_undo' }, { outcome: 'nothing_to_undo' }],
    });
    await expectOneAppointment(rig, { of: orderId });
  });
});
