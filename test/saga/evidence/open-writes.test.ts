import { randomUUID } from 'node:crypto';
import type { Swept } from '../../../src/booking/care';
import { cleanupIdOf, TASK_QUEUE, workflowIdOf } from '../../../src/booking/names';
import { eventually } from '../../support/stand-in';
import { AT_SITE_TEST } from '../../support/sandbox';
import { expectOneAppointment } from '../../support/live';
import { adopting, atSite } from '../../support/saga';
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
    await eventually(
      () =>
        client.workflow.execute<() => Promise<Swept>>('sweep', {
          workflowId: `sweep:${randomUUID()}`,
          taskQueue: TASK_QUEUE.bookings,
        }),
      ({ begun }) => begun.includes(booking.id),
    );
    const cleanUp = client.workflow.getHandle(cleanupIdOf(booking.id));
    await cleanUp.result();
    const endedMs = (await cleanUp.describe()).closeTime?.getTime() ?? 0;
    const { closeTime } = await client.workflow.getHandle(workflowIdOf(booking.id)).describe();
    expect(endedMs - (closeTime?.getTime() ?? 0)).toBeGreaterThanOrEqual(WINDOW_MS);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });
});
