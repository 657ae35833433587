import { MockActivityEnvironment } from '@temporalio/testing';
import { createProviderAuditActivities } from '../../activities';
import type { ProviderAuditActivities } from '../../activities/contract';
import type { AuditedBooking, AuditPlace } from '../../src/booking/audit';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Order } from '../../src/booking/model';
import { bytesOf } from '../../src/booking/small-view';
import type { OrderCalls, Provider } from '../../src/providers/provider';

const PLACE: AuditPlace = {
  provider: 'junction-phlebotomy',
  account: 'default',
  taskQueue: 'bookings-junction',
  callTimeoutMs: 1_000,
  hasOrders: true,
  refReturns: true,
};

/** A confirmed booking whose appointment the provider shows as it is, unless `lookUp` says otherwise. */
const booking = (n: number): AuditedBooking => ({
  id: `b-${n}`,
  createdAt: '2026-12-01T00:00:00.000Z',
  status: 'confirmed',
  open: true,
  waits: false,
  order: { id: `o-${n}`, origin: 'placed' },
  appointment: { id: `a-${n}`, status: 'confirmed', startsAt: null },
  triedAt: null,
  undone: {},
  party: null,
});

const order = (n: number, over: Partial<Order> = {}): Order => ({
  id: `o-${n}`,
  status: 'received.at_home_phlebotomy.ordered',
  phase: 'received',
  kind: 'at_home_phlebotomy',
  passthrough: `passthrough-${n}`,
  userId: null,
  address: null,
  dob: null,
  hasAppointmentSince: null,
  createdAt: new Date(Date.UTC(2026, 10, 1) + n * 1_000).toISOString(),
  ...over,
});

const unexpected = (): never => {
  throw new TypeError('not expected to be called');
};

/** The activities beside a provider of which only this is asked. */
function activitiesOf(asked: {
  lookUp?: (orderId: string | null) => void;
  list?: OrderCalls['list'];
  read?: OrderCalls['read'];
}): ProviderAuditActivities {
  const orders: OrderCalls = {
    place: unexpected,
    find: unexpected,
    cancel: unexpected,
    ofUser: unexpected,
    list: asked.list ?? unexpected,
    read: asked.read ?? unexpected,
  };
  const provider: Provider = {
    name: 'junction-phlebotomy',
    orders,
    tiers: null,
    reschedule: null,
    searchSlots: unexpected,
    book: unexpected,
    cancelAppointment: unexpected,
    lookUp: async (_call, { orderId }) => {
      asked.lookUp?.(orderId);
      const id = orderId?.replace('o-', 'a-') ?? '';
      // The fields that the comparison looks at.
      const seen = {
        id,
        status: 'confirmed',
        phase: 'confirmed',
        startsAt: null,
        ref: null,
      } as Appointment;
      return { order: null, live: [seen], ended: [] };
    },
  };
  return createProviderAuditActivities(() => provider);
}

const run = <A extends keyof ProviderAuditActivities>(
  activities: ProviderAuditActivities,
  name: A,
  input: Parameters<ProviderAuditActivities[A]>[0],
  attempt = 1,
): Promise<Awaited<ReturnType<ProviderAuditActivities[A]>>> =>
  // Name and input belong together, which the compiler does not follow through the union.
  new MockActivityEnvironment({ attempt }).run(activities[name] as never, input as never);

const bookings = (count: number) => Array.from({ length: count }, (_, n) => booking(n));

describe('holding bookings against a provider', () => {
  test('goes on past one that fails and past one that meets a bug', async () => {
    const activities = activitiesOf({
      lookUp(orderId) {
        if (orderId === 'o-1') throw new Failure('unexpected_answer');
        if (orderId === 'o-2') throw new RangeError('Invalid time value');
      },
    });
    const answer = await run(activities, 'compareBookings', { place: PLACE, bookings: bookings(4) });
    expect(answer).toMatchObject({
      gaveUp: null,
      findings: [
        { kind: 'unreadable', bookingId: 'b-1', shown: 'unexpected_answer' },
        { kind: 'unreadable', bookingId: 'b-2', shown: 'activity_failed' },
      ],
    });
  });

  test('gives an account up that does not answer, and names what it found before', async () => {
    const asked: (string | null)[] = [];
    const activities = activitiesOf({
      lookUp(orderId) {
        asked.push(orderId);
        if (orderId === 'o-0') throw new Failure('unexpected_answer');
        throw new Failure('credentials_rejected');
      },
    });
    const answer = await run(activities, 'compareBookings', { place: PLACE, bookings: bookings(20) });
    expect(answer).toMatchObject({ gaveUp: 'credentials_rejected', findings: [{ bookingId: 'b-0' }] });
    expect(answer.findings).toHaveLength(1);
    expect(asked).toHaveLength(11);
  });

  test('does not take a provider for away that answers now and then', async () => {
    const activities = activitiesOf({
      lookUp(orderId) {
        if (orderId !== 'o-5' && orderId !== 'o-12') throw new Failure('provider_unavailable');
      },
    });
    const answer = await run(activities, 'compareBookings', { place: PLACE, bookings: bookings(20) });
    expect(answer.gaveUp).toBeNull();
    expect(answer.findings).toHaveLength(18);
  });
});

describe('listing orders', () => {
  const since = '2026-11-01T00:00:00.000Z';

  /** A list that goes back an hour behind its start, as adapters do. */
  const listing = (orders: Order[]): OrderCalls['list'] =>
    async function* (_call, { createdSince }) {
      const fromMs = Date.parse(createdSince) - 3_600_000;
      for (const one of orders)
        if (Date.parse(one.createdAt ?? since) >= fromMs) yield await Promise.resolve(one);
    };

  const all = async (orders: Order[]) => {
    const activities = activitiesOf({ list: listing(orders) });
    const pieces: Awaited<ReturnType<ProviderAuditActivities['tracedOrders']>>[] = [];
    for (let after = null as (typeof pieces)[number]['next'], first = true; first || after; first = false) {
      const piece = await run(activities, 'tracedOrders', { place: PLACE, since, after });
      pieces.push(piece);
      after = piece.next;
      if (pieces.length > 50) throw new Error('the list has no end');
    }
    return pieces;
  };

  test('goes in pieces that fit into a payload, and names each order once', async () => {
    const orders = Array.from({ length: 1_000 }, (_, n) => order(n, { passthrough: 'x'.repeat(800) }));
    const pieces = await all(orders);
    expect(pieces.flatMap((piece) => piece.orders.map(({ orderId }) => orderId))).toEqual(
      orders.map(({ id }) => id),
    );
    expect(pieces.reduce((sum, { seen }) => sum + seen, 0)).toBe(1_000);
    for (const piece of pieces) expect(bytesOf(piece)).toBeLessThan(400_000);
  });

  test('goes on past many orders of one moment', async () => {
    const orders = Array.from({ length: 700 }, (_, n) => order(n, { createdAt: since }));
    const pieces = await all(orders);
    expect(new Set(pieces.flatMap((piece) => piece.orders.map(({ orderId }) => orderId))).size).toBe(700);
  });

  test('says so when nobody can tell where it would go on', async () => {
    const orders = Array.from({ length: 400 }, (_, n) => order(n, { createdAt: null }));
    const pieces = await all(orders);
    expect(pieces).toMatchObject([{ next: null, gaveUp: 'unexpected_answer' }]);
  });

  test('passes over what has ended and what carries nothing', async () => {
    const [piece] = await all([
      order(0, { phase: 'cancelled' }),
      order(1, { phase: 'with_lab' }),
      order(2, { passthrough: null }),
      order(3, { phase: 'unknown' }),
    ]);
    expect(piece).toMatchObject({ seen: 4, orders: [{ orderId: 'o-3', bookingId: 'passthrough-3' }] });
  });

  const breaking = (code: 'provider_unavailable' | 'unexpected_answer') =>
    activitiesOf({
      async *list() {
        yield await Promise.resolve(order(0));
        throw new Failure(code);
      },
    });

  test('that ends half-way is tried again where time may cure it, then tells what there was and why it ended', async () => {
    const input = { place: PLACE, since, after: null };
    await expect(run(breaking('provider_unavailable'), 'tracedOrders', input)).rejects.toMatchObject({
      type: 'provider_unavailable',
    });
    const partial = { orders: [{ orderId: 'o-0' }], seen: 1, next: null };
    expect(await run(breaking('provider_unavailable'), 'tracedOrders', input, 3)).toMatchObject({
      ...partial,
      gaveUp: 'provider_unavailable',
    });
    expect(await run(breaking('unexpected_answer'), 'tracedOrders', input)).toMatchObject({
      ...partial,
      gaveUp: 'unexpected_answer',
    });
  });
});

test('an order that cannot be read again is told as it was seen', async () => {
  const activities = activitiesOf({
    read: async (_call, id) => {
      if (id === 'o-1') throw new Failure('order_not_found');
      return order(2, { phase: 'cancelled' });
    },
  });
  const orders = [1, 2].map((n) => ({ orderId: `o-${n}`, bookingId: `b-${n}`, status: 'received' }));
  expect(await run(activities, 'stillLive', { place: PLACE, orders })).toEqual([orders[0]]);
});
