import { existsSync, readFileSync } from 'node:fs';
import type { BookingRequest } from '../../../src/booking/schema/request';
import type { Order } from '../../../src/booking/model';
import type { OrderCalls } from '../../../src/providers/provider';
import { CONTRACT_FILE } from './contract';
import { anOrder, AT_HOME, AT_SITE, BOOKING_ID, ORDER_ID, SEED_ORDER, USER_ID } from './fixtures';
import { API_KEY, failureOf, junctionStage } from './setup';

const stage = junctionStage();
const KEY = `${BOOKING_ID}/order/1`;
const ORDERED = 'received.at_home_phlebotomy.ordered';
const CANCELLED = 'cancelled.at_home_phlebotomy.cancelled';

function orders(): OrderCalls {
  const calls = stage().provider().orders;
  if (!calls) throw new Error('Junction has orders');
  return calls;
}

/** Everything of the contract's order that a booking request has no field of its own for. */
const EXTRA = {
  order_set: { lab_account_id: ORDER_ID, add_on: { marker_ids: [1, 2], provider_ids: ['334'] } },
  physician: { first_name: 'Eva', last_name: 'Luna', npi: '1234567890', licensed_states: ['AZ'] },
  health_insurance: { payor_code: 'UNITED', subjective: 'Tired', assessment_plan: 'Lipids' },
  priority: true,
  billing_type: 'client_bill',
  icd_codes: ['Z00.00'],
  consents: [{ consentType: 'hipaa-authorization', version: '1.0', timeOfConsent: '2026-12-01T12:00:00Z' }],
  activate_by: '2026-12-02',
  aoe_answers: [{ marker_id: 1, question_id: 2, answer: 'no' }],
  clinical_notes: 'Fasting',
  lab_account_id: ORDER_ID,
  creator_member_id: USER_ID,
};

function place(request: BookingRequest = AT_HOME) {
  return orders().place(stage().call(), { bookingId: BOOKING_ID, key: KEY, request });
}

const posted = (order: unknown) => ({ order, status: 'success', message: 'order placed' });

describe('place', () => {
  test('sends patient, tests, passthrough and the keys; extra goes in as it is', async () => {
    stage().server.expect('POST /v3/order', { body: posted(anOrder(ORDERED)) });
    expect(await place()).toMatchObject({ id: ORDER_ID, phase: 'received', passthrough: BOOKING_ID });

    const [sent] = stage().server.received;
    expect(sent?.headers).toMatchObject({
      'x-vital-api-key': API_KEY,
      accept: 'application/json',
      'user-agent': 'booking-saga',
      'x-idempotency-key': KEY,
      'x-idempotency-error': 'no-cache',
    });
    expect(sent?.body).toEqual({
      user_id: USER_ID,
      patient_details: {
        first_name: 'Ana',
        last_name: 'Reyes',
        dob: '1984-03-09',
        gender: 'female',
        phone_number: '+16025550123',
        email: 'ana@example.com',
      },
      patient_address: {
        receiver_name: 'Ana Reyes',
        first_line: 'West Lincoln Street',
        city: 'Phoenix',
        state: 'AZ',
        zip: '85004',
        country: 'US',
        access_notes: 'Gate 1234',
        phone_number: '+16025550123',
      },
      order_set: { lab_test_ids: ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf'] },
      collection_method: 'at_home_phlebotomy',
      passthrough: BOOKING_ID,
      icd_codes: ['Z00.00'],
    });
  });

  const PROXY = {
    last_name: 'Ek',
    phone_number: '+16025550124',
    address: { first_line: '9 Main Street', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
  };

  test('name, phone and e-mail go in the form that the lab takes, everything else as it is', async () => {
    const patient = {
      ...AT_HOME.patient,
      firstName: 'Ann‐Marie\u00a0Eva',
      lastName: 'O’Brien\u200b',
      phone: '602–555–0123',
      email: 'smith&sons@müller.example',
      medicalProxy: { ...PROXY, first_name: 'José', email: 'o’hara@müller.example' },
    };
    stage().server.expect('POST /v3/order', { body: posted(anOrder(ORDERED)) });
    await place({ ...AT_HOME, patient });
    expect(stage().server.received[0]?.body).toMatchObject({
      patient_details: {
        first_name: 'Ann-Marie Eva',
        last_name: "O'Brien",
        phone_number: '602-555-0123',
        email: 'smith&sons@xn--mller-kva.example',
        medical_proxy: { first_name: 'José', email: 'o’hara@müller.example' },
      },
      patient_address: { receiver_name: "Ann-Marie Eva O'Brien", phone_number: '602-555-0123' },
    });
  });

  test.each([
    ['tel:+16025550123', '+16025550123'],
    ['＋１ ６０２ ５５５ ０１２３', '+1 602 555 0123'],
    ['602•555•0123', '602.555.0123'],
  ])('the phone %p goes as %p', async (phone, sent) => {
    stage().server.expect('POST /v3/order', { body: posted(anOrder(ORDERED)) });
    await place({ ...AT_HOME, patient: { ...AT_HOME.patient, phone } });
    expect(stage().server.received[0]?.body).toMatchObject({
      patient_details: { phone_number: sent },
      patient_address: { phone_number: sent },
    });
  });

  test('the country goes as the contract has it', async () => {
    const address = { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004' };
    stage().server.expect('POST /v3/order', { body: posted(anOrder(ORDERED)) });
    await place({ ...AT_HOME, patient: { ...AT_HOME.patient, address: { ...address, country: 'USA' } } });
    expect(stage().server.received[0]?.body).toMatchObject({ patient_address: { country: 'US' } });
  });

  test('extra adds to what the booking says and never takes its place', async () => {
    const extra = {
      passthrough: 'mine',
      user_id: ORDER_ID,
      collection_method: 'testkit',
      patient_details: { race: 'other', dob: '2000-01-01' },
      order_set: { lab_account_id: ORDER_ID, lab_test_ids: [] },
      priority: true,
    };
    const labTestIds = ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf'];
    stage().server.expect('POST /v3/order', { body: posted(anOrder(ORDERED)) });
    await place({ ...AT_HOME, order: { labTestIds, extra } });
    expect(stage().server.received[0]?.body).toMatchObject({
      passthrough: BOOKING_ID,
      user_id: USER_ID,
      collection_method: 'at_home_phlebotomy',
      patient_details: { race: 'other', dob: '1984-03-09' },
      order_set: { lab_account_id: ORDER_ID, lab_test_ids: labTestIds },
      priority: true,
    });
  });

  test('takes several lab tests and, in extra, everything else that the contract has', async () => {
    const labTestIds = ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf', '8f2a4cc1-4d53-4a0e-9d5c-2f9b7f3f7c10'];
    stage().server.expect('POST /v3/order', { body: posted(anOrder(ORDERED)) });
    await place({ ...AT_HOME, order: { labTestIds, extra: EXTRA } });
    const { order_set: orderSet, ...plain } = EXTRA;
    // The stage holds the request against the contract as well, where that is there.
    expect(stage().server.received[0]?.body).toMatchObject({
      ...plain,
      order_set: { ...orderSet, lab_test_ids: labTestIds },
      passthrough: BOOKING_ID,
    });
  });

  const contract = existsSync(CONTRACT_FILE) ? test : test.skip;

  contract('which is everything', async () => {
    const { components } = JSON.parse(readFileSync(CONTRACT_FILE, 'utf8')) as {
      components: { schemas: { CreateOrderRequestCompatible: { properties: object } } };
    };
    stage().server.expect('POST /v3/order', { body: posted(anOrder(ORDERED)) });
    await place({
      ...AT_HOME,
      order: { labTestIds: ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf'], extra: EXTRA },
    });
    const allowed = Object.keys(components.schemas.CreateOrderRequestCompatible.properties);
    // `lab_test_id` is the old form of `order_set`.
    const expected = allowed.filter((name) => name !== 'lab_test_id');
    expect(Object.keys(Object(stage().server.received[0]?.body)).sort()).toEqual(expected.sort());
  });

  test.each([
    ['wrapped, as in the contract', posted(anOrder(ORDERED))],
    ["in an array, as in the seed's sample", [posted(anOrder(ORDERED))]],
    ["bare, as in another of the vendor's samples", anOrder(ORDERED)],
  ])('reads an answer %s', async (_shape, body) => {
    stage().server.expect('POST /v3/order', { body });
    expect((await place()).id).toBe(ORDER_ID);
  });

  test.each([
    ['{}', {}],
    ['[]', []],
    ['a text', '"fine"'],
    ['an order without an id', posted({ status: 'received' })],
  ])('a 200 with %s may have placed it: unknown', async (_shape, body) => {
    stage().server.expect('POST /v3/order', { body });
    expect((await failureOf(place())).code).toBe('outcome_unknown');
  });

  test('a request that names an order to adopt has nothing to place', async () => {
    expect((await failureOf(place(AT_SITE))).facts.field).toBe('order.labTestIds');
  });
});

describe('find', () => {
  const where = { bookingId: BOOKING_ID, userId: USER_ID, createdSince: '2026-12-01T08:00:00.000Z' };
  const find = () => orders().find(stage().call(), where);
  const others = (count: number) =>
    Array.from({ length: count }, (_, n) => anOrder(ORDERED, { id: `o${n}`, passthrough: null }));

  test("asks for the user's orders, from an hour before, and reads page after page", async () => {
    stage().server.expect('GET /v3/orders', {
      body: { orders: others(100), total: 101, page: 1, size: 100 },
    });
    stage().server.expect('GET /v3/orders', {
      body: { orders: [anOrder(ORDERED)], total: 101, page: 2, size: 100 },
    });
    expect((await find())?.id).toBe(ORDER_ID);
    const [first, second] = stage().server.received.map(({ query }) => Object.fromEntries(query));
    expect(first).toEqual({
      user_id: USER_ID,
      start_date: '2026-12-01T07:00:00.000Z',
      order_key: 'created_at',
      order_direction: 'asc',
      page: '1',
      size: '100',
    });
    expect(second).toEqual({ ...first, page: '2' });
  });

  test('pages on where the server holds its pages shorter than asked', async () => {
    stage().server.expect('GET /v3/orders', { body: { orders: others(2), size: 2 } });
    stage().server.expect('GET /v3/orders', { body: { orders: [anOrder(ORDERED)], size: 2 } });
    expect((await find())?.id).toBe(ORDER_ID);
  });

  test('a live order comes before a cancelled one of the same booking', async () => {
    const gone = anOrder(CANCELLED, { id: 'gone' });
    stage().server.expect('GET /v3/orders', { body: { orders: [gone, anOrder(ORDERED)] } });
    expect((await find())?.id).toBe(ORDER_ID);
    stage().server.expect('GET /v3/orders', { body: { orders: [gone] } });
    expect((await find())?.id).toBe('gone');
  });

  test("another's passthrough is not ours, and none is null", async () => {
    stage().server.expect('GET /v3/orders', { body: { orders: others(3), total: 3 } });
    expect(await find()).toBeNull();
  });

  test('a page that does not come is no empty page', async () => {
    stage().server.expect('GET /v3/orders', { body: { orders: others(1), total: 2 } });
    stage().server.expect('GET /v3/orders', { status: 502 });
    expect((await failureOf(find())).code).toBe('provider_unavailable');
  });

  test('a list without an end is given up, not taken for "none"', async () => {
    for (let page = 0; page < 50; page++) {
      stage().server.expect('GET /v3/orders', { body: { orders: others(1), total: 99_999 } });
    }
    expect((await failureOf(find())).code).toBe('unexpected_answer');
  });
});

describe('read', () => {
  test('gives the order; the seed sample reads too', async () => {
    stage().server.expect(`GET /v3/order/${ORDER_ID}`, { body: SEED_ORDER });
    expect((await orders().read(stage().call(), ORDER_ID)).kind).toBe('testkit');
  });

  test('an answer of another shape is no order', async () => {
    stage().server.expect(`GET /v3/order/${ORDER_ID}`, { body: { garbage: true } });
    expect((await failureOf(orders().read(stage().call(), ORDER_ID))).code).toBe('provider_unavailable');
  });
});

describe('cancel', () => {
  const path = `/v3/order/${ORDER_ID}`;
  const cancel = () => orders().cancel(stage().call(), ORDER_ID);
  const refusal = {
    status: 400,
    body: {
      error: 'Bad Request',
      message: 'Transition from completed to cancelled is not allowed',
      status_code: 400,
    },
  };

  test.each([
    ['the cancelled order', [posted(anOrder(CANCELLED))]],
    ['the order as it was', posted(anOrder(ORDERED))],
  ])('is done when the answer shows %s, and nothing is read after it', async (_what, body) => {
    stage().server.expect(`POST ${path}/cancel`, { body });
    expect(await cancel()).toBeUndefined();
  });

  test.each([
    ['a refused transition', refusal],
    [
      'a state that does not allow it',
      { status: 400, body: { detail: 'Order is not in a state that allows cancelling' } },
    ],
  ])('%s is thrown, and nothing is read after it', async (_what, answer) => {
    stage().server.expect(`POST ${path}/cancel`, answer);
    expect((await failureOf(cancel())).code).toBe('order_not_cancellable');
  });

  test('an answer that shows no order is unknown', async () => {
    stage().server.expect(`POST ${path}/cancel`, { body: { status: 'success' } });
    expect((await failureOf(cancel())).code).toBe('outcome_unknown');
  });

  test('an unclear answer is unknown', async () => {
    stage().server.expect(`POST ${path}/cancel`, 'reset');
    expect((await failureOf(cancel())).code).toBe('outcome_unknown');
  });
});

describe('of a user', () => {
  const LINE = 'GET /v3/orders';
  const ofUser = (max = 10) => orders().ofUser(stage().call(), { userId: USER_ID, max });
  const numbered = (id: string, status: string, more: object = {}) => anOrder(status, { id, ...more });
  const idsOf = (found: Order[]) => found.map(({ id }) => id);

  test('are the live ones of this kind, newest first, each once', async () => {
    const page = [
      numbered('4', ORDERED),
      numbered('3', CANCELLED),
      numbered('2', 'completed.at_home_phlebotomy.completed'),
      numbered('1', 'received.walk_in_test.ordered', { details: { type: 'walk_in_test' } }),
      numbered('4', ORDERED),
      numbered('0', 'collecting_sample.at_home_phlebotomy.appointment_scheduled'),
      numbered('9', ORDERED, { user_id: ORDER_ID }),
    ];
    stage().server.expect(LINE, { body: { orders: page, total: page.length, page: 1, size: 100 } });
    expect(idsOf(await ofUser())).toEqual(['4', '0']);
    const query = stage().server.received[0]?.query;
    expect(Object.fromEntries(query ?? [])).toMatchObject({
      user_id: USER_ID,
      order_type: 'at_home_phlebotomy',
      order_key: 'created_at',
      order_direction: 'desc',
    });
  });

  test('are no more than asked for, from no more pages than it takes', async () => {
    const page = ['3', '2', '1'].map((id) => numbered(id, ORDERED));
    stage().server.expect(LINE, { body: { orders: page, total: 500, page: 1, size: 3 } });
    expect(idsOf(await ofUser(2))).toEqual(['3', '2']);
  });
});
