import type { BookingView } from '../../../src/booking/schema/view';
import { ALWAYS, type FaultAnswer } from '../../support/calls';
import { expectOneAppointment } from '../../support/live';
import { adopting, atPractice } from '../../support/saga';
import { useSaga } from '../../support/use-saga';
import { placeForeign } from '../attentions/case';

/**
 * A release is decided on a look that shows the appointment unconfirmed. When the look right before the cancel shows the
 * provider's word, nobody asked for the end of what that word is about.
 */

const BUSY = { status: 429, body: { detail: 'Too many requests' } };
const FULL = { status: 429, body: { success: false, message: 'Too many requests' } };
const LATER = { windows: [{ from: '+5d', to: '+9d' }] };
const CHANGED = 'changed at the provider as it was about to be released';

const isMoved = ({ status, attempts, appointment }: BookingView) =>
  status === 'confirmed' && attempts.at(-1)?.reason === CHANGED && appointment?.replaces === null;
const isConfirmed = ({ status }: BookingView) => status === 'confirmed';

describe('confirmed at a lab while its slot is about to be released', () => {
  const rig = useSaga({
    capabilities: { lateCommitWindowMs: 3_000, callTimeoutMs: 3_000 },
    limits: { undoPatienceMs: 2_000 },
  });
  const late = {
    confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 },
    limits: { confirmTimeoutMs: 1_000 },
  };

  /** The release cannot be made; meanwhile the provider says this of the appointment, and then it could be. */
  const beforeRelease = async (status: string, answer: FaultAnswer = BUSY): Promise<string> => {
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer, times: ALWAYS });
    await rig.sandbox.called('cancel_appointment');
    const id = await expectOneAppointment(rig);
    await rig.sandbox.control(`appointments/${id}`, { status });
    await rig.sandbox.mend();
    return id;
  };

  test.each([
    ['refused for load', BUSY],
    ['not answered', { status: 504, body: 'Gateway Timeout' }],
    ['reset', 'reset' as const],
  ])('the appointment stays, where the cancel before was %s', async (_what, answer) => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const { booking } = await rig.bookings.start(adopting(await rig.sandbox.placeOrder(), 'keep', late));
    const id = await beforeRelease('confirmed', answer);
    expect(await rig.until(booking.id, isConfirmed)).toMatchObject({
      appointment: { id },
      attempts: [{ outcome: 'confirmed', reason: CHANGED }],
      compensation: [],
    });
    await expectOneAppointment(rig, { id });
  });

  test('a visit that has begun meanwhile stays: nobody is asked about undoing it', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const { booking } = await rig.bookings.start(adopting(await rig.sandbox.placeOrder(), 'keep', late));
    const id = await beforeRelease('in_progress');
    const view = await rig.until(booking.id, ({ status }) => status === 'in_progress');
    expect(view).toMatchObject({
      appointment: { id },
      attempts: [{ outcome: 'confirmed' }],
      attention: null,
    });
  });

  test('a word that nobody knows is no release: a person is asked what it means', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const { booking } = await rig.bookings.start(adopting(await rig.sandbox.placeOrder(), 'keep', late));
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer: BUSY, times: ALWAYS });
    await rig.sandbox.called('cancel_appointment');
    await rig.sandbox.control('quirks', { unknownEnums: true });
    await rig.sandbox.mend();
    const { attention } = await rig.until(booking.id, (view) => view.attention !== null);
    expect(attention?.reason).toBe('status_unknown');
    await expectOneAppointment(rig);
  });

  test.each([
    ['its own', async (orderId: string) => Promise.resolve(orderId), {}],
    [
      'one that it had taken over',
      async (orderId: string) => placeForeign(rig, orderId),
      { policy: { existingAppointment: 'adopt' } },
    ],
  ])('a moved one stays where it was moved to: %s', async (_whose, prepared, request) => {
    const orderId = await rig.sandbox.placeOrder();
    await prepared(orderId);
    const limits = { confirmTimeoutMs: 1_000 };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', { ...request, limits }));
    const { appointment } = await rig.until(booking.id, isConfirmed);
    await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'reserved' });
    await rig.bookings.reschedule(booking.id, LATER);
    const id = await beforeRelease('confirmed');
    const view = await rig.until(booking.id, isMoved);
    expect(view).toMatchObject({ status: 'confirmed', appointment: { id, startsAt: expect.any(String) } });
    expect(view.appointment?.startsAt).toBe(view.attempts.at(-1)?.startsAt);
    expect((await rig.sandbox.state()).live.appointments).toEqual([id]);
  });

  test('what a person then undoes by hand is not told as confirmed', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { ...late, limits: { ...late.limits, maxSlotAttempts: 1 } }),
    );
    const id = await beforeRelease('confirmed', { status: 504, body: 'Gateway Timeout' });
    await rig.until(booking.id, ({ appointment }) => appointment?.status === 'confirmed');
    await rig.sandbox.fail('any', { when: 'before', answer: 503, times: ALWAYS });
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'undo_failed');
    await rig.sandbox.mend();
    await rig.sandbox.control(`appointments/${id}`, { status: 'cancelled' });
    await rig.bookings.resolve(booking.id, { choice: 'undone', why: 'cancelled by telephone' });
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed' || status === 'failed');
    expect(view).toMatchObject({ status: 'failed', failure: { code: 'no_slot' } });
  });

  test('what was taken over, moved and left standing by a person is told as left to them', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await placeForeign(rig, orderId);
    const policy = { existingAppointment: 'adopt' };
    const limits = { confirmTimeoutMs: 1_000 };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', { policy, limits }));
    const { appointment } = await rig.until(booking.id, isConfirmed);
    await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'reserved' });
    const answer = { status: 504, body: 'Gateway Timeout' };
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer, times: ALWAYS });
    await rig.bookings.reschedule(booking.id, LATER);
    await rig.until(booking.id, ({ attention }) => attention?.reason === 'undo_failed');
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'we look after it' });
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.compensation[0]).toMatchObject({ step: 'appointment', outcome: 'left_to_person' });
  });
});

describe('accepted by a practice while its slot is about to be given back', () => {
  const rig = useSaga();
  const late = { limits: { confirmTimeoutMs: 1_000 } };
  const live = async () => (await rig.clinic.state()).live.appointments;

  const beforeRelease = async (): Promise<string> => {
    await rig.clinic.fail('create_task', { when: 'before', answer: FULL, times: ALWAYS });
    await rig.clinic.called('create_task');
    const id = (await live()).at(-1) ?? '';
    await rig.clinic.control(`appointments/${id}`, { status: 'ACCEPTED' });
    await rig.clinic.mend();
    return id;
  };

  test('the visit stays, and no task is left for the staff', async () => {
    await rig.clinic.control('clinic', { accept: 'leave' });
    const { booking } = await rig.bookings.start(atPractice(late));
    const id = await beforeRelease();
    expect(await rig.until(booking.id, isConfirmed)).toMatchObject({ appointment: { id }, attempts: [{}] });
    expect(await live()).toEqual([id]);
    expect((await rig.clinic.state()).staffTasks).toEqual([]);
  });

  test('the new one of a move stays, and the old one is cancelled', async () => {
    const { booking } = await rig.bookings.start(atPractice(late));
    const old = (await rig.until(booking.id, isConfirmed)).appointment?.id;
    await rig.clinic.control('clinic', { accept: 'leave', completesTasks: true, afterTaskMs: 50 });
    await rig.bookings.reschedule(booking.id, LATER);
    const id = await beforeRelease();
    expect(id).not.toBe(old);
    const view = await rig.until(booking.id, isMoved);
    expect(view).toMatchObject({ status: 'confirmed', appointment: { id, replaces: null } });
    expect(await live()).toEqual([id]);
  });
});

describe('another of ours that a practice restores while a slot is about to be given back', () => {
  const rig = useSaga();

  test('is not what is spared: no third is booked beside it', async () => {
    await rig.clinic.control('clinic', { accept: 'leave', completesTasks: true, afterTaskMs: 50 });
    const { booking } = await rig.bookings.start(atPractice({ limits: { confirmTimeoutMs: 1_000 } }));
    const released = ({ attempts }: BookingView) =>
      attempts.filter(({ outcome }) => outcome === 'released').length;
    const second = await rig.until(
      booking.id,
      (view) => released(view) === 1 && view.attempts.at(-1)?.outcome === 'held',
    );
    const tasks = (await rig.clinic.callsOf('create_task')).length;
    await rig.clinic.fail('create_task', { when: 'before', answer: FULL, times: ALWAYS });
    await rig.clinic.called('create_task', { times: tasks + 1 });
    const { appointments } = await rig.clinic.state();
    const first = appointments.find(({ id }) => String(id) !== second.appointment?.id);
    await rig.clinic.control(`appointments/${first?.id}`, { status: 'ACCEPTED' });
    await rig.clinic.mend();
    await rig.until(booking.id, (view) => released(view) === 2 && view.attempts.at(-1)?.outcome === 'held');
    expect((await rig.clinic.state()).live.appointments).toHaveLength(1);
  });
});
