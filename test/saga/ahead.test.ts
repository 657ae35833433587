import { setTimeout as pause } from 'node:timers/promises';
import type { BookAnswer, ReadAhead } from '../../activities/contract';
import type { Appointment, FoundSlots } from '../../src/booking/model';
import { workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { adopting, atHome, atPractice } from '../support/saga';
import type { RigOptions, SagaRig } from '../support/saga';
import { useSaga } from '../support/use-saga';

/**
 * The activity that comes by the order reads ahead what the steps after it need. That saves activities, and nothing hangs on
 * it: what is not read at once, or no longer counts, these steps read for themselves.
 */

const HOUR_MS = 3_600_000;
const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 3_600_000 } };
const rig = useSaga({
  capabilities: { callTimeoutMs: 5_000, needsRequisition: false },
  accounts: {
    waiting: { needsRequisition: true },
    hasty: { needsRequisition: false, callTimeoutMs: 300 },
  },
});

beforeEach(() => rig.sandbox.control('account', { bookBeforeRequisition: true }));

/** The activities of a booking so far. */
const allActivitiesOf = (id: string) => activityNames(rig, id);

async function activityNames(of: SagaRig, id: string): Promise<string[]> {
  const { events } = await of.server.client.workflow.getHandle(workflowIdOf(id)).fetchHistory();
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
  );
}

/** Those up to its book call. */
async function activitiesOf(id: string): Promise<string[]> {
  await rig.until(id, ({ status }) => status === 'confirmed');
  const names = await allActivitiesOf(id);
  return names.slice(0, names.indexOf('bookSlot'));
}

/** Those after it, once the provider has been polled. */
async function activitiesAfterBooking(id: string): Promise<string[]> {
  const names = await allActivitiesOf(id);
  return names.slice(names.indexOf('bookSlot') + 1);
}

test('an order that is placed comes with the look at it and the slots', async () => {
  const { booking } = await rig.bookings.start(atHome());
  expect(await activitiesOf(booking.id)).toEqual(['placeOrder']);
  expect(await rig.sandbox.callsOf('availability')).toHaveLength(1);
});

test('one whose requisition is waited for comes with them once that is there, and not before', async () => {
  const { booking } = await rig.bookings.start(atHome({ account: 'waiting' }));
  expect(await activitiesOf(booking.id)).toEqual(['placeOrder', 'awaitOrderChange']);
  expect(await rig.sandbox.callsOf('availability')).toHaveLength(1);
});

test('so does one that is adopted', async () => {
  const orderId = await rig.sandbox.placeOrder();
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  expect(await activitiesOf(booking.id)).toEqual(['readOrder']);
});

test('an appointment that stands there already is seen', async () => {
  const orderId = await rig.sandbox.placeOrder();
  await rig.sandbox.control('appointments', { order_id: orderId, status: 'confirmed', ...inThreeDays() });
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  const view = await rig.until(booking.id, ({ status }) => status === 'failed');
  expect(view.failure?.code).toBe('appointment_exists');
  expect(await rig.sandbox.callsOf('book')).toEqual([]);
});

test('a search that is slow is not waited for: the order shows, and the search has an activity of its own', async () => {
  const orderId = await rig.sandbox.placeOrder();
  await rig.sandbox.fail('availability', { when: 'after', delayMs: 2_500, times: 2 });
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  await rig.until(booking.id, ({ order, appointment }) => order !== null && appointment === null);
  expect(await activitiesOf(booking.id)).toEqual(['readOrder', 'lookUp', 'searchSlots']);
});

test('a search that is slow keeps no order from being read where calls have little time', async () => {
  const orderId = await rig.sandbox.placeOrder();
  await rig.sandbox.fail('read_order', { when: 'after', delayMs: 200, times: 1 });
  await rig.sandbox.fail('availability', { when: 'after', delayMs: 250, times: 4 });
  const request = { account: 'hasty', windows: [{ from: '+2d', to: '+90d' }] };
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep', request));
  await rig.until(booking.id, ({ status }) => status === 'confirmed');
  const { events } = await rig.server.client.workflow.getHandle(workflowIdOf(booking.id)).fetchHistory();
  const started = events?.find((event) => event.activityTaskStartedEventAttributes);
  expect(started?.activityTaskStartedEventAttributes?.attempt).toBe(1);
});

test('a look that fails ends nothing: it is made once more, with patience', async () => {
  const orderId = await rig.sandbox.placeOrder();
  await rig.sandbox.fail('read_order', { when: 'before', answer: { status: 500 }, times: 1 });
  await rig.sandbox.fail('availability', { when: 'before', answer: { status: 500 }, times: 1 });
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  expect(await activitiesOf(booking.id)).toEqual(['readOrder', 'lookUp', 'searchSlots']);
});

test('what was read before a wait does not count after it', async () => {
  const other = await rig.bookings.start(atHome({ policy: { onProviderCancel: 'compensate' } }));
  const { order } = await rig.until(other.booking.id, ({ status }) => status === 'confirmed');
  await rig.bookings.cancel(other.booking.id, { order: 'keep' });
  await rig.until(other.booking.id, ({ status }) => status === 'cancelled');
  const { booking } = await rig.bookings.start(adopting(order?.id ?? '', 'keep'));
  // Whether the booking that placed it is still open was asked in between.
  expect(await activitiesOf(booking.id)).toEqual([
    ...['readOrder', 'isBookingOpen', 'lookUp', 'searchSlots'],
  ]);
});

test.each(['update', 'Temporal’s own'])(
  'after a cancel by %s from the time of the call nothing is booked any more',
  async (by) => {
    await rig.sandbox.fail('place_order', { when: 'after', delayMs: 1_000 });
    const { booking } = await rig.bookings.start(atHome());
    await rig.sandbox.called('place_order');
    if (by === 'update') await rig.bookings.cancel(booking.id, {});
    else await rig.server.client.workflow.getHandle(workflowIdOf(booking.id)).cancel();
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(await rig.sandbox.callsOf('book')).toEqual([]);
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  },
);

describe('the look that an appointment’s wait begins with', () => {
  const isWaitingFor =
    (what: string) =>
    ({ waitingFor }: BookingView) =>
      waitingFor?.what === what;

  test('comes with the book call: what is confirmed at once is read no more than before, and polled once it is time', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const view = await rig.until(booking.id, isWaitingFor('the final word on the visit'));
    expect(view.order?.status).toContain('appointment_scheduled');
    expect(await activitiesAfterBooking(booking.id)).toEqual(['awaitAppointmentChange']);
    // Before the book call there is the look ahead and the one of the call itself.
    const looks = (await rig.sandbox.callsOf('appointment')).filter(({ path }) => path.includes(orderId));
    expect(looks).toHaveLength(3);
    await rig.sandbox.control(`appointments/${view.appointment?.id}`, { status: 'cancelled' });
    await rig.until(booking.id, ({ attempts }) => attempts.length > 1);
  });

  test('comes with one that is still to be confirmed as well', async () => {
    await rig.sandbox.control('confirmation', { mode: 'async', afterMs: 2_000 });
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', ASYNC));
    await rig.until(booking.id, isWaitingFor('confirmation'));
    expect(await activitiesAfterBooking(booking.id)).toEqual(['awaitAppointmentChange']);
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
  });

  test('that fails leaves it to the wait', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    // The look ahead, the call's own, and then this one.
    await rig.sandbox.called('appointment', { of: orderId, times: 2 });
    await rig.sandbox.fail('appointment', { when: 'before', answer: { status: 500 }, times: 1 });
    await rig.until(booking.id, isWaitingFor('the final word on the visit'));
    await rig.sandbox.mend();
    expect((await activitiesAfterBooking(booking.id))[0]).toBe('awaitAppointmentChange');
  });

  test('hides no news from the time of the call: the provider is read for it', async () => {
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.fail('book', { when: 'after', delayMs: 1_000, of: orderId });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.sandbox.called('book', { of: orderId });
    await rig.bookings.wake(booking.id, 'appointment');
    await rig.until(booking.id, isWaitingFor('the final word on the visit'));
    expect((await activitiesAfterBooking(booking.id))[0]).toBe('lookUp');
  });
});

describe('slots whose keys have expired by the time that the workflow hears of them, as after a time without workers', () => {
  let late = 0;
  const expired = (found: FoundSlots): FoundSlots => {
    if (late === 0) return found;
    late -= 1;
    return { ...found, slots: found.slots.map((slot) => ({ ...slot, expiresAt: new Date().toISOString() })) };
  };
  const expiredAhead = (ahead: ReadAhead | null): ReadAhead | null =>
    ahead && !('refused' in ahead.found) ? { ...ahead, found: expired(ahead.found) } : ahead;
  const own = useSaga({
    capabilities: { callTimeoutMs: 5_000, needsRequisition: false },
    wrap: ({ core, junction }) => ({
      core,
      junction: {
        ...junction,
        readOrder: async (input) => {
          const { order, ahead } = await junction.readOrder(input);
          return { order, ahead: expiredAhead(ahead) };
        },
        searchSlots: async (input) => expired(await junction.searchSlots(input)),
      },
    }),
  });
  beforeEach(() => own.sandbox.control('account', { bookBeforeRequisition: true }));
  afterEach(() => void (late = 0));

  test.each(['ahead', 'in an activity of its own'])(
    'and that were found %s are searched once more: that is not the lack of a slot',
    async (how) => {
      const orderId = await own.sandbox.placeOrder();
      if (how !== 'ahead')
        await own.sandbox.fail('availability', { when: 'before', answer: { status: 500 }, times: 1 });
      late = 1;
      const { booking } = await own.bookings.start(adopting(orderId, 'cancel'));
      const view = await own.until(booking.id, ({ status }) => status === 'confirmed' || status === 'failed');
      expect(view.failure).toBeNull();
    },
  );

  test('and that expire again when they are searched once more are for a person', async () => {
    const orderId = await own.sandbox.placeOrder();
    late = 2;
    const { booking } = await own.bookings.start(adopting(orderId, 'cancel'));
    const view = await own.until(
      booking.id,
      ({ status, attention }) => status === 'failed' || attention !== null,
    );
    expect(view.attention?.reason).toBe('unexpected_answer');
    await own.bookings.retry(booking.id, {});
    await own.until(booking.id, ({ status }) => status === 'confirmed');
  });
});

/** Has something happen between a book call's answer and its being heard of. */
function afterBooking(happen: (answer: BookAnswer) => Promise<BookAnswer>): RigOptions['wrap'] {
  return ({ core, junction }) => ({
    core,
    junction: { ...junction, bookSlot: async (input) => happen(await junction.bookSlot(input)) },
  });
}

describe('a look that came with the book call and shows what is for a person', () => {
  const old: Appointment[] = [];
  const practice = useSaga({
    on: 'simulator',
    limits: { keepPollMs: HOUR_MS },
    // The first appointment is restored right after the second was booked.
    wrap: afterBooking(async (answer) => {
      if (answer.is !== 'held' || !answer.seenAfter) return answer;
      const { seenAfter } = answer;
      const [restored] = old.splice(0, 1, answer.appointment);
      if (!restored) return answer;
      await practice.clinic.control(`appointments/${restored.id}`, { status: 'ACCEPTED' });
      return { ...answer, seenAfter: { ...seenAfter, live: [...seenAfter.live, restored] } };
    }),
  });

  test('is followed by another as soon as they have decided', async () => {
    const { booking } = await practice.bookings.start(atPractice());
    const { appointment } = await practice.until(booking.id, ({ status }) => status === 'confirmed');
    await practice.clinic.control(`appointments/${appointment?.id}`, { status: 'DELETED' });
    const first = await practice.until(booking.id, ({ attention }) => attention !== null, 2 * HOUR_MS);
    expect(first.attention?.reason).toBe('ambiguous_match');
    await practice.bookings.retry(booking.id, {});
    await practice.until(
      booking.id,
      ({ attention }) => attention !== null && attention.since !== first.attention?.since,
      60_000,
    );
  });
});

describe('a look that came with the book call, when the deadline of the wait is over already', () => {
  const late = useSaga({
    capabilities: { needsRequisition: false, callTimeoutMs: 5_000 },
    limits: { releaseBeforeStartMs: 30 * 86_400_000 },
    // Confirmed after that look, in a time without workers that ends after the deadline.
    wrap: afterBooking(async (answer) => {
      const { appointments } = await late.sandbox.state();
      await late.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'confirmed' });
      return answer;
    }),
  });

  test('decides nothing: another is made', async () => {
    await late.sandbox.control('account', { bookBeforeRequisition: true });
    await late.sandbox.control('confirmation', { mode: 'never' });
    const { booking } = await late.bookings.start(atHome(ASYNC));
    await late.until(booking.id, ({ waitingFor }) => waitingFor?.what === 'the final word on the visit');
    expect(await activityNames(late, booking.id)).not.toContain('cancelAppointment');
  });
});

describe('a look that came with the book call, when the workflow hears of it hours later', () => {
  const apart = useSaga({
    ...{ on: 'simulator', resets: ['sandbox'], providersApart: true },
    capabilities: { needsRequisition: false, callTimeoutMs: 5_000 },
    limits: { keepPollMs: 6 * HOUR_MS },
  });

  test('does not count: the provider is read at once', async () => {
    await apart.sandbox.control('account', { bookBeforeRequisition: true });
    await apart.sandbox.fail('book', { when: 'after', delayMs: 1_000 });
    const { booking } = await apart.bookings.start(atHome());
    await apart.sandbox.called('book');
    await apart.stopWorkers();
    await pause(HOUR_MS);
    const { appointments } = await apart.sandbox.state();
    await apart.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'cancelled' });
    await apart.startWorkers();
    await apart.until(booking.id, ({ attempts }) => attempts.length > 1, 60_000);
  });
});

function inThreeDays() {
  const startMs = Date.now() + 3 * 86_400_000;
  return {
    start_at: new Date(startMs).toISOString(),
    end_at: new Date(startMs + 3_600_000).toISOString(),
  };
}
