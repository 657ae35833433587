import {
  bookFirst,
  LAB_TESTS,
  orderBody,
  orderCallSchema,
  orderSchema,
  placeOrder,
  startJunction,
  stateSchema,
  until,
  type Junction,
} from './junction-client';

let junction: Junction;
beforeEach(async () => {
  junction = await startJunction();
});
afterEach(() => junction.close());

const read = async (id: string) => orderSchema.parse((await junction.call('GET', `/v3/order/${id}`)).body);

test('a key that does not begin with sk_us_ gets 401 with a detail', async () => {
  for (const key of ['pk_us_1', '', 'sk_eu_1']) {
    const answer = await junction.call('GET', '/v3/orders', undefined, { 'x-vital-api-key': key });
    expect(answer).toMatchObject({ status: 401, body: { detail: expect.any(String) } });
  }
});

test('a vendor can be told to take its time, which its controls do not', async () => {
  const slow = await startJunction({ answerMs: 300 });
  const tookMs = async (call: () => Promise<unknown>): Promise<number> => {
    const beganMs = performance.now();
    await call();
    return performance.now() - beganMs;
  };
  expect(await tookMs(() => slow.call('GET', '/v3/orders'))).toBeGreaterThanOrEqual(295);
  expect(await tookMs(() => slow.control('clock', { advanceOrders: false }))).toBeLessThan(295);
});

test.each(Object.keys(LAB_TESTS) as (keyof typeof LAB_TESTS)[])(
  'a %s order is placed, read and cancelled, and carries its passthrough',
  async (method) => {
    const placed = await junction.call('POST', '/v3/order', orderBody(method));
    expect(placed).toMatchObject({ status: 200, body: { order: { passthrough: 'booking-1' } } });
    const { order } = orderCallSchema.parse(placed.body);
    expect(order.last_event.status).toBe(`received.${method}.ordered`);
    const cancelled = await junction.call('POST', `/v3/order/${order.id}/cancel`);
    expect(Object.keys(orderCallSchema.parse(cancelled.body)).sort()).toEqual(['message', 'order', 'status']);
    expect((await read(order.id)).last_event.status).toBe(`cancelled.${method}.cancelled`);
  },
);

test.each([
  ['smith&sons@example.com', 200],
  ['"a b"@example.com', 200],
  ['jörg@müller.example', 200],
  ['ana', 422],
  ['ana@example', 422],
  ['a b@example.com', 422],
])('an order for somebody at %s answers %i', async (email, status) => {
  const body = orderBody('at_home_phlebotomy');
  const patient = { ...(body.patient_details as object), email };
  const answer = await junction.call('POST', '/v3/order', { ...body, patient_details: patient });
  expect(answer.status).toBe(status);
});

test.each([
  ['at_home_phlebotomy', 'draw_completed', 200],
  ['at_home_phlebotomy', 'appointment_cancelled', 200],
  ['at_home_phlebotomy', 'partial_results', 400],
  ['at_home_phlebotomy', 'completed', 400],
  ['at_home_phlebotomy', 'cancelled', 400],
  ['at_home_phlebotomy', 'sample_error', 400],
  ['walk_in_test', 'appointment_scheduled', 200],
  ['walk_in_test', 'redraw_available', 400],
  ['testkit', 'awaiting_registration', 200],
  ['testkit', 'transit_customer', 400],
  ['testkit', 'do_not_process', 400],
  ['on_site_collection', 'draw_completed', 200],
] as const)('cancelling a %s order from %s answers %i', async (method, from, status) => {
  const id = await placeOrder(junction, method, false);
  await junction.control(`orders/${id}`, { status: from });
  const answer = await junction.call('POST', `/v3/order/${id}/cancel`);
  expect(answer.status).toBe(status);
  if (status === 400) {
    const message = expect.stringMatching(/^Transition from .+ to cancelled is not allowed$/);
    expect(answer.body).toEqual({ error: 'Bad Request', message, status_code: 400 });
  }
});

test.each([
  ['an accented name', { first_name: 'José' }, 'first_name'],
  ['a name of 51 letters', { last_name: 'a'.repeat(51) }, 'last_name'],
  ['a date-time of birth', { dob: '1984-03-09T00:00:00Z' }, 'dob'],
  ['a minor without a proxy', { dob: `${new Date().getUTCFullYear() - 10}-01-01` }, 'medical_proxy'],
  ['a broken address', { email: 'ana' }, 'email'],
])('%s is refused with 422 that names the field and not its value', async (_name, patient, field) => {
  const answer = await junction.call('POST', '/v3/order', orderBody('at_home_phlebotomy', patient));
  expect(answer).toMatchObject({
    status: 422,
    body: {
      detail: [
        { loc: ['body', 'patient_details', field], msg: expect.any(String), type: expect.any(String) },
      ],
    },
  });
  expect(stateSchema.parse((await junction.call('GET', '/_sandbox/state')).body).live.orders).toEqual([]);
});

test('an unknown user, an unknown lab test and a method that does not fit are refused', async () => {
  const body = orderBody();
  await junction.control('users', { unknown: [body.user_id] });
  expect((await junction.call('POST', '/v3/order', body)).status).toBe(404);
  const unfit = { ...orderBody(), collection_method: 'walk_in_test' };
  expect(await junction.call('POST', '/v3/order', unfit)).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('Collection method') },
  });
  const unknown = { ...orderBody(), order_set: { lab_test_ids: [crypto.randomUUID()] } };
  expect((await junction.call('POST', '/v3/order', unknown)).status).toBe(400);
});

test('an account that needs a physician refuses an order without one', async () => {
  await junction.control('account', { physicianRequired: true });
  expect((await junction.call('POST', '/v3/order', orderBody())).status).toBe(400);
  const physician = { first_name: 'Mia', last_name: 'Stone', npi: '1234567890' };
  expect((await junction.call('POST', '/v3/order', { ...orderBody(), physician })).status).toBe(200);
});

test('an order that nobody placed is 404, and an id that is no uuid 422', async () => {
  const unknown = await junction.call('GET', `/v3/order/${crypto.randomUUID()}`);
  expect(unknown).toMatchObject({ status: 404, body: { detail: "This order doesn't exist." } });
  expect((await junction.call('GET', '/v3/order/7')).status).toBe(422);
});

test('orders are listed by user and by day, newest first, in pages', async () => {
  const body = orderBody();
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    ids.unshift(orderCallSchema.parse((await junction.call('POST', '/v3/order', body)).body).order.id);
  }
  await junction.call('POST', '/v3/order', orderBody());
  const list = async (query: string) => (await junction.call('GET', `/v3/orders?${query}`)).body;
  const mine = `user_id=${String(body.user_id)}`;
  const idsOf = (some: string[]): unknown[] => some.map((id): unknown => expect.objectContaining({ id }));
  expect(await list(mine)).toEqual({ orders: idsOf(ids), total: 3, page: 1, size: 50 });
  expect(await list(`${mine}&page=2&size=2`)).toEqual({
    orders: idsOf(ids.slice(2)),
    total: 3,
    page: 2,
    size: 2,
  });
  expect(await list('start_date=2099-01-01')).toMatchObject({ orders: [], total: 0 });
  expect(await list('start_date=2020-01-01')).toMatchObject({ total: 4 });
  expect((await junction.call('GET', '/v3/orders?size=101')).status).toBe(422);
});

describe('idempotency keys', () => {
  const place = (body: unknown, headers: Record<string, string>) =>
    junction.call('POST', '/v3/order', body, headers);

  test('a key replays the frozen first answer and places one order', async () => {
    const headers = { 'x-idempotency-key': 'b1/order/0' };
    const first = await place(orderBody(), headers);
    const { id } = orderCallSchema.parse(first.body).order;
    await junction.call('POST', `/v3/order/${id}/cancel`);
    expect((await place(orderBody(), headers)).text).toBe(first.text);
    expect(await junction.call('GET', '/v3/orders')).toMatchObject({ body: { total: 1 } });
  });

  test('a failure is replayed, unless no-cache was sent with it', async () => {
    const body = orderBody();
    await junction.control('users', { unknown: [body.user_id] });
    const keeps = { 'x-idempotency-key': 'kept' };
    const forgets = { 'x-idempotency-key': 'forgotten', 'x-idempotency-error': 'no-cache' };
    expect([(await place(body, keeps)).status, (await place(body, forgets)).status]).toEqual([404, 404]);
    await junction.control('users', { unknown: [] });
    expect([(await place(body, keeps)).status, (await place(body, forgets)).status]).toEqual([404, 200]);
  });

  test('a body that is refused as malformed does not use up its key', async () => {
    const headers = { 'x-idempotency-key': 'again' };
    expect((await place({}, headers)).status).toBe(422);
    expect((await place(orderBody(), headers)).status).toBe(200);
  });

  test('a key dies after its day', async () => {
    const quick = await startJunction({ timeScale: 1 / 1_000_000 });
    const headers = { 'x-idempotency-key': 'old' };
    const orders = async () => {
      await quick.call('POST', '/v3/order', orderBody(), headers);
      return (await quick.call('GET', '/v3/orders')).body;
    };
    await until(orders, (seen) => JSON.stringify(seen).includes('"total":2'));
    await quick.close();
  });
});

test('orders get their requisition by themselves, unless told not to', async () => {
  const id = await placeOrder(junction, 'at_home_phlebotomy', false);
  await junction.control('clock', { advanceOrders: true });
  const next = await placeOrder(junction, 'at_home_phlebotomy', false);
  await until(
    () => read(next),
    (order) => order.last_event.status.endsWith('.requisition_created'),
  );
  await junction.control('clock', { advanceOrders: false });
  const last = await placeOrder(junction, 'at_home_phlebotomy', false);
  expect([(await read(last)).events.length, (await read(id)).id]).toEqual([1, id]);
});

test('the simulation moves an order to its final status, or to the end', async () => {
  const id = await placeOrder(junction, 'at_home_phlebotomy', false);
  const status = 'received.at_home_phlebotomy.requisition_created';
  expect((await junction.call('POST', `/v3/order/${id}/test?final_status=${status}`)).status).toBe(200);
  expect((await read(id)).last_event.status).toBe(status);
  await bookFirst(junction, id);
  await junction.call('POST', `/v3/order/${id}/test?delay=1`);
  await until(
    () => read(id),
    (order) => order.status === 'completed',
  );
  const appointment = await junction.call('GET', `/v3/order/${id}/phlebotomy/appointment`);
  expect(appointment).toMatchObject({ body: { status: 'completed' } });
});

test('bodies are read as JSON whatever their type says, as the seed sends them', async () => {
  const id = await placeOrder(junction);
  const headers = { 'x-vital-api-key': 'sk_us_test', 'content-type': 'application/x-www-form-urlencoded' };
  const url = `${junction.url}/v3/order/${id}/phlebotomy/appointment/book`;
  const post = (body: string) => fetch(url, { method: 'POST', headers, body });
  expect((await post('{"booking_key": "foo123"}')).status).toBe(400);
  expect((await post('{"booking_key": ')).status).toBe(422);
});

test('area info tells the tiers, and the catalogue one lab test for each way of collecting', async () => {
  const info = async (zip: string) =>
    (await junction.call('GET', `/v3/order/area/info?zip_code=${zip}`)).body;
  const provider = (name: string, tier: string) => ({ name, service_types: [tier] });
  expect(await info('85004')).toMatchObject({
    phlebotomy: { is_served: true, providers: [provider('getlabs', 'appointment-ready')] },
  });
  expect(await info('54650')).toMatchObject({
    phlebotomy: { providers: [provider('phlebfinders', 'appointment-request')] },
  });
  expect(await info('99999')).toMatchObject({ phlebotomy: { is_served: false, providers: [] } });
  const tests = (await junction.call('GET', '/v3/lab_tests')).body;
  for (const [method, id] of Object.entries(LAB_TESTS)) {
    expect(tests).toContainEqual(expect.objectContaining({ id, method }));
  }
});
