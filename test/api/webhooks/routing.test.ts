import { adoptedBookingId } from '../../../src/booking/ids';
import type { BookingSummary } from '../../../src/booking/schema/summary';
import { eventLabel, newsOf, type News } from '../../../src/api/webhooks/news';
import { routeNews, SEARCH_PAUSES_MS, type Routing } from '../../../src/api/webhooks/routing';

const ORDER = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';
const PLACED_ID = '0123456789abcdefghjkmnpqrs';
const ID_KEY = Buffer.alloc(32, 2);
const ADOPTED_ID = adoptedBookingId(ID_KEY, 'junction', 'second', ORDER);

describe('news of an event', () => {
  const appointment = 'labtest.appointment.updated';
  const order = 'labtest.order.created';
  it.each<[string, unknown, News | null]>([
    [
      'an appointment',
      { event_type: appointment, data: { id: 'x', order_id: ORDER, status: 'confirmed' }, more: 1 },
      { kind: 'appointment', orderId: ORDER, bookingId: null, live: true },
    ],
    [
      'a cancelled appointment',
      { event_type: appointment, data: { order_id: ORDER, status: 'cancelled' } },
      { kind: 'appointment', orderId: ORDER, bookingId: null, live: false },
    ],
    [
      'an appointment with a status that nobody knows',
      { event_type: appointment, data: { order_id: ORDER, status: 'teleported' } },
      { kind: 'appointment', orderId: ORDER, bookingId: null, live: true },
    ],
    [
      'an order of ours',
      { event_type: order, data: { id: ORDER, passthrough: PLACED_ID } },
      { kind: 'order', orderId: ORDER, bookingId: PLACED_ID, live: false },
    ],
    [
      "an order with somebody else's passthrough",
      { event_type: order, data: { id: ORDER, passthrough: "x' OR 1=1" } },
      { kind: 'order', orderId: ORDER, bookingId: null, live: false },
    ],
    ['an appointment that names no order', { event_type: appointment, data: { id: 'x' } }, null],
    ['an order id that is none', { event_type: order, data: { id: "x' OR 1=1" } }, null],
    ['an event without data', { event_type: order, data: null }, null],
    ['an event of another kind', { event_type: 'daily.data.sleep.created', data: { id: ORDER } }, null],
    ['a list', [1], null],
    ['nothing', undefined, null],
  ])('%s', (_name, body, news) => {
    expect(newsOf(body)).toEqual(news);
  });

  it('counts unknown events under one label', () => {
    expect(eventLabel({ event_type: appointment })).toBe(appointment);
    expect(eventLabel({ event_type: 'constructor' })).toBe('other');
    expect(eventLabel({ event_type: 'whatever they send' })).toBe('other');
    expect(eventLabel(undefined)).toBe('other');
  });
});

describe('routing', () => {
  interface World {
    open?: string[];
    unaccounted?: string[];
    /** What the search finds, and at which look. */
    found?: { id: string; open: boolean }[];
    foundAtLook?: number;
  }

  function routing({ open = [], unaccounted = [], found = [], foundAtLook = 1 }: World) {
    const calls: string[] = [];
    let looks = 0;
    const world: Routing = {
      idKey: ID_KEY,
      accounts: ['default', 'second'],
      client: {
        wake: (id, kind) => {
          calls.push(`wake ${id} ${kind}`);
          return Promise.resolve(open.includes(id));
        },
        list: () => {
          looks += 1;
          const rows = looks >= foundAtLook ? found : [];
          return Promise.resolve({ bookings: rows.map(summary), nextPageToken: null });
        },
        cleanUp: (id) => {
          calls.push(`cleanUp ${id}`);
          return Promise.resolve(unaccounted.includes(id));
        },
      },
    };
    return { world, calls, looks: () => looks };
  }

  function summary({ id, open }: { id: string; open: boolean }): BookingSummary {
    const unknown = { status: null, provider: null, account: null, reference: null, orderId: ORDER };
    return { id, open, ...unknown, startsAt: null, attention: null, createdAt: null, endedAt: null };
  }

  const news = (over: Partial<News> = {}): News => ({
    kind: 'appointment',
    orderId: ORDER,
    bookingId: null,
    live: true,
    ...over,
  });
  const never = new AbortController().signal;

  it('wakes the booking that adopted the order, in whichever account, without a search', async () => {
    const { world, looks } = routing({ open: [ADOPTED_ID] });
    expect(await routeNews(world, news(), never)).toBe('woken');
    expect(looks()).toBe(0);
  });

  it('wakes the booking that placed the order, by its passthrough', async () => {
    const { world, calls } = routing({ open: [PLACED_ID] });
    expect(await routeNews(world, news({ kind: 'order', bookingId: PLACED_ID, live: false }), never)).toBe(
      'woken',
    );
    expect(calls).toContain(`wake ${PLACED_ID} order`);
  });

  it('wakes the booking that the search finds late', async () => {
    const { world, looks } = routing({
      open: [PLACED_ID],
      found: [{ id: PLACED_ID, open: true }],
      foundAtLook: 3,
    });
    expect(await routeNews(world, news(), never)).toBe('woken');
    expect(looks()).toBe(3);
  });

  it('cleans up after an ended booking that left a call unaccounted for, when the appointment lives', async () => {
    const ended = { found: [{ id: PLACED_ID, open: false }], unaccounted: [PLACED_ID] };
    expect(await routeNews(routing(ended).world, news(), never)).toBe('clean_up');
    const cancelled = routing(ended);
    expect(await routeNews(cancelled.world, news({ live: false }), never)).toBe('nothing_to_do');
    expect(cancelled.calls.filter((call) => call.startsWith('cleanUp'))).toEqual([]);
  });

  it('leaves an ended booking alone that accounted for everything', async () => {
    const { world } = routing({ found: [{ id: PLACED_ID, open: false }] });
    expect(await routeNews(world, news(), never)).toBe('nothing_to_do');
  });

  it('gives up orders of others when the search was stopped', async () => {
    const stopped = AbortSignal.abort();
    const { world, looks } = routing({});
    expect(await routeNews(world, news(), stopped)).toBe('not_ours');
    expect(looks()).toBe(1);
  });

  it('searches for about 10 s, well inside the 15 s that the provider waits', () => {
    const total = SEARCH_PAUSES_MS.reduce<number>((sum, pauseMs) => sum + pauseMs, 0);
    expect(total).toBeGreaterThan(9_000);
    expect(total).toBeLessThanOrEqual(10_000);
  });
});
