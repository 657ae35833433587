import { newsReader } from '../../../src/providers/junction/news';
import type { News } from '../../../src/providers/news';
import { MOVED_APPOINTMENT, SEED_ORDER } from './fixtures';

const { eventLabel, newsOf } = newsReader;

const ORDER = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';
const PLACED_ID = '0123456789abcdefghjkmnpqrs';

describe('news of an event', () => {
  const appointment = 'labtest.appointment.updated';
  const order = 'labtest.order.created';
  it.each<[string, unknown, Partial<News> | null]>([
    [
      'an appointment',
      { event_type: appointment, data: { id: 'x', order_id: ORDER, status: 'confirmed' }, more: 1 },
      { kind: 'appointment', orderId: ORDER, bookingId: null, live: true, said: null },
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
    const read = newsOf(body);
    if (news) expect(read).toMatchObject(news);
    else expect(read).toBeNull();
  });

  it('counts unknown events under one label', () => {
    expect(eventLabel({ event_type: appointment })).toBe(appointment);
    expect(eventLabel({ event_type: 'constructor' })).toBe('other');
    expect(eventLabel({ event_type: 'whatever they send' })).toBe('other');
    expect(eventLabel(undefined)).toBe('other');
  });
});

describe('what it says', () => {
  const appointment = (over: object): News['said'] =>
    newsOf({ event_type: 'labtest.appointment.updated', data: { ...MOVED_APPOINTMENT, ...over } })?.said ??
    null;
  const order = (over: object): News['said'] =>
    newsOf({ event_type: 'labtest.order.updated', data: { ...SEED_ORDER, ...over } })?.said ?? null;

  it('of an appointment is read as an answer is: words, times without an offset', () => {
    expect(appointment({ status: 'Confirmed', event_status: undefined })).toMatchObject({
      of: 'appointment',
      is: {
        id: MOVED_APPOINTMENT.id,
        status: 'confirmed',
        eventStatus: 'scheduled',
        startsAt: '2022-01-01T00:00:00.000Z',
        canReschedule: true,
      },
      age: { newestMs: Date.parse('2022-01-01T00:00:00Z'), events: 2 },
    });
  });

  it('of an order is its full status, as an answer shows it', () => {
    const status = 'received.at_home_phlebotomy.requisition_created';
    const last = { id: 1, created_at: '2026-01-01T00:00:00Z', status };
    expect(order({ events: [last], last_event: last })).toEqual({
      of: 'order',
      is: { id: SEED_ORDER.id, status },
      age: { newestMs: Date.parse('2026-01-01T00:00:00Z'), events: 1 },
    });
  });

  it.each([
    ['without a status', { status: undefined }],
    ['without a start', { start_at: undefined }],
    ['without an id', { id: undefined }],
  ])('of an appointment %s cannot be compared', (_name, over) => {
    expect(appointment(over)).toBeNull();
  });

  it('does not tell how new it is where an event lacks its time', () => {
    expect(appointment({ events: [] })).toMatchObject({ age: null });
    expect(appointment({ events: [{ status: 'scheduled' }] })).toMatchObject({ age: null });
    expect(appointment({ events: [...MOVED_APPOINTMENT.events, 'odd'] })).toMatchObject({ age: null });
  });

  it('of a cancelled one is no news of one that stands, in whichever of its words', () => {
    const data = { ...MOVED_APPOINTMENT, event_status: 'CANCELLED' };
    expect(newsOf({ event_type: 'labtest.appointment.updated', data })).toMatchObject({ live: false });
  });
});
