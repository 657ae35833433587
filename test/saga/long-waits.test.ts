import type { BookingView } from '../../src/booking/schema/view';
import { workflowIdOf } from '../../src/booking/names';
import { ALWAYS } from '../support/calls';
import { expectNothingLive, expectOneAppointment } from '../support/live';
import { resetBooking } from '../support/resets';
import { adopting, atHome, atPractice } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** Any wait of a forward step goes on in a new run when the history has grown: nothing is forgotten, and nothing done twice. */

describe('a booking whose history grows before it is confirmed', () => {
  const rig = useSaga({
    resets: ['sandbox'],
    limits: { maxHistoryEvents: 60 },
    capabilities: { callTimeoutMs: 3_000 },
  });

  const handleOf = (id: string) => rig.server.client.workflow.getHandle(workflowIdOf(id));
  const runOf = async (id: string) => (await handleOf(id).describe()).runId;
  /** Tells it of news until it goes on in another run. */
  const grown = async (id: string, of: 'appointment' | 'order' = 'appointment'): Promise<void> => {
    const first = await runOf(id);
    while ((await runOf(id)) === first) await rig.bookings.wake(id, of);
  };
  const writes = async (orderId: string) => ({
    books: (await rig.sandbox.callsOf('book', orderId)).length,
    cancels: (await rig.sandbox.callsOf('cancel_appointment', orderId)).length,
  });
  const isConfirmed = ({ status }: BookingView) => status === 'confirmed';

  test('tries forty-nine slots that are lost, and takes the one after them', async () => {
    await rig.sandbox.control('slots', { snatch: 49 });
    const orderId = await rig.sandbox.placeOrder();
    const windows = [{ from: '+1d', to: '+20d' }];
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { windows, limits: { maxSlotAttempts: 50, settleWithinMs: 36_000_000 } }),
    );
    const first = await runOf(booking.id);
    const view = await rig.until(
      booking.id,
      ({ status }) => status === 'confirmed' || status === 'failed',
      120_000,
    );
    expect([view.status, view.attempts.length + view.attemptsLeftOut]).toEqual(['confirmed', 50]);
    expect(await runOf(booking.id)).not.toBe(first);
    expect((await writes(orderId)).books).toBe(50);
    await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
  }, 120_000);

  test('gives up after as many attempts as it may make, whichever run they were made in', async () => {
    await rig.sandbox.control('slots', { snatch: 50 });
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { windows: [{ from: '+1d', to: '+20d' }], limits: { maxSlotAttempts: 12 } }),
    );
    const first = await runOf(booking.id);
    const view = await rig.until(booking.id, ({ status }) => status === 'failed', 120_000);
    expect(view).toMatchObject({ failure: { code: 'no_slot' }, attempts: { length: 12 } });
    expect(await runOf(booking.id)).not.toBe(first);
    await expectNothingLive(rig, { of: orderId, kept: orderId });
  });

  test('waits on for the confirmation: the deadline is that of its beginning', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const confirmation = { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 };
    const limits = { confirmTimeoutMs: 3_600_000, maxSlotAttempts: 1 };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', { confirmation, limits }));
    const before = await rig.until(
      booking.id,
      ({ status, waitingFor }) => status === 'awaiting_confirmation' && waitingFor !== null,
    );
    await grown(booking.id);
    const after = await rig.until(booking.id, ({ waitingFor }) => waitingFor?.what === 'confirmation');
    expect(after).toMatchObject({
      appointment: before.appointment,
      attempts: before.attempts,
      waitingFor: { until: before.waitingFor?.until },
    });
    await rig.sandbox.control(`appointments/${after.appointment?.id}`, { status: 'confirmed' });
    await rig.until(booking.id, isConfirmed);
    expect(await writes(orderId)).toEqual({ books: 1, cancels: 0 });
  });

  test('waits on for the requisition: the order is placed once', async () => {
    await rig.sandbox.control('clock', { advanceOrders: false });
    const { booking } = await rig.bookings.start(atHome());
    const before = await rig.until(
      booking.id,
      ({ waitingFor }) => waitingFor?.what === "the order's requisition",
    );
    await grown(booking.id, 'order');
    const after = await rig.until(
      booking.id,
      ({ waitingFor }) => waitingFor?.what === "the order's requisition",
    );
    expect(after.waitingFor?.until).toBe(before.waitingFor?.until);
    expect(after.order).toEqual(before.order);
    expect(await rig.sandbox.callsOf('place_order')).toHaveLength(1);
    await rig.sandbox.control(`orders/${after.order?.id}`, { status: 'requisition_created' });
    await rig.until(booking.id, isConfirmed);
    await rig.sandbox.control('clock', { advanceOrders: true });
  });

  /** Asked about a book call that was refused in words that nobody knows, by now in another run. */
  const askedInNewRun = async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', {
      of: orderId,
      when: 'before',
      answer: { status: 400, body: { detail: 'the moon is in the wrong house' } },
      times: ALWAYS,
    });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const before = await rig.until(booking.id, ({ attention }) => attention !== null);
    await grown(booking.id);
    return { orderId, id: booking.id, before };
  };

  test('asks a person no second time, and calls nobody before they have answered', async () => {
    const { id, orderId, before } = await askedInNewRun();
    const asking = await rig.bookings.get(id);
    expect(asking.attention).toEqual(before.attention);
    expect((await writes(orderId)).books).toBe(1);
    await rig.sandbox.mend();
    await rig.bookings.retry(id, { since: before.attention?.since });
    const view = await rig.until(id, isConfirmed);
    expect(view.attempts.map(({ startsAt }) => startsAt)).toEqual([before.attempts[0]?.startsAt]);
    await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
  });

  test('ends by the person’s word with what it had asked about', async () => {
    const { id, orderId, before } = await askedInNewRun();
    await rig.bookings.resolve(id, { choice: 'end', why: 'the patient goes elsewhere' });
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view.failure).toEqual({ code: before.attention?.reason, message: before.attention?.message });
    await expectNothingLive(rig, { of: orderId, kept: orderId });
  });

  test.each([
    ['our credentials', { status: 401, body: { detail: 'Invalid token' } }],
    ['a refusal that nobody knows', { status: 400, body: { detail: 'the moon is in the wrong house' } }],
  ])('makes the last attempt again when a person says so: after %s', async (_what, answer) => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { of: orderId, when: 'before', answer, times: ALWAYS });
    const limits = { maxSlotAttempts: 1 };
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel', { limits }));
    await rig.until(booking.id, ({ attention }) => attention !== null);
    await grown(booking.id);
    await rig.sandbox.mend();
    await rig.bookings.retry(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed' || status === 'failed');
    expect([view.status, view.failure]).toEqual(['confirmed', null]);
    await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
  });

  test('looks again where a person says so, whatever was asked on the way', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const policy = { onProviderCancel: 'attention' };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', { policy }));
    const { appointment } = await rig.until(booking.id, isConfirmed);
    await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'cancelled' });
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'provider_cancelled');
    const answer = { status: 401, body: { detail: 'Invalid token' } };
    await rig.sandbox.fail('any', { when: 'before', answer, times: ALWAYS });
    await rig.bookings.retry(booking.id, {});
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'credentials_rejected');
    for (let n = 0; n < 60; n += 1) await rig.bookings.wake(booking.id, 'appointment');
    await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'confirmed' });
    await rig.sandbox.mend();
    await rig.bookings.retry(booking.id, {});
    const view = await rig.until(
      booking.id,
      ({ attention, waitingFor }) => waitingFor !== null || attention?.reason === 'provider_cancelled',
    );
    expect(view).toMatchObject({ status: 'confirmed', attention: null });
  });
});

describe('a booking at a practice that was reset, and whose history grows then', () => {
  const rig = useSaga({ resets: ['clinic'], limits: { maxHistoryEvents: 60 } });
  const runOf = async (id: string) =>
    (await rig.server.client.workflow.getHandle(workflowIdOf(id)).describe()).runId;

  test('books nothing beside what the run before it made, until a person has it go on', async () => {
    const { booking } = await rig.bookings.start(atPractice());
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const answer = { status: 401, body: { success: false, message: 'Unauthorized' } };
    await rig.clinic.fail('any', { when: 'before', answer, times: ALWAYS });
    await resetBooking(rig.server, booking.id, 'searchSlots');
    await rig.until(booking.id, ({ attention }) => attention !== null);
    const reset = await runOf(booking.id);
    while ((await runOf(booking.id)) === reset) await rig.bookings.wake(booking.id, 'appointment');
    await rig.clinic.mend();
    await rig.bookings.retry(booking.id, {});
    const asking = await rig.until(
      booking.id,
      ({ status, attention }) => status === 'confirmed' || attention?.reason === 'booking_reset',
    );
    expect(asking.attention?.reason).toBe('booking_reset');
    expect((await rig.clinic.state()).live.appointments).toEqual([appointment?.id]);
  });
});
