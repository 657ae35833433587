import {
  MAX_SEARCHED,
  MAX_WAITING,
  SEARCHED_AFTER_MS,
  waitForBookings,
} from '../../../src/api/webhooks/waiting-orders';
import { Failure } from '../../../src/booking/failures';
import type { News } from '../../../src/providers/news';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const later = (ms: number) => jest.advanceTimersByTimeAsync(ms);

function news(orderId: string, event = 'labtest.order.updated'): News {
  return { kind: 'order', event, orderId, bookingId: null, live: false, said: null };
}

/** Orders that wait, in a world that has the given ones, and what became of the news of each. */
function room() {
  const world = {
    known: new Map<string, string[]>(),
    searches: [] as (readonly string[])[],
    told: [] as string[],
    outcomes: [] as string[],
    away: false,
    errors: 0,
    onTell: () => Promise.resolve(),
  };
  const orders = waitForBookings<'told'>({
    find(orderIds) {
      world.searches.push(orderIds);
      if (world.away) return Promise.reject(new Failure('temporal_unavailable'));
      return Promise.resolve(world.known);
    },
    async tell(orderId, bookingIds, burst) {
      await world.onTell();
      world.told.push(`${bookingIds.join()} of ${burst.length} for ${orderId}`);
      return burst.map(() => 'told' as const);
    },
    settled: ({ orderId, event }, outcome) =>
      void world.outcomes.push(`${orderId} ${event.slice(8)} ${outcome}`),
    log: { error: () => void (world.errors += 1) },
  });
  return { world, orders };
}

it('are searched for together, three times within 10 s, and then nobody has them', async () => {
  const { world, orders } = room();
  for (let n = 0; n < 20; n += 1) orders.add(`o${n}`, news(`o${n}`));
  expect(orders.size()).toBe(20);
  await later(1_999);
  expect(world.searches).toEqual([]);
  await later(1);
  expect(world.searches).toHaveLength(1);
  await later(10_000);
  expect(world.searches.map(({ length }) => length)).toEqual([20, 20, 20]);
  expect(SEARCHED_AFTER_MS).toEqual([2_000, 5_000, 10_000]);
  expect(world.outcomes).toHaveLength(20);
  expect(world.outcomes).toContain('o7 order.updated not_ours');
  expect(orders.size()).toBe(0);
  await later(60_000);
  expect(world.searches).toHaveLength(3);
});

it('cost one search for all news of them, and one for each later burst once nobody had them', async () => {
  const { world, orders } = room();
  for (const event of ['labtest.order.created', 'labtest.order.updated']) orders.add('o', news('o', event));
  await later(12_000);
  expect(world.outcomes).toEqual(['o order.created not_ours', 'o order.updated not_ours']);
  expect(world.searches).toHaveLength(3);
  for (let n = 0; n < 4; n += 1) orders.add('o', news('o'));
  await later(12_000);
  expect(world.outcomes).toHaveLength(6);
  expect(world.searches).toHaveLength(4);
});

it('have their booking told once it is found, of all that waited', async () => {
  const { world, orders } = room();
  orders.add('o', news('o'));
  await later(2_000);
  world.known.set('o', ['b1', 'b2']);
  orders.add('o', news('o'));
  await later(4_000);
  expect(world.told).toEqual(['b1,b2 of 2 for o']);
  expect(world.outcomes).toEqual(['o order.updated told', 'o order.updated told']);
  await later(10_000);
  expect(world.searches).toHaveLength(2);
});

it('are no fewer tries while Temporal is away', async () => {
  const { world, orders } = room();
  world.away = true;
  orders.add('o', news('o'));
  await later(60_000);
  expect(world.outcomes).toEqual([]);
  world.away = false;
  world.known.set('o', ['b']);
  await later(2_000);
  expect(world.told).toEqual(['b of 1 for o']);
  expect(world.errors).toBe(0);
});

it('wait on where their booking could not be told', async () => {
  const { world, orders } = room();
  world.known.set('o', ['b']);
  world.onTell = () => Promise.reject(new Failure('temporal_unavailable'));
  orders.add('o', news('o'));
  await later(2_000);
  expect([orders.size(), world.outcomes]).toEqual([1, []]);
  world.onTell = () => Promise.resolve();
  await later(2_000);
  expect(world.outcomes).toEqual(['o order.updated told']);
});

it('are given up at a bug, which is logged, and no other with them', async () => {
  const { world, orders } = room();
  world.known.set('bad', ['b']).set('good', ['b']);
  let told = 0;
  world.onTell = () => (told++ === 0 ? Promise.reject(new Error('a bug')) : Promise.resolve());
  orders.add('bad', news('bad'));
  orders.add('good', news('good'));
  await later(2_000);
  expect([...world.outcomes].sort()).toEqual(['bad order.updated failed', 'good order.updated told']);
  expect(world.errors).toBe(1);
});

it('are searched for in pieces', async () => {
  const { world, orders } = room();
  for (let n = 0; n < MAX_SEARCHED + 1; n += 1) orders.add(`o${n}`, news(`o${n}`));
  await later(2_000);
  expect(world.searches.map(({ length }) => length)).toEqual([MAX_SEARCHED, 1]);
});

it('do not wait for each other to be told, as a booking at work is looked at for seconds', async () => {
  const { world, orders } = room();
  world.onTell = () => new Promise((resolve) => setTimeout(resolve, 2_000));
  for (let n = 0; n < MAX_SEARCHED; n += 1) {
    world.known.set(`o${n}`, ['b']);
    orders.add(`o${n}`, news(`o${n}`));
  }
  await later(4_000);
  expect(world.outcomes).toHaveLength(MAX_SEARCHED);
});

it('are dropped when too many news wait, those first that have waited longest', async () => {
  const { world, orders } = room();
  for (let n = 0; n < MAX_WAITING; n += 1) orders.add(`o${n}`, news(`o${n}`));
  await later(2_000);
  orders.add('one more', news('one more'));
  expect(world.outcomes).toEqual(['o0 order.updated dropped']);
  expect(orders.size()).toBe(MAX_WAITING);
});

it('are refused rather than dropped while nothing that waits could be searched for', async () => {
  const { world, orders } = room();
  world.away = true;
  for (let n = 0; n < MAX_WAITING; n += 1) orders.add(`o${n}`, news(`o${n}`));
  await later(60_000);
  expect(() => orders.add('one more', news('one more'))).toThrow(new Failure('temporal_unavailable'));
  expect(world.outcomes).toEqual([]);
  expect(orders.size()).toBe(MAX_WAITING);
});

it('are searched for a last time at the end', async () => {
  const { world, orders } = room();
  world.known.set('ours', ['b']);
  orders.add('ours', news('ours'));
  orders.add('else', news('else'));
  await orders.stop();
  expect([...world.outcomes].sort()).toEqual(['else order.updated not_ours', 'ours order.updated told']);
  const away = room();
  away.world.away = true;
  away.orders.add('ours', news('ours'));
  await away.orders.stop();
  expect(away.world.outcomes).toEqual(['ours order.updated failed']);
  await later(60_000);
  expect(world.searches).toHaveLength(1);
});
