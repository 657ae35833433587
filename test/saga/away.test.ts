import type { JunctionCall } from '../support/calls';
import { setTimeout as passing } from 'node:timers/promises';
import type { ProviderActivities } from '../../activities/contract';
import type { Sighting } from '../../src/booking/model';
import { workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { adopting, atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** A time without workers is nobody's silence: it uses up no patience, and no deadline decides on what was seen before it. */

const PATIENCE_MS = 1_500;

/** Longer than every patience here. */
const AWAY_MS = 2_500;

/** A look's pause, and what a timer may be short of it. */
const POLL_MS = 400;
const SLACK_MS = 20;

describe('a time without workers', () => {
  let lastSeen: Sighting | null = null;
  const noting = (activities: ProviderActivities): ProviderActivities => ({
    ...activities,
    bookSlot: async (input) => {
      const answer = await activities.bookSlot(input);
      if (answer.is === 'held') lastSeen = answer.seenAfter ?? null;
      return answer;
    },
  });

  const rig = useSaga({
    on: 'server',
    limits: {
      patienceMs: PATIENCE_MS,
      undoPatienceMs: PATIENCE_MS,
      pollFirstMs: POLL_MS,
      pollMaxMs: POLL_MS,
    },
    wrap: ({ core, junction }) => ({ core, junction: noting(junction) }),
  });
  beforeEach(() => void (lastSeen = null));

  /** Stops the workers, has something done, lets the time pass and starts them again. */
  const away = async (meanwhile: () => Promise<unknown> = () => Promise.resolve()) => {
    await rig.stopWorkers();
    await meanwhile();
    await passing(AWAY_MS); // the passing of time is what is tested
    await rig.startWorkers();
  };

  const timesOf = async (call: JunctionCall, orderId?: string) =>
    (await rig.sandbox.callsOf(call, orderId)).map(({ at }) => Date.parse(at));

  const settledOrAsking = (id: string, status: BookingView['status']) =>
    rig.until(id, (view) => view.status === status || view.attention !== null);

  test('while an order is placed and its answer lost: it is looked for before a person is asked', async () => {
    await rig.sandbox.fail('place_order', { when: 'after', answer: 'timeout' });
    const { booking } = await rig.bookings.start(atHome());
    await rig.sandbox.called('place_order');
    await away();
    const view = await settledOrAsking(booking.id, 'confirmed');
    expect(view).toMatchObject({ status: 'confirmed', attention: null });
    expect((await rig.sandbox.state()).orders).toHaveLength(1);
  });

  test('while a book call is refused for load: it is made again before a person is asked', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const answer = { status: 429, body: 'Too Many Requests' };
    await rig.sandbox.fail('book', { of: orderId, when: 'before', answer, delayMs: 300 });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.sandbox.called('book');
    await away();
    const view = await settledOrAsking(booking.id, 'confirmed');
    expect(view).toMatchObject({ status: 'confirmed', attention: null });
  });

  test('while an undo goes wrong: it is made again before a person is asked', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.sandbox.fail('cancel_appointment', { of: orderId, when: 'before', answer: 'timeout' });
    await rig.bookings.cancel(booking.id, {});
    await rig.sandbox.called('cancel_appointment');
    await away();
    const view = await settledOrAsking(booking.id, 'cancelled');
    expect(view).toMatchObject({ status: 'cancelled', attention: null });
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test.each([
    ['an order to place', () => Promise.resolve(atHome({ limits: { settleWithinMs: 1_000 } }))],
    [
      'an order to adopt',
      async () => adopting(await rig.sandbox.placeOrder(), 'cancel', { limits: { settleWithinMs: 1_000 } }),
    ],
  ])('until its time is up leaves a booking one try, waited for in full: %s', async (_what, request) => {
    const wanted = await request();
    let id = '';
    await away(async () => {
      ({ id } = (await rig.bookings.start(wanted)).booking);
    });
    const view = await rig.until(id, ({ status }) => status === 'confirmed' || status === 'failed');
    expect(view).toMatchObject({ status: 'confirmed', failure: null });
  });

  test('while a booking is looked up: the looks after it are as many, and not all at once', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const answer = { status: 504, body: 'Gateway Timeout' };
    await rig.sandbox.fail('book', { of: orderId, when: 'before', answer });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ waitingFor }) => waitingFor?.what === 'a lost answer to show up');
    await away();
    const backMs = Date.now();
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const again = (await timesOf('book')).at(-1) ?? 0;
    // The last one is the look that comes before every book call.
    // Bookings of the tests before this one are polled too.
    const looks = (await timesOf('appointment', orderId))
      .filter((ms) => ms > backMs && ms < again)
      .slice(0, -1);
    expect(looks.length).toBeGreaterThanOrEqual(2);
    const gaps = looks.slice(1).map((ms, n) => ms - (looks[n] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(POLL_MS - SLACK_MS);
  });

  test('over a deadline: what a poll had seen before it decides nothing', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'cancel', {
        confirmation: { async: true },
        limits: { maxSlotAttempts: 1, confirmTimeoutMs: AWAY_MS },
      }),
    );
    await rig.until(
      booking.id,
      ({ status, appointment }) => status === 'awaiting_confirmation' && appointment !== null,
    );
    // One that has looked in vain is the one that waits for a change.
    const poll = await eventually(
      () => pollOf(booking.id),
      (pending) => (pending?.attempt ?? 0) > 1,
    );
    await away(async () => {
      // The poll's last look, on a worker of the provider's queue: something moved, and it is still pending.
      if (!lastSeen) throw new Error('nothing was seen after the book call');
      await completePoll(booking.id, poll?.activityId ?? '', {
        ...lastSeen,
        live: lastSeen.live.map((one) => ({ ...one, canReschedule: one.canReschedule !== true })),
      });
      const { appointments } = await rig.sandbox.state();
      await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'confirmed' });
    });
    const view = await rig.until(
      booking.id,
      ({ status }) => status === 'confirmed' || status === 'compensating' || status === 'failed',
    );
    expect(view.status).toBe('confirmed');
    const { events } = await rig.server.client.workflow.getHandle(workflowIdOf(booking.id)).fetchHistory();
    const called = (events ?? []).map(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name,
    );
    expect(called).not.toContain('cancelAppointment');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  const pollOf = async (id: string) => {
    const { raw } = await rig.server.client.workflow.getHandle(workflowIdOf(id)).describe();
    return raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'awaitAppointmentChange');
  };
  const completePoll = (id: string, activityId: string, seen: Sighting) =>
    rig.server.client.activity.complete({ workflowId: workflowIdOf(id), activityId }, seen);
});
