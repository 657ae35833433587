import { cleanupIdOf, MEMO, workflowIdOf } from '../../src/booking/names';
import { ALWAYS } from '../support/calls';
import { adopting, atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

describe('an effect that surfaces after the booking has ended', () => {
  const rig = useSaga({ capabilities: { lateCommitWindowMs: 600 } });

  /** A booking that was cancelled without knowing of the appointment that came about after its end. */
  const surfacedLate = async (): Promise<{ id: string; orderId: string }> => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'late', answer: 'reset', delayMs: 3_000 });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    await rig.bookings.cancel(booking.id, {});
    const ended = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(ended.attempts).toMatchObject([{ outcome: 'unknown' }]);
    await eventually(
      () => rig.sandbox.live(orderId),
      ({ appointments }) => appointments === 1,
    );
    return { id: booking.id, orderId };
  };

  test('is cleaned up: the appointment with our ref is cancelled, the kept order stays', async () => {
    const { id, orderId } = await surfacedLate();
    expect(await rig.bookings.cleanUp(id)).toBe(true);
    await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
    expect(await rig.bookings.get(id)).toMatchObject({
      status: 'cancelled',
      compensation: expect.arrayContaining([
        expect.objectContaining({ step: 'appointment', outcome: 'undone' }),
      ]),
    });
    const { steps } = await rig.bookings.explain(id);
    const cleanUp = steps.slice(steps.findIndex(({ what }) => what === 'the clean-up begins'));
    expect(cleanUp.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['isOrderUsedElsewhere', 'cancelAppointment']),
    );
  });

  test('that cannot be cleaned up is shown to a person with the booking, and their word settles it', async () => {
    const { id, orderId } = await surfacedLate();
    await rig.sandbox.fail('any', {
      when: 'before',
      answer: { status: 401, body: { detail: 'Invalid API key' } },
      times: ALWAYS,
    });
    await rig.bookings.cleanUp(id);
    const asking = await eventually(
      () => rig.bookings.get(id),
      ({ attention }) => attention !== null,
    );
    expect(asking).toMatchObject({ status: 'cancelled', attention: { reason: 'credentials_rejected' } });
    await rig.sandbox.mend();
    await rig.bookings.resolve(id, { choice: 'retry', why: 'the key is right again', by: 'desk' });
    await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
    expect(await rig.bookings.get(id)).toMatchObject({ status: 'cancelled', attention: null });
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
    const { steps } = await rig.bookings.explain(id);
    expect(steps.find(({ what }) => what.includes('from desk'))?.why).toBe('the key is right again');
  });

  test('is left alone where a person had decided to leave the appointment standing', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'before', answer: 'reset' });
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', {
        confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 },
        limits: { confirmTimeoutMs: 1_000 },
      }),
    );
    await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    const answer = { status: 503, body: { detail: 'busy' } };
    await rig.sandbox.fail('cancel_appointment', { of: orderId, times: ALWAYS, answer });
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'undo_failed');
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'the vendor calls the patient' });
    const ended = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(ended.attempts).toMatchObject([{ outcome: 'released' }]);
    const { memo } = await rig.server.client.workflow.getHandle(workflowIdOf(booking.id)).describe();
    expect(memo?.[MEMO.traces]).toMatchObject({ unansweredStarts: [ended.attempts[0]?.startsAt] });
    expect(await rig.bookings.cleanUp(booking.id)).toBe(false);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('is cleaned up also where another call for the same slot was answered', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'late', answer: 'reset', delayMs: 4_000 });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(booking.id, {});
    const ended = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(ended.attempts).toMatchObject([{ outcome: 'confirmed' }]);
    await rig.sandbox.until(({ live }) => live.appointments.length === 1);
    expect(await rig.bookings.cleanUp(booking.id)).toBe(true);
    await rig.server.client.workflow.getHandle(cleanupIdOf(booking.id)).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });

  test('a booking whose calls were all accounted for is not cleaned up after', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(await rig.bookings.cleanUp(booking.id)).toBe(false);
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(await rig.bookings.cleanUp(booking.id)).toBe(false);
  });
});
