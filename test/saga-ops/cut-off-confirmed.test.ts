import { workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { ALWAYS } from '../support/calls';
import { atHome, atPractice } from '../support/saga';
import { sweepUp } from '../support/sweeps';
import { useSaga } from '../support/use-saga';

/**
 * What stands confirmed at the provider is never cancelled only because its booking was cut off, also where that comes about
 * while it is cleaned up after.
 */

const WINDOW_MS = 6_000;
const BUSY = { status: 429, body: { detail: 'Too many requests' } };
const rig = useSaga({
  resets: ['sandbox'],
  capabilities: { callTimeoutMs: 3_000, lateCommitWindowMs: WINDOW_MS },
  clinicCapabilities: { callTimeoutMs: 3_000, lateCommitWindowMs: WINDOW_MS },
});

const cutOff = async (id: string): Promise<void> => {
  await rig.server.client.workflow.getHandle(workflowIdOf(id)).terminate('pressed by mistake');
  await sweepUp(rig.server, id);
};
const isAsking = ({ attention }: BookingView) => attention?.reason === 'booking_cut_off';
const isCleanedUp = ({ compensation }: BookingView) =>
  compensation.length > 0 && compensation.every(({ outcome }) => outcome !== 'pending');

describe('an appointment that the provider confirms while a clean-up cannot cancel it', () => {
  const confirmedMeanwhile = async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    await rig.sandbox.fail('cancel_appointment', { when: 'before', answer: BUSY, times: ALWAYS });
    const confirmation = { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 };
    const { booking } = await rig.bookings.start(atHome({ confirmation }));
    const { appointment, order } = await rig.until(
      booking.id,
      ({ status }) => status === 'awaiting_confirmation',
    );
    await cutOff(booking.id);
    await rig.sandbox.called('cancel_appointment');
    await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'confirmed' });
    await rig.sandbox.mend();
    await rig.until(booking.id, isAsking);
    expect(await rig.sandbox.live(order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    return { id: booking.id, orderId: order?.id ?? '' };
  };

  test('is asked about, and stays with its order where a person keeps it', async () => {
    const { id, orderId } = await confirmedMeanwhile();
    await rig.bookings.resolve(id, { choice: 'keep', why: 'the patient knows of it' });
    const { compensation } = await rig.until(id, isCleanedUp);
    expect(compensation.map(({ outcome }) => outcome)).toEqual(['left_to_person', 'left_to_person']);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('goes with its order where a person ends it', async () => {
    const { id, orderId } = await confirmedMeanwhile();
    await rig.bookings.resolve(id, { choice: 'end', why: 'nobody told the patient' });
    const { compensation } = await rig.until(id, isCleanedUp);
    expect(compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'undone']);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });
});

describe('what an unanswered call of a booking that was cut off brings about late, and confirmed at once', () => {
  const late = { when: 'late', answer: 'reset', delayMs: WINDOW_MS - 2_000 } as const;
  const cutOffUnanswered = async (request: Record<string, unknown>): Promise<string> => {
    const { booking } = await rig.bookings.start(request);
    await rig.until(booking.id, ({ attempts }) => attempts[0]?.outcome === 'unknown');
    await cutOff(booking.id);
    return booking.id;
  };

  test('is asked about at home before anything is undone, its order included', async () => {
    await rig.sandbox.fail('book', late);
    const id = await cutOffUnanswered(atHome());
    const { order } = await rig.until(id, isAsking);
    expect(await rig.sandbox.live(order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    expect(await rig.sandbox.callsOf('cancel_order')).toEqual([]);
  });

  test('is asked about at a practice', async () => {
    await rig.clinic.control('clinic', { accept: 'auto' });
    await rig.clinic.fail('create_appointment', late);
    const id = await cutOffUnanswered(atPractice());
    await rig.until(id, isAsking);
    expect(await rig.clinic.callsOf('create_task')).toEqual([]);
  });
});

test('an order is undone once nothing can come of an unanswered call any more', async () => {
  await rig.sandbox.fail('book', { when: 'before', answer: 'reset' });
  const { booking } = await rig.bookings.start(atHome());
  await rig.until(booking.id, ({ attempts }) => attempts[0]?.outcome === 'unknown');
  await cutOff(booking.id);
  const { compensation, order } = await rig.until(booking.id, isCleanedUp);
  expect(compensation.map(({ outcome }) => outcome)).toEqual(['nothing_to_undo', 'undone']);
  expect(await rig.sandbox.live(order?.id ?? '')).toEqual({ order: false, appointments: 0 });
});
