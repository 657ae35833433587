import { ALWAYS } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { adopting, atPractice, type SagaRig } from '../../support/saga';
import { useSaga } from '../../support/use-saga';

/** A word that we do not know never counts as "unconfirmed": at a deadline it is for a person. */

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 } };

describe('an appointment that is described with a word that we do not know', () => {
  const rig = useSaga({ resets: ['sandbox'], capabilities: { callTimeoutMs: 3_000 } });

  /** One that waits for confirmation until its deadline, described so from the start. */
  const waiting = async (limits: Record<string, number>) => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    await rig.sandbox.control('quirks', { unknownEnums: true });
    const orderId = await rig.sandbox.placeOrder();
    const request = adopting(orderId, 'cancel', { ...ASYNC, limits: { maxSlotAttempts: 1, ...limits } });
    const { booking } = await rig.bookings.start(request);
    return { id: booking.id, orderId };
  };

  const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);

  test.each([
    ['the confirmation’s', { confirmTimeoutMs: 1_000 }],
    ['the booking’s', { settleWithinMs: 1_500 }],
  ])('is for a person at %s deadline; a later word settles it', async (_whose, limits) => {
    const { id, orderId } = await waiting(limits);
    const asking = await asked(id);
    expect(asking).toMatchObject({
      status: 'awaiting_confirmation',
      attention: { reason: 'status_unknown', choices: ['retry', 'end'] },
      compensation: [],
    });
    const appointmentId = await expectOneAppointment(rig, { of: orderId });
    await rig.sandbox.control('quirks', { unknownEnums: false });
    await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'confirmed' });
    await rig.bookings.retry(id, {});
    await rig.until(id, ({ status }) => status === 'confirmed');
    await expectOneAppointment(rig, { of: orderId, id: appointmentId });
  });

  test('stays a person’s for as long as they only look again, and is undone at their word', async () => {
    const { id } = await waiting({ confirmTimeoutMs: 1_000 });
    const { attention } = await asked(id);
    await rig.bookings.retry(id, {});
    await rig.until(id, (view) => view.attention !== null && view.attention.since !== attention?.since);
    await rig.sandbox.control('quirks', { unknownEnums: false });
    await rig.bookings.resolve(id, { choice: 'end', why: 'they say that it was never made' });
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view).toMatchObject({ failure: { code: 'status_unknown' } });
    await expectNothingLive(rig);
  });

  test('is no unconfirmed one when its order is cancelled elsewhere', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    // No look comes between two things that happen at the provider.
    await rig.sandbox.fail('any', { answer: 503, times: ALWAYS });
    await rig.sandbox.control('quirks', { unknownEnums: true });
    await rig.sandbox.control(`orders/${orderId}`, { status: 'cancelled' });
    await rig.sandbox.control('quirks', { unknownEnums: false });
    await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'awaiting_moonrise' });
    await rig.sandbox.mend();
    await rig.bookings.wake(booking.id, 'order');
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({ attention: { reason: 'order_gone' }, compensation: [] });
  });
});

describe('at a practice', () => {
  const rig: SagaRig = useSaga({ resets: [], capabilities: { callTimeoutMs: 3_000 } });

  test('the clinic’s new word is for a person at the deadline', async () => {
    await rig.clinic.control('clinic', { accept: 'leave' });
    const { booking } = await rig.bookings.start(
      atPractice({ limits: { confirmTimeoutMs: 1_500, maxSlotAttempts: 1 } }),
    );
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    await rig.clinic.control(`appointments/${appointment?.id}`, { status: 'MOONRISE' });
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking.attention?.reason).toBe('status_unknown');
    await expectOneAppointment(rig, { id: appointment?.id });
    expect((await rig.clinic.state()).staffTasks).toEqual([]);
  });
});
