import { setTimeout as pause } from 'node:timers/promises';
import { type temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { ALWAYS } from '../support/calls';
import { expectNothingLive } from '../support/live';
import { atHome, type SagaRig } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** What waiting costs in history where the provider's news is heard, and that no promise of a wait is paid for it. In virtual time. */

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
const FIRST_MS = 15 * SECOND_MS;
const SECRET = 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx';

const rig = useSaga({
  on: 'simulator',
  resets: ['sandbox'],
  env: { JUNCTION_WEBHOOK_SECRET: SECRET },
  limits: { pollFirstMs: FIRST_MS, pollMaxMs: 300 * SECOND_MS, keepPollMs: HOUR_MS, keepPollFarMs: DAY_MS },
});

type Event = temporal.api.history.v1.IHistoryEvent;

const eventsOf = async (id: string): Promise<Event[]> =>
  (await rig.server.client.workflow.getHandle(workflowIdOf(id)).fetchHistory()).events ?? [];
const countOf = async (id: string): Promise<number> => (await eventsOf(id)).length;
const activitiesOf = async (id: string): Promise<string[]> =>
  (await eventsOf(id)).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
  );
const timersIn = async (id: string): Promise<number> =>
  (await eventsOf(id)).filter((event) => event.timerStartedEventAttributes).length;
const readsOf = async (call: 'read_order' | 'appointment', orderId: string): Promise<number[]> =>
  (await rig.sandbox.callsOf(call, orderId)).map(({ at }) => Date.parse(at));

const waitsFor =
  (what: string) =>
  ({ waitingFor }: BookingView) =>
    waitingFor?.what === what;
const REQUISITION = waitsFor("the order's requisition");
const KEPT = waitsFor('the final word on the visit');

describe('a booking that waits for its requisition', () => {
  beforeEach(() => rig.sandbox.control('clock', { advanceOrders: false }));
  afterAll(() => rig.sandbox.control('clock', { advanceOrders: true }));

  const waiting = async (over: Record<string, unknown> = {}) => {
    const { booking } = await rig.bookings.start(atHome(over));
    const { order, waitingFor } = await rig.until(booking.id, REQUISITION);
    return { id: booking.id, orderId: order?.id ?? '', sinceMs: Date.parse(waitingFor?.since ?? '') };
  };
  const made = (orderId: string) =>
    rig.sandbox.control(`orders/${orderId}`, { status: 'requisition_created' });

  test('and hears of it soon is confirmed within 37 events', async () => {
    const { id, orderId } = await waiting();
    await made(orderId);
    await rig.bookings.wake(id, 'order');
    await rig.until(id, KEPT);
    expect(await activitiesOf(id)).toEqual(['placeOrder', 'readOrder', 'bookSlot', 'awaitAppointmentChange']);
    expect(await countOf(id)).toBeLessThanOrEqual(37);
  });

  test('shows what it waits for until the look that news led to is over', async () => {
    const { id, orderId } = await waiting();
    await rig.sandbox.fail('read_order', { of: orderId, when: 'after', delayMs: 500 });
    await rig.bookings.wake(id, 'order');
    await rig.sandbox.called('read_order', { of: orderId });
    expect(await rig.bookings.get(id)).toMatchObject({ waitingFor: { what: "the order's requisition" } });
    await rig.bookings.cancel(id, {});
  });

  test('and hears nothing is polled from the first interval on', async () => {
    const { id, orderId, sinceMs } = await waiting();
    await made(orderId);
    await rig.until(id, KEPT);
    const [first = 0] = (await readsOf('read_order', orderId)).filter((ms) => ms > sinceMs);
    expect(first - sinceMs).toBeGreaterThanOrEqual(FIRST_MS);
    expect(first - sinceMs).toBeLessThan(FIRST_MS + SECOND_MS);
    expect((await activitiesOf(id)).slice(0, 2)).toEqual(['placeOrder', 'awaitOrderChange']);
  });

  test('polls at once for news from before it waited', async () => {
    await rig.sandbox.fail('place_order', { when: 'after', delayMs: 400 });
    const { booking } = await rig.bookings.start(atHome());
    await rig.sandbox.called('place_order');
    await rig.bookings.wake(booking.id, 'order');
    const { order } = await rig.until(booking.id, REQUISITION);
    await rig.sandbox.called('read_order', { of: order?.id ?? '' });
    expect(await activitiesOf(booking.id)).toEqual(['placeOrder', 'awaitOrderChange']);
    expect(await timersIn(booking.id)).toBe(1); // the deadline's
    await rig.bookings.cancel(booking.id, {});
  });

  test('is cancelled before the first poll', async () => {
    const { id, orderId } = await waiting();
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await activitiesOf(id)).not.toContain('awaitOrderChange');
    await expectNothingLive(rig, { of: orderId });
  });

  test('polls at once when a person says so', async () => {
    const { id, orderId } = await waiting();
    await rig.sandbox.fail('read_order', { of: orderId, times: ALWAYS, answer: { status: 401, body: {} } });
    await rig.until(id, ({ attention }) => attention !== null);
    await pause(HOUR_MS);
    await rig.sandbox.mend();
    await made(orderId);
    const retriedMs = Date.now();
    await rig.bookings.retry(id, {});
    await rig.until(id, KEPT);
    const [first = 0] = (await readsOf('read_order', orderId)).filter((ms) => ms >= retriedMs);
    expect(first - retriedMs).toBeLessThan(SECOND_MS);
  });
});

describe('a kept booking', () => {
  const FAR = { windows: [{ from: '+8d', to: '+11d' }] };
  const NEAR_MS = 2 * DAY_MS;

  const kept = async (of: SagaRig = rig) => {
    const { booking } = await of.bookings.start(atHome(FAR));
    const { order, appointment } = await of.until(booking.id, KEPT);
    const { id: appointmentId = '', startsAt, endsAt } = appointment ?? {};
    const [startMs, endMs] = [Date.parse(startsAt ?? ''), Date.parse(endsAt ?? '')];
    return { id: booking.id, orderId: order?.id ?? '', appointmentId, startMs, endMs };
  };
  const until = (ms: number) => pause(Math.max(0, ms - Date.now()));

  test('takes at most 18 events for news of a move', async () => {
    const { id, appointmentId, startMs, endMs } = await kept();
    const before = await countOf(id);
    const day = (ms: number) => new Date(ms + DAY_MS).toISOString();
    await rig.sandbox.control(`appointments/${appointmentId}`, {
      start_at: day(startMs),
      end_at: day(endMs),
    });
    await rig.bookings.wake(id, 'appointment');
    await rig.until(
      id,
      (view) => Date.parse(view.appointment?.startsAt ?? '') === startMs + DAY_MS && KEPT(view),
    );
    expect((await countOf(id)) - before).toBeLessThanOrEqual(18);
  });

  test('has no timer beside its poll, and adds nothing while its visit is far', async () => {
    const { id, startMs } = await kept();
    const before = await countOf(id);
    expect((await eventsOf(id)).at(-1)?.activityTaskScheduledEventAttributes).toBeTruthy();
    await until(startMs - NEAR_MS - SECOND_MS);
    expect(await countOf(id)).toBe(before);
  });

  test('is polled as before a near visit once that is near: its own poll tells so, in few events', async () => {
    const { id, orderId, startMs } = await kept();
    const before = await countOf(id);
    await until(startMs - NEAR_MS + 60 * SECOND_MS);
    expect((await activitiesOf(id)).slice(3)).toEqual(['awaitAppointmentChange', 'awaitAppointmentChange']);
    expect((await countOf(id)) - before).toBeLessThanOrEqual(8);
    const nearMs = startMs - NEAR_MS;
    const [first = 0] = (await readsOf('appointment', orderId)).filter((ms) => ms >= nearMs);
    expect(first - nearMs).toBeLessThan(3 * SECOND_MS);
  });

  describe('whose visit is over', () => {
    /** Reserved: the sandbox has the visits of confirmed ones take place by itself. */
    const over = async () => {
      const { id, orderId, appointmentId } = await kept();
      const [startMs, endMs] = [Date.now() - 2 * HOUR_MS, Date.now()];
      const times = { start_at: new Date(startMs).toISOString(), end_at: new Date(endMs).toISOString() };
      await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'reserved', ...times });
      await rig.bookings.wake(id, 'appointment');
      const { waitingFor } = await rig.until(
        id,
        (view) => Date.parse(view.waitingFor?.until ?? '') < endMs + 3 * DAY_MS,
      );
      return { id, orderId, deadlineMs: Date.parse(waitingFor?.until ?? '') };
    };
    const readsFrom = async (orderId: string, ms: number) =>
      (await readsOf('appointment', orderId)).filter((one) => one >= ms);

    test('asks for the final word when that is due, by a look from then', async () => {
      const { id, orderId, deadlineMs } = await over();
      await until(deadlineMs - SECOND_MS);
      const asking = await rig.until(id, ({ attention }) => attention !== null);
      expect(asking.attention?.reason).toBe('no_final_word');
      const askedMs = Date.parse(asking.attention?.since ?? '');
      expect(askedMs - deadlineMs).toBeGreaterThanOrEqual(0);
      expect(askedMs - deadlineMs).toBeLessThan(3 * SECOND_MS);
      expect((await readsFrom(orderId, deadlineMs)).filter((ms) => ms <= askedMs)).toHaveLength(1);
    });

    const FAILS_ONCE = { times: 1, answer: { status: 500, body: {} } };

    test('looks again where its last try fails, and asks for the final word', async () => {
      const { id, orderId, deadlineMs } = await over();
      await until(deadlineMs - SECOND_MS);
      await rig.sandbox.fail('appointment', { of: orderId, ...FAILS_ONCE });
      const asking = await rig.until(id, ({ attention }) => attention !== null);
      expect(asking.attention?.reason).toBe('no_final_word');
      expect(await readsFrom(orderId, deadlineMs)).toHaveLength(2);
    });

    test('leaves the provider alone until its deadline where the try after one that failed would come later', async () => {
      const { id, orderId, deadlineMs } = await over();
      await until(deadlineMs - 1.5 * HOUR_MS);
      await rig.bookings.wake(id, 'appointment'); // its polls are made 1.5 and 0.5 hours before
      await until(deadlineMs - 0.6 * HOUR_MS);
      await rig.sandbox.fail('appointment', { of: orderId, ...FAILS_ONCE });
      await until(deadlineMs - SECOND_MS);
      expect(await readsFrom(orderId, deadlineMs - 0.6 * HOUR_MS)).toHaveLength(1);
      const asking = await rig.until(id, ({ attention }) => attention !== null);
      expect(asking.attention?.reason).toBe('no_final_word');
      const [first = 0] = await readsFrom(orderId, deadlineMs);
      expect(first - deadlineMs).toBeLessThan(3 * SECOND_MS);
    });

    test('asks a person at its deadline where the provider is away since before it', async () => {
      const { id, orderId, deadlineMs } = await over();
      await until(deadlineMs - 1_000 * SECOND_MS);
      const away = { of: orderId, times: ALWAYS, answer: { status: 500, body: {} } };
      await rig.sandbox.fail('appointment', away);
      await until(deadlineMs - SECOND_MS);
      const asking = await rig.until(id, ({ attention }) => attention !== null);
      expect(asking.attention?.reason).toBe('provider_unavailable');
      const [first = 0] = await readsFrom(orderId, deadlineMs);
      expect(first - deadlineMs).toBeLessThan(3 * SECOND_MS);
      const told = (await rig.bookings.explain(id)).steps.filter(
        ({ name }) => name === 'awaitAppointmentChange',
      );
      expect(told.at(-1)?.why).toContain('No other try comes before the deadline');
      expect(Date.parse(asking.attention?.since ?? '') - deadlineMs).toBeLessThan(60 * SECOND_MS);
    });
  });
});

describe('a booking whose time to wait for the requisition is short', () => {
  const hasty = useSaga({
    on: 'simulator',
    resets: ['sandbox'],
    env: { JUNCTION_WEBHOOK_SECRET: SECRET },
    limits: { pollFirstMs: FIRST_MS, pollMaxMs: FIRST_MS, readyTimeoutMs: 5 * SECOND_MS },
  });

  test('looks, and ends, when that is over before the first poll', async () => {
    await hasty.sandbox.control('clock', { advanceOrders: false });
    const { booking } = await hasty.bookings.start(atHome());
    const view = await hasty.until(booking.id, ({ status, attention }) => status === 'failed' || !!attention);
    expect(view.attention?.reason ?? view.failure?.code).toBe('order_ready_timeout');
    const handle = hasty.server.client.workflow.getHandle(workflowIdOf(booking.id));
    const names = ((await handle.fetchHistory()).events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
    expect(names.slice(0, 2)).toEqual(['placeOrder', 'readOrder']);
  });
});

describe('a booking that waits for its requisition while its history grows', () => {
  const long = useSaga({
    on: 'simulator',
    resets: ['sandbox'],
    env: { JUNCTION_WEBHOOK_SECRET: SECRET },
    limits: { maxHistoryEvents: 60, pollFirstMs: FIRST_MS, pollMaxMs: FIRST_MS },
  });

  test('waits on in a new run to the same deadline, and polls at once there', async () => {
    await long.sandbox.control('clock', { advanceOrders: false });
    const { booking } = await long.bookings.start(atHome());
    const { order, waitingFor } = await long.until(booking.id, REQUISITION);
    const orderId = order?.id ?? '';
    const handle = long.server.client.workflow.getHandle(workflowIdOf(booking.id));
    const first = (await handle.describe()).runId;
    while ((await handle.describe()).runId === first) {
      await long.bookings.wake(booking.id, 'order');
      await pause(SECOND_MS);
    }
    const names = ((await handle.fetchHistory()).events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
    expect(names[0]).toBe('awaitOrderChange');
    const view = await long.until(booking.id, REQUISITION);
    expect(view.waitingFor?.until).toBe(waitingFor?.until);
    await long.sandbox.control(`orders/${orderId}`, { status: 'requisition_created' });
    await long.until(booking.id, ({ status }) => status === 'confirmed');
    expect(await long.sandbox.callsOf('place_order')).toHaveLength(1);
  });
});
