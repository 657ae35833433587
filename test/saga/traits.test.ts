import type { CoreActivities } from '../../activities/contract';
import type { Capabilities } from '../../src/booking/capabilities';
import { atHome, atPractice, type RigOptions } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** What the saga does where a vendor differs from all that this build has: told of a practice that is said to be so. */

const SECOND_MS = 1_000;

/** Opens bookings with another row of capabilities than the provider's. */
const havingTraits =
  (traits: Partial<Capabilities>): RigOptions['wrap'] =>
  ({ core, junction }) => ({ core: { ...core, openBooking: openingWith(core, traits) }, junction });

function openingWith(core: CoreActivities, traits: Partial<Capabilities>): CoreActivities['openBooking'] {
  return async (input) => {
    const opened = await core.openBooking(input);
    return { ...opened, capabilities: { ...opened.capabilities, ...traits } };
  };
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * SECOND_MS).toISOString();

describe('where the end of a visit is the clock’s', () => {
  const rig = useSaga({
    // The sandbox has the visits of confirmed appointments take place by itself, and those of reserved ones not.
    wrap: havingTraits({ visitEnds: 'clock', confirmedBy: ['confirmed', 'reserved'] }),
    // No poll comes between: the look at which the visit may be over is the one that shows what became of it.
    limits: { visitOverMs: 2 * SECOND_MS, finalWordMs: 3_600 * SECOND_MS, keepPollMs: 3_600 * SECOND_MS },
    resets: ['sandbox'],
  });

  /** A confirmed booking whose visit is under way, and ends within a second. */
  const underWay = async () => {
    const { booking } = await rig.bookings.start(atHome());
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const visit = `appointments/${appointment?.id}`;
    const times = { start_at: inSeconds(-1), end_at: inSeconds(1) };
    await rig.sandbox.control(visit, { status: 'reserved', ...times });
    await rig.bookings.wake(booking.id, 'appointment');
    await rig.until(booking.id, ({ appointment: seen }) => Date.parse(seen?.startsAt ?? '') < Date.now());
    return { id: booking.id, visit, ...times };
  };

  test('it is over some time later, once a look has shown that it still stood', async () => {
    const { id, end_at: endsAt } = await underWay();
    const view = await rig.until(id, ({ status }) => status === 'completed');
    expect(Date.parse(view.updatedAt) - Date.parse(endsAt)).toBeGreaterThanOrEqual(2 * SECOND_MS);
    expect(view).toMatchObject({ attention: null, failure: null });
  });

  test('one that was called off in its last moment is not over, but cancelled', async () => {
    const { id, visit } = await underWay();
    await rig.sandbox.control(visit, { status: 'cancelled' });
    const view = await rig.until(id, ({ attempts }) => attempts.length > 1);
    expect(view.status).not.toBe('completed');
  });

  test('one that was moved to another day is not over when the old time is', async () => {
    const { id, visit, end_at: endsAt } = await underWay();
    // The looks that its news led to are over by then, and the next one is due a second later.
    await eventually(
      () => Promise.resolve(Date.now()),
      (now) => now > Date.parse(endsAt) + SECOND_MS,
    );
    await rig.sandbox.control(visit, { start_at: inSeconds(86_400), end_at: inSeconds(90_000) });
    const view = await rig.until(id, (seen) => Date.parse(seen.appointment?.startsAt ?? '') > Date.now());
    expect(view).toMatchObject({ status: 'confirmed', attention: null });
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
  });

  test('one whose state nobody knows is for a person', async () => {
    const { id, visit } = await underWay();
    await rig.sandbox.control(visit, { status: 'mystery' });
    const view = await rig.until(id, ({ attention }) => attention !== null);
    expect(view.attention?.reason).toBe('no_final_word');
  });
});

describe('where a move gives another id, and no ref returns', () => {
  const rig = useSaga({ wrap: havingTraits({ moveKeepsId: false }), resets: ['clinic'] });

  test('a cancelled appointment may have been moved: a person is asked, and no second one is booked', async () => {
    const { booking } = await rig.bookings.start(atPractice());
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.clinic.control(`appointments/${appointment?.id}`, { status: 'DELETED' });
    const view = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(view).toMatchObject({ attention: { reason: 'provider_cancelled' }, attempts: [{}] });
    await rig.bookings.resolve(booking.id, { choice: 'rebook', why: 'the desk has called it off' });
    await rig.until(booking.id, ({ status, attempts }) => status === 'confirmed' && attempts.length === 2);
  });
});

describe('where it does so, and a reserved slot settles', () => {
  const rig = useSaga({
    wrap: havingTraits({ moveKeepsId: false }),
    clinicCapabilities: { acceptedSettles: false, reservedSettles: true },
    resets: ['clinic'],
  });

  test('one that was reserved may have been moved as well', async () => {
    const { booking } = await rig.bookings.start(atPractice());
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.clinic.control(`appointments/${appointment?.id}`, { status: 'DELETED' });
    const view = await rig.until(
      booking.id,
      ({ attention, attempts }) => attention !== null || attempts.length > 1,
    );
    expect(view).toMatchObject({ attention: { reason: 'provider_cancelled' }, attempts: [{}] });
    await rig.bookings.resolve(booking.id, { choice: 'end', why: 'the desk has called it off' });
    await rig.until(booking.id, ({ status }) => status === 'failed');
  });
});
