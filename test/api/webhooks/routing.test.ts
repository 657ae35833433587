import { BURST_MS, routeNews } from '../../../src/api/webhooks/routing';
import { Failure } from '../../../src/booking/failures';
import { adoptedBookingId } from '../../../src/booking/ids';
import type { BookingSummary } from '../../../src/booking/schema/summary';
import type { BookingView } from '../../../src/booking/schema/view';
import { newsReader as calcomReader } from '../../../src/providers/calcom/news';
import { newsReader } from '../../../src/providers/junction/news';
import type { News } from '../../../src/providers/news';
import { CONFIRMED } from '../../cli/views';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const ORDER = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';
const PLACED_ID = '0123456789abcdefghjkmnpqrs';
const ID_KEY = Buffer.alloc(32, 2);
const ADOPTED_ID = adoptedBookingId(ID_KEY, 'junction', 'second', ORDER);
const STATUS = 'received.at_home_phlebotomy.ordered';

interface World {
  /** Bookings that are open, and what they show. */
  open?: Record<string, BookingView | null>;
  /** Those that end between a look and a wake. */
  closing?: string[];
  ended?: string[];
  /** Ended ones whose end left a call unaccounted for. */
  unaccounted?: string[];
  /** Those that a search for the order finds. */
  found?: string[];
  /** Those that start at the asked time. */
  starting?: string[];
  isAway?: boolean;
}

function routing({
  open = {},
  closing = [],
  ended = [],
  unaccounted = [],
  found = [],
  starting = [],
  isAway = false,
}: World) {
  const calls: string[] = [];
  const settled: string[] = [];
  const asked: string[] = [];
  const routed = routeNews({
    idKey: ID_KEY,
    vendor: 'junction',
    accounts: ['default', 'second'],
    reader: newsReader,
    client: {
      glance(id) {
        asked.push(id);
        if (isAway) return Promise.reject(new Failure('temporal_unavailable'));
        if (ended.includes(id)) return Promise.resolve({ isOpen: false, view: null, isCalling: false });
        if (!Object.hasOwn(open, id)) return Promise.resolve(null);
        calls.push(`glance ${id}`);
        return Promise.resolve({ isOpen: true, view: open[id] ?? null, isCalling: false });
      },
      wake(id, kind) {
        calls.push(`wake ${id} ${kind}`);
        return Promise.resolve(Object.hasOwn(open, id) && !closing.includes(id));
      },
      ofOrders() {
        calls.push('search');
        return Promise.resolve(found.map(summary));
      },
      list({ startsFrom = '', startsTo = '' } = {}) {
        calls.push(`list from ${startsFrom} to ${startsTo}`);
        return Promise.resolve({ bookings: starting.map(summary), nextPageToken: null });
      },
      cleanUp(id) {
        calls.push(`cleanUp ${id}`);
        return Promise.resolve(unaccounted.includes(id));
      },
    },
    settled: (_news, outcome) => void settled.push(outcome),
    log: { error: (err: unknown) => settled.push(String(err)) },
  });
  /** What became of news that came together. */
  const route = async (...burst: News[]): Promise<string[]> => {
    const outcomes = Promise.all(burst.map((news) => routed.route(news)));
    outcomes.catch(() => undefined); // heard below
    await jest.advanceTimersByTimeAsync(BURST_MS);
    return outcomes;
  };
  return { route, routed, calls, settled, asked };
}

function summary(id: string): BookingSummary {
  const unknown = { status: null, provider: null, account: null, reference: null, orderId: ORDER };
  return { id, open: true, ...unknown, startsAt: null, attention: null, createdAt: null, endedAt: null };
}

const appointment = (over: Partial<News> = {}): News => ({
  kind: 'appointment',
  event: 'labtest.appointment.updated',
  orderId: ORDER,
  bookingId: null,
  live: true,
  said: null,
  ...over,
});

const order = (over: Partial<News> = {}): News => ({
  ...appointment({ kind: 'order', event: 'labtest.order.updated', live: false }),
  bookingId: PLACED_ID,
  said: { of: 'order', is: { id: ORDER, status: STATUS }, age: null },
  ...over,
});

const SHOWN: BookingView = {
  ...CONFIRMED,
  waitingFor: { what: 'the final word on the visit', since: CONFIRMED.updatedAt, until: null },
  order: { id: ORDER, origin: 'placed', status: STATUS },
};

it('wakes the booking that adopted the order, in whichever account, without a search', async () => {
  const { route, calls } = routing({ open: { [ADOPTED_ID]: null } });
  expect(await route(appointment())).toEqual(['woken']);
  expect(calls).toEqual([`glance ${ADOPTED_ID}`, `wake ${ADOPTED_ID} appointment`]);
});

it('wakes the booking that placed the order, by its passthrough', async () => {
  const { route, calls } = routing({ open: { [PLACED_ID]: null } });
  expect(await route(order())).toEqual(['woken']);
  expect(calls).toContain(`wake ${PLACED_ID} order`);
});

it('wakes nobody of what the booking shows already', async () => {
  const { route, calls } = routing({ open: { [PLACED_ID]: SHOWN } });
  expect(await route(order())).toEqual(['known']);
  expect(calls).toEqual([`glance ${PLACED_ID}`]);
});

it('looks once and wakes once for a burst, and tells what of it was new', async () => {
  const { route, calls } = routing({ open: { [PLACED_ID]: SHOWN } });
  expect(await route(order(), appointment(), appointment())).toEqual(['known', 'woken', 'woken']);
  expect(calls).toEqual([`glance ${PLACED_ID}`, `wake ${PLACED_ID} appointment`]);
});

it('remembers who placed an order, for events of its appointment, which do not say', async () => {
  const { route, calls } = routing({ open: { [PLACED_ID]: SHOWN } });
  await route(order());
  expect(await route(appointment())).toEqual(['woken']);
  expect(calls).not.toContain('search');
});

it('looks for those that adopted an order only when the booking that placed it has ended', async () => {
  const open = routing({ open: { [PLACED_ID]: SHOWN } });
  await open.route(order(), appointment());
  expect(open.asked).toEqual([PLACED_ID]);
  const ended = routing({ ended: [PLACED_ID], open: { [ADOPTED_ID]: null } });
  expect(await ended.route(order(), appointment())).toEqual(['woken', 'woken']);
  expect(ended.asked).toEqual(expect.arrayContaining([PLACED_ID, ADOPTED_ID]));
});

it('lets an order wait that no booking is known for, and tells the one that a search finds', async () => {
  const { route, routed, calls, settled } = routing({ open: { [PLACED_ID]: SHOWN }, found: [PLACED_ID] });
  expect(await route(appointment())).toEqual(['waiting']);
  expect([calls, routed.waiting()]).toEqual([[], 1]);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(settled).toEqual(['woken']);
  expect(calls).toEqual(['search', `glance ${PLACED_ID}`, `wake ${PLACED_ID} appointment`]);
  expect(await route(appointment())).toEqual(['woken']); // it is remembered from now on
});

describe('where there are no orders', () => {
  const startTime = '2026-12-07T15:00:00Z';
  /** A cancellation has no metadata: it names its uid alone. */
  const cancellation = (uid: string): News => {
    const payload = { uid, status: 'CANCELLED', startTime, endTime: '2026-12-07T15:30:00Z' };
    const news = calcomReader.newsOf({ triggerEvent: 'BOOKING_CANCELLED', createdAt: startTime, payload });
    if (!news) throw new Error('a cancellation is news');
    return news;
  };
  const holding = (id: string): BookingView => ({
    ...SHOWN,
    order: null,
    appointment: CONFIRMED.appointment && { ...CONFIRMED.appointment, id },
  });
  const world = { open: { [PLACED_ID]: holding('uid1'), [ADOPTED_ID]: holding('uid2') } };

  it('finds the booking of an appointment that it has not heard of, as after a restart, by its start', async () => {
    const { route, calls, settled } = routing({ ...world, starting: [ADOPTED_ID, PLACED_ID] });
    expect(await route(cancellation('uid1'))).toEqual(['waiting']);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(settled).toEqual(['woken']);
    expect(calls).toContain('list from 2026-12-07T15:00:00.000Z to 2026-12-07T15:00:00.001Z');
    expect(calls.filter((call) => call.startsWith('wake'))).toEqual([`wake ${PLACED_ID} appointment`]);
  });

  it('wakes nobody for the appointment of somebody else at that start', async () => {
    const { route, calls, settled } = routing({ ...world, starting: [ADOPTED_ID, PLACED_ID] });
    await route(cancellation('uid3'));
    await jest.advanceTimersByTimeAsync(12_000);
    expect(settled).toEqual(['not_ours']);
    expect(calls.filter((call) => call.startsWith('wake'))).toEqual([]);
  });
});

it('counts an order that nobody has as not ours', async () => {
  const { route, settled } = routing({});
  expect(await route(appointment(), order({ bookingId: null }))).toEqual(['waiting', 'waiting']);
  await jest.advanceTimersByTimeAsync(12_000);
  expect(settled).toEqual(['not_ours', 'not_ours']);
});

it('searches for no order that names its booking', async () => {
  const { route, routed } = routing({});
  expect(await route(order())).toEqual(['nothing_to_do']);
  expect(routed.waiting()).toBe(0);
});

describe('of an ended booking', () => {
  it('cleans up after one that left a call unaccounted for, when the appointment lives', async () => {
    const world = { ended: [ADOPTED_ID], unaccounted: [ADOPTED_ID] };
    expect(await routing(world).route(appointment())).toEqual(['clean_up']);
    const cancelled = routing(world);
    await cancelled.route(appointment({ live: false }));
    expect(cancelled.calls.filter((call) => call.startsWith('cleanUp'))).toEqual([]);
  });

  it('cleans up after one that is found by a search', async () => {
    const { route, settled } = routing({ ended: [PLACED_ID], unaccounted: [PLACED_ID], found: [PLACED_ID] });
    expect(await route(appointment())).toEqual(['waiting']);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(settled).toEqual(['clean_up']);
  });

  it('leaves one alone that accounted for everything', async () => {
    const { route } = routing({ ended: [PLACED_ID] });
    expect(await route(order(), appointment())).toEqual(['nothing_to_do', 'nothing_to_do']);
  });

  it('searches for another one that is open, where the ended one adopted the order', async () => {
    const { route, settled } = routing({
      ended: [ADOPTED_ID],
      open: { [PLACED_ID]: null },
      found: [PLACED_ID],
    });
    expect(await route(appointment())).toEqual(['waiting']);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(settled).toEqual(['woken']);
  });

  it('takes one for ended that has ended by the time it is woken', async () => {
    const { route } = routing({
      open: { [ADOPTED_ID]: null },
      closing: [ADOPTED_ID],
      unaccounted: [ADOPTED_ID],
    });
    expect(await route(appointment())).toEqual(['clean_up']);
  });
});

it('wakes a booking at work only for what its own calls did not tell it', async () => {
  const open: Record<string, BookingView> = { [PLACED_ID]: { ...SHOWN, waitingFor: null, order: null } };
  const { routed, calls } = routing({ open });
  const known = routed.route(order());
  await jest.advanceTimersByTimeAsync(BURST_MS);
  open[PLACED_ID] = SHOWN;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(await known).toBe('known');
  expect(calls).toEqual([`glance ${PLACED_ID}`, `glance ${PLACED_ID}`]);
});

it('is not answered before its booking was told, and fails with Temporal', async () => {
  const { route } = routing({ isAway: true });
  await expect(route(appointment())).rejects.toMatchObject({ code: 'temporal_unavailable' });
});

it('loses nothing at the end: what was gathered is told at once, what waits is searched for once more', async () => {
  const { routed, settled } = routing({ open: { [PLACED_ID]: null }, found: [PLACED_ID] });
  const gathered = routed.route(order());
  routed.flush();
  expect(await gathered).toBe('woken');
  const other = routing({ open: { [PLACED_ID]: null }, found: [PLACED_ID] });
  await other.route(appointment());
  await other.routed.stop();
  expect([settled, other.settled]).toEqual([[], ['woken']]);
});

describe('at a vendor without orders, whose last news names its appointment only', () => {
  const UID = 'ApCo2aALRE0BBByhQ3G1ql';
  const made = (over: Partial<News> = {}) => appointment({ event: 'BOOKING_CREATED', orderId: UID, ...over });

  it('wakes the booking that earlier news of the appointment named', async () => {
    const { route, calls } = routing({ open: { [PLACED_ID]: null } });
    await route(made({ bookingId: PLACED_ID }));
    calls.length = 0;
    expect(await route(made({ event: 'BOOKING_CANCELLED', live: false }))).toEqual(['woken']);
    expect(calls).toEqual([`glance ${PLACED_ID}`, `wake ${PLACED_ID} appointment`]);
  });

  it('follows a move by the booking that it names', async () => {
    const { route } = routing({ open: { [PLACED_ID]: null } });
    await route(made({ bookingId: PLACED_ID, orderId: 'moved', event: 'BOOKING_RESCHEDULED' }));
    const last = made({ orderId: 'moved', event: 'BOOKING_CANCELLED', live: false });
    expect(await route(last)).toEqual(['woken']);
  });

  it('leaves it to polling where no news of it was heard', async () => {
    const { route, settled } = routing({ open: { [PLACED_ID]: null } });
    expect(await route(made({ event: 'BOOKING_CANCELLED', live: false }))).toEqual(['waiting']);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(settled).toEqual(['not_ours']);
  });
});
