import { toAppointment } from '../../../src/providers/junction/parse';
import { appointmentWire } from '../../../src/providers/junction/wire';
import { UNHEARD } from '../../../src/providers/once';
import type { OrderCalls } from '../../../src/providers/provider';
import { anAppointment, anOrder, AT_HOME, BOOKING_ID, ORDER_ID, USER_ID } from './fixtures';
import { failureOf, junctionStage } from './setup';

/**
 * Answers with an odd element, or with one thing in the clothes of another. The good elements count. What a list does not
 * show is known not to be there only where all of the list could be read.
 */

const stage = junctionStage();
const LIST = 'GET /v3/orders';
const REASONS = 'GET /v3/order/phlebotomy/appointment/cancellation-reasons';
const AREA = 'GET /v3/order/area/info';
const CANCEL = `PATCH /v3/order/${ORDER_ID}/phlebotomy/appointment/cancel`;
const APPOINTMENT = `GET /v3/order/${ORDER_ID}/phlebotomy/appointment`;
const ORDER = `GET /v3/order/${ORDER_ID}`;

const fields = () => stage().warned.map((facts) => new Map(Object.entries(facts)).get('field'));

describe('orders', () => {
  const ORDERED = 'received.at_home_phlebotomy.ordered';
  const CANCELLED = 'cancelled.at_home_phlebotomy.cancelled';
  const orders = (): OrderCalls => {
    const calls = stage().provider().orders;
    if (!calls) throw new Error('Junction has orders');
    return calls;
  };
  const where = { bookingId: BOOKING_ID, userId: USER_ID, createdSince: '2026-12-01T08:00:00.000Z' };
  const find = () => orders().find(stage().call(), where);
  const other = (id: string) => anOrder(ORDERED, { id, passthrough: null });
  const ODD: [string, unknown][] = [
    ['null', null],
    ['a text', 'order'],
    ['an order without an id', { ...anOrder(ORDERED), id: null }],
    ['an order whose passthrough cannot be read', { ...other('x'), passthrough: { is: 'odd' } }],
  ];

  test.each(ODD)('ours is found beside %s', async (_what, odd) => {
    stage().server.expect(LIST, { body: { orders: [odd, anOrder(ORDERED)], total: 2 } });
    expect((await find())?.id).toBe(ORDER_ID);
    expect(fields()).toEqual(['list_orders.orders[]']);
  });

  test.each(ODD)('that none is ours is not known beside %s', async (_what, odd) => {
    stage().server.expect(LIST, { body: { orders: [odd, other('o1')], total: 2 } });
    expect((await failureOf(find())).code).toBe('provider_unavailable');
  });

  test('it is known where all orders that are counted are read: what is beside them is no order', async () => {
    stage().server.expect(LIST, { body: { orders: [null, other('o1'), {}, 'x', []], total: 1 } });
    expect(await find()).toBeNull();
  });

  test('it is not where odd ones make up the number, on a page that is full', async () => {
    const body = { orders: [null, other('o1')], total: 2, size: 2 };
    stage().server.expect(LIST, { body });
    stage().server.expect(LIST, { body: { ...body, orders: [] } });
    expect((await failureOf(find())).code).toBe('provider_unavailable');
  });

  test('nor that ours has ended, for a live one may be the one that cannot be read', async () => {
    stage().server.expect(LIST, { body: { orders: [anOrder(CANCELLED), null], total: 2 } });
    expect((await failureOf(find())).code).toBe('provider_unavailable');
  });

  test.each([null, 'none', {}, { next: null }])('a list that is %p proves nothing', async (list) => {
    stage().server.expect(LIST, { body: { orders: list, total: 0 } });
    expect((await failureOf(find())).code).toBe('provider_unavailable');
  });

  test.each<[string, unknown]>([
    ['an object of indexes', { '0': other('o1'), '1': anOrder(ORDERED) }],
    ['the one order without its list', anOrder(ORDERED)],
  ])('a list that is %s is read', async (_what, list) => {
    stage().server.expect(LIST, { body: { orders: list } });
    expect((await find())?.id).toBe(ORDER_ID);
  });

  test.each<[string, object]>([
    ['counts as text', { total: '2', size: '1' }],
    ['a total that cannot be', { total: -1, size: 1 }],
    ['a total of none beside an order', { total: 0, size: 1 }],
    ['a total with a sign', { total: 'two', size: '1' }],
  ])('%s: the next page is read', async (_what, counts) => {
    stage().server.expect(LIST, { body: { orders: [other('o1')], ...counts } });
    stage().server.expect(LIST, { body: { orders: [anOrder(ORDERED)], ...counts } });
    if (!('total' in counts && counts.total === '2'))
      stage().server.expect(LIST, { body: { orders: [], ...counts } });
    expect((await find())?.id).toBe(ORDER_ID);
  });

  test('the audit is given what can be read, and then told that it was not all', async () => {
    stage().server.expect(LIST, { body: { orders: [anOrder(ORDERED), null], total: 2 } });
    const seen: string[] = [];
    const listing = (async () => {
      for await (const { id } of orders().list(stage().call(), where)) seen.push(id);
    })();
    expect((await failureOf(listing)).code).toBe('provider_unavailable');
    expect(seen).toEqual([ORDER_ID]);
  });

  test('of a user, what cannot be read explains nothing', async () => {
    stage().server.expect(LIST, { body: { orders: [null, anOrder(ORDERED)], total: 2 } });
    const found = await orders().ofUser(stage().call(), { userId: USER_ID, max: 10 });
    expect(found.map(({ id }) => id)).toEqual([ORDER_ID]);
  });

  test.each<[string, unknown]>([
    ['null', { order: null, status: 'success' }],
    ['null beside an id of the call', { order: null, id: 'call-7' }],
    ['an object of nothing', { order: {} }],
  ])('an answer to placing whose order is %s may have placed it', async (_what, body) => {
    stage().server.expect('POST /v3/order', { body });
    const placed = orders().place(stage().call(), { bookingId: BOOKING_ID, key: 'k', request: AT_HOME });
    expect((await failureOf(placed)).code).toBe('outcome_unknown');
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['capitals', { last_event: { status: 'Received.At_Home_Phlebotomy.REQUISITION_CREATED' } }, 'ready'],
    ['blanks', { last_event: { status: ' received.at_home_phlebotomy. ordered ' } }, 'received'],
    ['no last event but ""', { last_event: { status: '' } }, 'received'],
    ['odd events', { last_event: null, events: [null, 7, { status: ORDERED }] }, 'received'],
    ['an event without its list', { last_event: null, events: { status: ORDERED } }, 'received'],
  ])('the word of an order with %s', async (_what, more, phase) => {
    stage().server.expect(ORDER, { body: anOrder(ORDERED, more) });
    expect(await orders().read(stage().call(), ORDER_ID)).toMatchObject({ phase });
  });

  test('a kind in another case is the kind that is looked for', async () => {
    const order = anOrder(ORDERED, { details: { type: 'At_Home_Phlebotomy' } });
    stage().server.expect(LIST, { body: { orders: [order], total: 1 } });
    const found = await orders().ofUser(stage().call(), { userId: USER_ID, max: 10 });
    expect(found).toMatchObject([{ id: ORDER_ID, kind: 'at_home_phlebotomy' }]);
  });
});

describe('an appointment', () => {
  const seen = async (more: Record<string, unknown>) => {
    stage().server.expect(APPOINTMENT, { body: anAppointment(more) });
    const where = { orderId: ORDER_ID, request: {}, startsAt: null, ownIds: [], maker: '' };
    return (await stage().provider().lookUp(stage().call(), where)).live[0];
  };

  test.each<[string, Record<string, unknown>]>([
    ['capitals', { status: 'Confirmed', event_status: 'SCHEDULED', provider: 'Getlabs' }],
    ['blanks', { status: ' confirmed', event_status: 'scheduled ', provider: ' getlabs ' }],
  ])('whose words come with %s is read as if they came without', async (_what, words) => {
    expect(await seen(words)).toMatchObject({
      status: 'confirmed',
      eventStatus: 'scheduled',
      phase: 'confirmed',
      provider: 'getlabs',
    });
    expect(fields()).toEqual([]);
  });

  test.each(['', 'null', null])('an event status of %p says nothing', async (event_status) => {
    expect(await seen({ event_status, events: [], event_data: null })).toMatchObject({
      phase: 'confirmed',
    });
  });

  test('an unknown word is carried as it came, and is no other word', async () => {
    expect(await seen({ status: 'No Show', event_status: null, events: [] })).toMatchObject({
      status: 'No Show',
      phase: 'unknown',
    });
  });

  test.each<[unknown, boolean | null]>([
    ['false', false],
    ['True', true],
    [0, false],
    ['maybe', null],
  ])('can_reschedule %p is %p', async (can_reschedule, read) => {
    expect(await seen({ can_reschedule })).toMatchObject({ canReschedule: read });
    expect(fields()).toEqual(read === null ? ['appointment.can_reschedule'] : []);
  });

  test('odd events are passed over', async () => {
    const events = [null, 'x', { created_at: '2026-12-01T08:00:00Z', status: 'scheduled' }];
    expect(await seen({ event_status: null, events })).toMatchObject({ eventStatus: 'scheduled' });
    expect(fields()).toEqual(['appointment.events[]']);
  });

  test('an id past 2^53 as text keeps its digits', async () => {
    expect(await seen({ id: '9007199254740993', external_id: 12345 })).toMatchObject({
      id: '9007199254740993',
      externalId: '12345',
    });
  });
});

describe('cancellation reasons', () => {
  const ONE = '11111111-1111-4111-8111-111111111111';
  const TWO = '22222222-2222-4222-8222-222222222222';
  const reason = (id: string, is_refundable: unknown) => ({
    id,
    name: `Reason ${id[0] ?? ''}`,
    is_refundable,
  });

  function cancel(list: unknown, wanted: string | null = null): Promise<unknown> {
    stage().server.expect(REASONS, { body: list });
    return stage()
      .provider()
      .cancelAppointment(stage().call(), {
        orderId: ORDER_ID,
        appointmentId: 'a',
        request: {},
        seen: toAppointment(appointmentWire.parse(anAppointment()), ORDER_ID, UNHEARD),
        reason: wanted,
      });
  }

  test.each<[string, unknown, string | null, string]>([
    ['"true" is refundable', [reason(ONE, 'false'), reason(TWO, 'true')], null, TWO],
    ['an odd one is passed over', [null, 7, { id: {} }, reason(ONE, false), reason(TWO, true)], null, TWO],
    ['an object of indexes', { '0': reason(ONE, false), '1': reason(TWO, true) }, null, TWO],
    ['the one that was asked for is found beside an odd one', [null, reason(ONE, false)], 'reason 1', ONE],
  ])('%s', async (_what, list, wanted, id) => {
    const cancelled = cancel(list, wanted);
    stage().server.expect(CANCEL, { body: anAppointment({ status: 'cancelled' }) });
    await cancelled;
    expect(stage().server.received.at(-1)?.body).toMatchObject({ cancellation_reason_id: id });
  });

  test('that none is refundable, which costs money, is not known beside an odd one', async () => {
    expect((await failureOf(cancel([null, reason(ONE, false)]))).code).toBe('provider_unavailable');
  });
});

describe('area info', () => {
  const choose = (phlebotomy: unknown, wanted: 'book' | 'request' | null = null) => {
    stage().server.expect(AREA, { body: { zip_code: '54650', phlebotomy } });
    const { tiers } = stage().provider();
    const address = { ...AT_HOME.patient?.address, secondLine: null, accessNotes: null, country: 'US' };
    if (!tiers || !address.firstLine) throw new Error('at home there are tiers');
    const { firstLine, city = '', state = '', zip = '' } = address;
    const place = { ...address, firstLine, city, state, zip };
    return tiers.choose(stage().call(), { address: place, wanted });
  };
  const ready = { name: 'getlabs', service_types: ['appointment-ready'] };
  const byRequest = { name: 'phlebfinders', service_types: ['appointment-request'] };

  test.each<[string, unknown, object]>([
    ['"true"', { is_served: 'true', providers: [ready] }, { tier: 'book' }],
    ['an odd provider beside', { is_served: true, providers: [null, 'x', ready] }, { tier: 'book' }],
    [
      'an odd word beside',
      { is_served: true, providers: [{ name: 'a', tier: [null, 'appointment-ready'] }] },
      { tier: 'book' },
    ],
    [
      'a word without its list',
      { is_served: true, providers: [{ name: 'a', tier: 'appointment-ready' }] },
      { tier: 'book' },
    ],
    [
      'another case',
      { is_served: true, providers: [{ name: 'a', tier: ['Appointment Ready'] }] },
      { tier: 'book' },
    ],
    [
      'one provider without its list',
      { is_served: true, providers: byRequest },
      { tier: 'request', vendor: 'phlebfinders' },
    ],
  ])('%s', async (_what, phlebotomy, tier) => {
    expect(await choose(phlebotomy)).toEqual(tier);
  });

  test.each(['false', false, 0])('an area that is served %p is not', async (is_served) => {
    expect((await failureOf(choose({ is_served, providers: null }))).code).toBe('area_not_served');
  });

  test.each<[string, unknown]>([
    ['an odd provider', { is_served: true, providers: [null, byRequest] }],
    ['an odd word', { is_served: true, providers: [{ ...byRequest, tier: [7] }] }],
    ['no list', { is_served: true, providers: null }],
    ['no word on whether it is served', { is_served: 'perhaps', providers: [byRequest] }],
  ])('that slots are not had there is not known with %s', async (_what, phlebotomy) => {
    expect((await failureOf(choose(phlebotomy, 'book'))).code).toBe('provider_unavailable');
  });
});

describe('a list of mistakes', () => {
  const book = (detail: unknown) => {
    stage().server.expect(`POST /v3/order/${ORDER_ID}/phlebotomy/appointment/book`, {
      status: 422,
      body: { detail },
    });
    return stage().provider().book(stage().call(), {
      orderId: ORDER_ID,
      slotKey: 'k',
      startsAt: '2026-12-07T16:00:00Z',
      before: [],
      ref: 'r',
      request: AT_HOME,
      key: null,
    });
  };

  test('with an odd one names the field of the good one', async () => {
    const detail = [null, 7, { loc: ['body', 'booking_key'], msg: 'bad' }];
    expect(await failureOf(book(detail))).toMatchObject({
      code: 'request_refused',
      facts: { field: 'slot.key' },
    });
  });

  test.each([[[null]], [[7, 'x']], [[{}]]])('of odd ones only is nobody’s: %p', async (detail) => {
    expect((await failureOf(book(detail))).code).toBe('outcome_unknown');
  });
});
