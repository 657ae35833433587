import { bookFirst, orderBody, placeOrder, startJunction, type Junction } from './junction-client';

/** Each oddity of docs/providers.md#what-comes-back can be had from the sandbox. */

let junction: Junction;
let orderId: string;
beforeAll(async () => {
  junction = await startJunction();
  orderId = await placeOrder(junction);
  await bookFirst(junction, orderId, { appointment_notes: 'x' });
});
afterAll(() => junction.close());

async function answerWith(quirk: string, path: string): Promise<unknown> {
  await junction.control('quirks', { [quirk]: true });
  const { body } = await junction.call('GET', path);
  await junction.control('quirks', { [quirk]: false });
  return body;
}

const bare = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);

test.each([
  ['noOffsetTimes', { start_at: bare, end_at: bare }],
  ['nullTimes', { start_at: null, end_at: null }],
  ['nullTimezone', { iana_timezone: null }],
  ['pendingBesideScheduled', { status: 'pending', event_status: 'scheduled' }],
  [
    'unknownEnums',
    { status: 'awaiting_moonrise', event_status: 'awaiting_moonrise', provider: 'acme_draws' },
  ],
  ['streetAddresses', { address: { street: 'West Lincoln Street', street_number: '', zip: '85004' } }],
  ['emptySecondLine', { address: { second_line: '' } }],
])('appointments: %s', async (quirk, expected) => {
  const body = await answerWith(quirk, `/v3/order/${orderId}/phlebotomy/appointment`);
  expect(body).toMatchObject(expected);
});

test.each([
  ['missingOrderId', 'order_id'],
  ['missingAppointmentEvents', 'events'],
  ['missingEventStatus', 'event_status'],
  ['missingNotes', 'appointment_notes'],
])('appointments: %s', async (quirk, field) => {
  const path = `/v3/order/${orderId}/phlebotomy/appointment`;
  expect(await answerWith(quirk, path)).not.toHaveProperty(field);
  expect((await junction.call('GET', path)).body).toHaveProperty(field);
});

test('appointments: the id equals the order id', async () => {
  const body = await answerWith('appointmentIdIsOrderId', `/v3/order/${orderId}/phlebotomy/appointment`);
  expect(body).toMatchObject({ id: orderId });
});

test.each([
  ['missingNames', 'patient_details.first_name'],
  ['missingDetailsData', 'details.data'],
  ['missingLastEvent', 'last_event'],
  ['onlyTopLevelStatus', 'events'],
])('orders: %s', async (quirk, field) => {
  expect(await answerWith(quirk, `/v3/order/${orderId}`)).not.toHaveProperty(field);
  expect((await junction.call('GET', `/v3/order/${orderId}`)).body).toHaveProperty(field);
});

test('orders: addresses by street, unknown statuses, the seed’s name of completion, an answer in an array', async () => {
  expect(await answerWith('streetAddresses', `/v3/order/${orderId}`)).toMatchObject({
    patient_address: { street: 'West Lincoln Street', zip: '85004' },
  });
  const status = 'collecting_sample.at_home_phlebotomy.awaiting_moonrise';
  expect(await answerWith('unknownEnums', `/v3/order/${orderId}`)).toMatchObject({ last_event: { status } });
  const walkIn = await placeOrder(junction, 'walk_in_test');
  await junction.control(`orders/${walkIn}`, { status: 'completed' });
  const completed = await answerWith('orderCompletedName', `/v3/order/${walkIn}`);
  expect(completed).toMatchObject({ last_event: { status: 'completed.walk_in_test.order_completed' } });
  await junction.control('quirks', { wrappedOrderAnswer: true });
  const wrapped = await junction.call('POST', '/v3/order', orderBody());
  expect(wrapped.body).toEqual([
    { order: expect.any(Object), status: 'success', message: expect.any(String) },
  ]);
  await junction.control('quirks', { wrappedOrderAnswer: false });
});

test('area info: tiers under the name that the documentation gives them', async () => {
  const body = await answerWith('areaTiers', '/v3/order/area/info?zip_code=85004');
  expect(body).toMatchObject({
    phlebotomy: { providers: [{ name: 'getlabs', tier: ['appointment-ready'] }] },
  });
});

test('a quirk that there is not is refused', async () => {
  expect((await junction.call('POST', '/_sandbox/quirks', { upsideDown: true })).status).toBe(422);
});
