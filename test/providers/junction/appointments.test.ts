import type { BookingRequest } from '../../../src/booking/schema/request';
import type { JunctionName } from '../../../src/providers/junction/operations';
import {
  anAppointment,
  anOrder,
  AT_HOME,
  AT_SITE,
  BOOKING_ID,
  ORDER_ID,
  REF,
  SEED_APPOINTMENT,
} from './fixtures';
import { toAppointment } from '../../../src/providers/junction/parse';
import { appointmentWire } from '../../../src/providers/junction/wire';
import { API_KEY, failureOf, junctionStage } from './setup';

const stage = junctionStage();
const BASE = `/v3/order/${ORDER_ID}`;
const AT = { 'junction-phlebotomy': 'phlebotomy', 'junction-psc': 'psc' } as const;
const BOTH: JunctionName[] = ['junction-phlebotomy', 'junction-psc'];
const READY = 'received.at_home_phlebotomy.requisition_created';

const BOOK = { orderId: ORDER_ID, startsAt: '2026-12-07T16:00:00Z', before: [], ref: REF };
const WHERE = { request: AT_HOME, startsAt: null, ownIds: [], maker: BOOKING_ID };

describe('book', () => {
  interface Given {
    name?: JunctionName;
    request?: BookingRequest;
    key?: string | null;
    timeoutMs?: number;
  }
  const book = ({
    name = 'junction-phlebotomy',
    request = AT_HOME,
    key = null,
    timeoutMs = 5_000,
  }: Given = {}) =>
    stage()
      .provider(name)
      .book(stage().call({ timeoutMs }), { ...BOOK, slotKey: 'foo123', request, key });
  const line = `POST ${BASE}/phlebotomy/appointment/book`;
  const asyncRequest = (confirmation: BookingRequest['confirmation']) => ({ ...AT_HOME, confirmation });

  test("takes the slot with our reference in the notes; the seed's answer reads", async () => {
    stage().server.expect(line, { body: SEED_APPOINTMENT });
    expect(await book()).toMatchObject({ orderId: ORDER_ID, phase: 'pending', provider: 'getlabs' });
    const [sent] = stage().server.received;
    expect(sent?.body).toEqual({ booking_key: 'foo123', appointment_notes: `Left arm\nref:${REF}` });
    expect(sent?.headers['x-vital-api-key']).toBe(API_KEY);
  });

  test('asks for async confirmation, with the timeouts that the request gives', async () => {
    stage().server.expect(line, { body: anAppointment() });
    await book({ request: asyncRequest({ async: true, syncTimeoutMs: 2500, asyncTimeoutMs: 900_000 }) });
    expect(stage().server.received[0]?.body).toMatchObject({
      async_confirmation: true,
      sync_confirmation_timeout_millisecond: 2500,
      async_confirmation_timeout_millisecond: 900_000,
    });
  });

  test('leaves the timeouts out without async confirmation', async () => {
    stage().server.expect(line, { body: anAppointment() });
    await book({ request: asyncRequest({ async: false, syncTimeoutMs: 2500, asyncTimeoutMs: 900_000 }) });
    expect(Object.keys(stage().server.received[0]?.body ?? {})).toEqual(['booking_key', 'appointment_notes']);
  });

  test("waits longer than Junction's own window for the confirmation", async () => {
    stage().server.expect(line, 'silence');
    const failure = await failureOf(
      book({ timeoutMs: 50, request: asyncRequest({ async: true, syncTimeoutMs: 1000 }) }),
    );
    // Both windows, less what it waited for its turn at the account's pace.
    const said = expect.stringMatching(/^no answer within 10[0-5]\d ms$/);
    expect(failure).toMatchObject({ code: 'outcome_unknown', facts: { said } });
  });

  test('sends no idempotency key at home, where none counts', async () => {
    stage().server.expect(line, { body: anAppointment() });
    await book({ key: 'a/book/1' });
    expect(stage().server.received[0]?.headers).not.toHaveProperty('x-idempotency-key');
  });

  test.each([
    ['with a key, where the account has them', 'a/book/1', 'a/book/1', 'no-cache'],
    ['without a key, where it has not', null, undefined, undefined],
  ])('at a draw site %s', async (_name, key, sentKey, sentError) => {
    stage().server.expect(`POST ${BASE}/psc/appointment/book`, {
      body: anAppointment({ provider: 'quest' }),
    });
    await book({ name: 'junction-psc', request: AT_SITE, key });
    const headers = stage().server.received[0]?.headers;
    expect(headers?.['x-idempotency-key']).toBe(sentKey);
    expect(headers?.['x-idempotency-error']).toBe(sentError);
  });

  test('a 200 that is no appointment may have booked: unknown', async () => {
    stage().server.expect(line, { body: { garbage: true } });
    expect((await failureOf(book())).code).toBe('outcome_unknown');
  });

  test('an answer with new words is an appointment all the same, and each word is logged once', async () => {
    const provider = stage().provider();
    for (const _time of [1, 2]) {
      stage().server.expect(line, { body: anAppointment({ status: 'assigned', provider: 'newlabs' }) });
      await provider.book(stage().call(), { ...BOOK, slotKey: 'k', request: AT_HOME, key: null });
    }
    expect(stage().warned).toEqual([
      { field: 'appointment.provider', value: 'newlabs' },
      { field: 'appointment.status', value: 'assigned' },
    ]);
  });
});

describe('move', () => {
  const line = `PATCH ${BASE}/phlebotomy/appointment/reschedule`;
  const TO = '2026-12-08T16:00:00Z';
  const move = (answer: Record<string, unknown>) => {
    stage().server.expect(line, { body: anAppointment(answer) });
    return stage().provider().reschedule?.(stage().call(), {
      orderId: ORDER_ID,
      appointmentId: 'a',
      slotKey: 'foo123',
      startsAt: TO,
      ref: REF,
      request: AT_HOME,
    });
  };

  test('is done when the answer shows the appointment at the new time, in whatever zone', async () => {
    expect(await move({ start_at: '2026-12-08T09:00:00-07:00' })).toMatchObject({ phase: 'confirmed' });
    expect(stage().server.received[0]?.body).toEqual({
      booking_key: 'foo123',
      appointment_notes: `Left arm\nref:${REF}`,
    });
  });

  test('is done when the answer does not say the time', async () => {
    expect(await move({ start_at: null })).toMatchObject({ startsAt: null });
  });

  test('is unknown when the answer still shows another time', async () => {
    const failure = await failureOf(Promise.resolve(move({ start_at: '2026-12-07T16:00:00' })));
    expect([failure.code, failure.facts.isRefusal]).toEqual(['outcome_unknown', undefined]);
  });
});

describe.each(BOTH)('look up at %s', (name) => {
  const line = `GET ${BASE}/${AT[name]}/appointment`;
  const lookUp = () =>
    stage()
      .provider(name)
      .lookUp(stage().call(), { ...WHERE, orderId: ORDER_ID });
  const none = { status: 404, body: { detail: 'This order does not have an appointment.' } };

  test('a live appointment proves its order: one call', async () => {
    stage().server.expect(line, { body: anAppointment() });
    expect(await lookUp()).toMatchObject({
      order: null,
      live: [{ ref: REF, phase: 'confirmed' }],
      ended: [],
    });
  });

  test('one whose status is new counts as live', async () => {
    stage().server.expect(line, { body: anAppointment({ status: 'no_show' }) });
    expect((await lookUp()).live).toMatchObject([{ phase: 'unknown' }]);
  });

  test.each([
    ['a 404 that says so', none],
    ['any 404', { status: 404, body: 'Not Found' }],
    ['a 400 that says so', { ...none, status: 400 }],
  ])('%s and an order that reads: nothing is there', async (_name, answer) => {
    stage().server.expect(line, answer);
    stage().server.expect(`GET ${BASE}`, { body: anOrder(READY) });
    expect(await lookUp()).toMatchObject({ order: { phase: 'ready' }, live: [], ended: [] });
  });

  test('a cancelled appointment is ended, and the order is read beside it', async () => {
    stage().server.expect(line, { body: anAppointment({ status: 'cancelled', event_status: 'cancelled' }) });
    stage().server.expect(`GET ${BASE}`, { body: anOrder(READY) });
    expect(await lookUp()).toMatchObject({
      order: { id: ORDER_ID },
      live: [],
      ended: [{ phase: 'cancelled' }],
    });
  });

  test.each([
    [
      'the order is not there either',
      { status: 404, body: { detail: "This order doesn't exist." } },
      'order_not_found',
    ],
    ['the address is wrong', { status: 404, body: { detail: 'Not Found' } }, 'unexpected_answer'],
    ['the order does not read', { status: 500 }, 'provider_unavailable'],
  ])('a 404 is not "nothing there" when %s', async (_name, answer, code) => {
    stage().server.expect(line, { status: 404 });
    stage().server.expect(`GET ${BASE}`, answer);
    expect((await failureOf(lookUp())).code).toBe(code);
  });

  test('a read that does not come through is no empty sighting', async () => {
    stage().server.expect(line, 'reset');
    expect((await failureOf(lookUp())).code).toBe('provider_unavailable');
  });
});

test('a look-up without an order is a bug, not an answer', async () => {
  const looking = stage()
    .provider()
    .lookUp(stage().call(), { ...WHERE, orderId: null });
  await expect(looking).rejects.toThrow('need an order id');
});

describe.each(BOTH)('cancel at %s', (name) => {
  const reasonsLine = `GET /v3/order/${AT[name]}/appointment/cancellation-reasons`;
  const line = `PATCH ${BASE}/${AT[name]}/appointment/cancel`;
  const reasons = [
    { id: '11111111-1111-4111-8111-111111111111', name: 'No longer needed', is_refundable: false },
    { id: '1986a2de-ff12-4003-915d-16eb94810e6e', name: "I'm feeling sick", is_refundable: true },
    { id: '22222222-2222-4222-8222-222222222222', name: 'Moved', is_refundable: true },
  ];
  const [plain, sick, moved] = reasons.map(({ id }) => id);
  const gone = anAppointment({ status: 'cancelled', event_status: 'cancelled' });
  const body = (id: string | undefined, note?: string) =>
    name === 'junction-psc'
      ? { cancellationReasonId: id, ...(note && { note }) }
      : { cancellation_reason_id: id, ...(note && { notes: note }) };

  const seen = toAppointment(appointmentWire.parse(anAppointment()), ORDER_ID, () => undefined);
  const where = { orderId: ORDER_ID, request: name === 'junction-psc' ? AT_SITE : AT_HOME, seen };
  const cancel = (reason: string | null = null, account = {}) =>
    stage()
      .provider(name, account)
      .cancelAppointment(stage().call(), { ...where, appointmentId: 'a', reason });

  const CHOICES: [string, string | null, string | undefined, object][] = [
    ["the caller's reason by name, in any case", 'MOVED', undefined, body(moved)],
    ["the caller's reason by id", moved ?? '', undefined, body(moved)],
    ["the account's by name", null, 'no longer needed', body(plain)],
    ["the caller's before the account's", 'Moved', 'no longer needed', body(moved)],
    ['the first refundable one', null, undefined, body(sick)],
    ['the first refundable one where the account names none of the list', null, 'gone fishing', body(sick)],
    [
      "the account's with the caller's own words as the note",
      'Changed plans',
      'Moved',
      body(moved, 'Changed plans'),
    ],
  ];
  test.each(CHOICES)('gives %s', async (_name, reason, cancellationReason, sent) => {
    stage().server.expect(reasonsLine, { body: reasons });
    stage().server.expect(line, { body: gone });
    expect(await cancel(reason, { cancellationReason })).toMatchObject({ phase: 'cancelled' });
    expect(stage().server.received[1]?.body).toEqual(sent);
  });

  test('gives the first reason where none is refundable', async () => {
    stage().server.expect(reasonsLine, { body: reasons.slice(0, 1) });
    stage().server.expect(line, { body: gone });
    await cancel();
    expect(stage().server.received[1]?.body).toEqual(body(plain));
  });

  test('reads the reasons once for several cancellations', async () => {
    const provider = stage().provider(name);
    stage().server.expect(reasonsLine, { body: reasons });
    for (const _time of [1, 2]) {
      stage().server.expect(line, { body: gone });
      await provider.cancelAppointment(stage().call(), {
        ...where,
        appointmentId: 'a',
        reason: null,
      });
    }
    expect(stage().server.received).toHaveLength(3);
  });

  test('without a list of reasons nothing is sent', async () => {
    stage().server.expect(reasonsLine, { body: [] });
    expect((await failureOf(cancel())).code).toBe('unexpected_answer');
  });

  const says = (status: number, detail: string) => ({ status, body: { detail } });

  test('returns the appointment as the answer shows it, live or not, and reads nothing after it', async () => {
    stage().server.expect(reasonsLine, { body: reasons });
    stage().server.expect(line, { body: anAppointment() });
    expect(await cancel()).toMatchObject({ phase: 'confirmed' });
  });

  test('cancelled before is an accepted cancel that shows none', async () => {
    stage().server.expect(reasonsLine, { body: reasons });
    stage().server.expect(line, says(400, 'This appointment has already been cancelled.'));
    expect(await cancel()).toBeNull();
  });

  const REFUSALS: [string, object, string][] = [
    [
      'an order whose state does not allow it',
      says(400, 'Order is not in a state that allows cancelling the appointment'),
      'order_not_bookable',
    ],
    ['nothing there', says(404, 'This order does not have an appointment.'), 'appointment_missing'],
    ['an order that is not there', says(404, "This order doesn't exist."), 'order_not_found'],
    ['no requisition', says(400, 'This order does not have a requisition.'), 'order_not_ready'],
    ['words that no row names', says(400, 'This appointment cannot be cancelled.'), 'outcome_unknown'],
    ['an appointment that is over', says(400, 'It has already been completed.'), 'outcome_unknown'],
    ['a 404 without words', { status: 404 }, 'outcome_unknown'],
  ];
  test.each(REFUSALS)(
    'a refusal for %s is thrown, and nothing is read after it',
    async (_name, answer, code) => {
      stage().server.expect(reasonsLine, { body: reasons });
      stage().server.expect(line, answer);
      expect((await failureOf(cancel())).code).toBe(code);
    },
  );

  test('an unclear answer is unknown', async () => {
    stage().server.expect(reasonsLine, { body: reasons });
    stage().server.expect(line, 'half');
    expect((await failureOf(cancel())).code).toBe('outcome_unknown');
  });
});

test('the fence is asked before each write, and before no read', async () => {
  const asked: string[] = [];
  const provider = stage().provider();
  const callOf = (what: string) => stage().call({ fence: async () => void asked.push(what) });
  const seen = toAppointment(appointmentWire.parse(anAppointment()), ORDER_ID, () => undefined);
  const at = `${BASE}/phlebotomy/appointment`;
  const booking = { ...BOOK, slotKey: 'k', request: AT_HOME, key: null };
  const visit = { orderId: ORDER_ID, vendor: 'phlebfinders', ref: REF, request: AT_HOME };
  const address = { firstLine: '1 A St', city: 'Phoenix', state: 'AZ', zip: '85004' };
  const of = { orderId: ORDER_ID, appointmentId: 'a', request: AT_HOME };
  const order = { body: { order: anOrder(READY) } };

  stage().server.expect(`GET ${at}`, { status: 404 });
  stage().server.expect(`GET ${BASE}`, { body: anOrder(READY) });
  await provider.lookUp(callOf('look'), { ...WHERE, orderId: ORDER_ID });
  stage().server.expect('POST /v3/order', order);
  await provider.orders?.place(callOf('place'), { bookingId: BOOKING_ID, key: 'k', request: AT_HOME });
  stage().server.expect(`POST ${at}/book`, { body: anAppointment() });
  await provider.book(callOf('book'), booking);
  stage().server.expect(`PATCH ${at}/reschedule`, { body: anAppointment({ start_at: null }) });
  await provider.reschedule?.(callOf('move'), { ...of, slotKey: 'k', startsAt: BOOK.startsAt, ref: REF });
  stage().server.expect(`POST ${at}/request`, { body: anAppointment() });
  await provider.tiers?.request(callOf('request'), { ...visit, address });
  stage().server.expect('GET /v3/order/phlebotomy/appointment/cancellation-reasons', {
    body: [{ id: '11111111-1111-4111-8111-111111111111', name: 'No longer needed', is_refundable: true }],
  });
  stage().server.expect(`PATCH ${at}/cancel`, { body: anAppointment() });
  await provider.cancelAppointment(callOf('cancel'), { ...of, seen, reason: null });
  stage().server.expect(`POST ${BASE}/cancel`, order);
  await provider.orders?.cancel(callOf('cancel order'), ORDER_ID);

  expect(asked).toEqual(['place', 'book', 'move', 'request', 'cancel', 'cancel order']);
});
