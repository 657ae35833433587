import {
  appointmentSchema,
  bookFirst,
  orderSchema,
  placeOrder,
  startJunction,
  stateSchema,
  until,
  type Answer,
  type Junction,
} from './junction-client';

let junction: Junction;
beforeEach(async () => {
  junction = await startJunction();
});
afterEach(() => junction.close());

const at = (id: string) => `/v3/order/${id}/phlebotomy/appointment`;
const read = async (id: string) => appointmentSchema.parse((await junction.call('GET', at(id))).body);
const orderStatus = async (id: string) =>
  orderSchema.parse((await junction.call('GET', `/v3/order/${id}`)).body).last_event.status.split('.')[2];
const live = async () => stateSchema.parse((await junction.call('GET', '/_sandbox/state')).body).live;
const refused = (answer: Answer) => [answer.status, answer.text];

const ASYNC = { async_confirmation: true, sync_confirmation_timeout_millisecond: 1_000 };
const plan = (body: object) => junction.control('confirmation', body);

test('async: pending, then confirmed', async () => {
  await plan({ mode: 'async', afterMs: 100 });
  const id = await placeOrder(junction);
  expect(await bookFirst(junction, id, ASYNC)).toMatchObject({ status: 200, body: { status: 'pending' } });
  expect(await orderStatus(id)).toBe('appointment_pending');
  await until(
    () => read(id),
    ({ status }) => status === 'confirmed',
  );
  expect(await orderStatus(id)).toBe('appointment_scheduled');
});

test('async: confirmed in the answer when it comes within the sync window', async () => {
  await plan({ mode: 'async', afterMs: 0 });
  const answer = await bookFirst(junction, await placeOrder(junction), {
    ...ASYNC,
    sync_confirmation_timeout_millisecond: 10_000,
  });
  expect(answer).toMatchObject({ status: 200, body: { status: 'confirmed' } });
});

test('decline: cancelled with the reason, and the order may be booked again', async () => {
  await plan({ mode: 'decline', afterMs: 20, reason: 'no_phlebotomist' });
  const id = await placeOrder(junction);
  await bookFirst(junction, id, ASYNC);
  const declined = await until(
    () => read(id),
    ({ status }) => status === 'cancelled',
  );
  expect(declined.event_data).toMatchObject({ cancellation_reason: 'no_phlebotomist' });
  expect(await orderStatus(id)).toBe('appointment_cancelled');
  expect((await bookFirst(junction, id, ASYNC)).body).toMatchObject({ status: 'confirmed' });
});

test('never: the async timeout cancels', async () => {
  await plan({ mode: 'never' });
  const id = await placeOrder(junction);
  await bookFirst(junction, id, { ...ASYNC, async_confirmation_timeout_millisecond: 60_000 });
  const ended = await until(
    () => read(id),
    ({ status }) => status === 'cancelled',
  );
  expect(ended.event_data).toMatchObject({ cancellation_reason: 'async_confirmation_timeout' });
});

test.each([
  [false, 0],
  [true, 1],
])('without async confirmation an unconfirmed booking answers 500 (held: %s)', async (held, appointments) => {
  await plan({ mode: 'async', held });
  expect((await bookFirst(junction, await placeOrder(junction))).status).toBe(500);
  expect((await live()).appointments).toHaveLength(appointments);
});

test('an account without async confirmation ignores it or refuses it', async () => {
  await junction.control('account', { asyncConfirmation: 'ignored' });
  await plan({ mode: 'async' });
  const id = await placeOrder(junction);
  expect((await bookFirst(junction, id, ASYNC)).status).toBe(500);
  await junction.control('account', { asyncConfirmation: 'refused' });
  expect(refused(await bookFirst(junction, id, ASYNC))).toEqual([
    400,
    expect.stringContaining('not enabled'),
  ]);
});

test('reserve: held before the requisition, confirmed with it', async () => {
  await junction.control('account', { bookBeforeRequisition: true });
  const id = await placeOrder(junction, 'at_home_phlebotomy', false);
  expect((await bookFirst(junction, id)).body).toMatchObject({
    status: 'reserved',
    event_status: 'reserved',
  });
  expect(await orderStatus(id)).toBe('ordered');
  await junction.control(`orders/${id}`, { status: 'requisition_created' });
  expect((await read(id)).status).toBe('confirmed');
  expect(await orderStatus(id)).toBe('appointment_scheduled');
});

test('reserve: cancelled when no requisition comes, and the order is left', async () => {
  const quick = await startJunction({ timeScale: 1 / 100_000 });
  await quick.control('account', { bookBeforeRequisition: true });
  const id = await placeOrder(quick, 'at_home_phlebotomy', false);
  await bookFirst(quick, id);
  const seen = await until(
    () => quick.call('GET', at(id)),
    ({ text }) => text.includes('"status":"cancelled"'),
  );
  expect(seen).toMatchObject({ body: { event_data: { cancellation_reason: 'no_requisition' } } });
  await quick.close();
});

test('a plan holds for as many bookings as it says', async () => {
  await plan([
    { mode: 'reserve', times: 2 },
    { mode: 'async', afterMs: 60_000 },
  ]);
  const seen: unknown[] = [];
  for (let n = 0; n < 4; n++) {
    const answer = await bookFirst(junction, await placeOrder(junction), ASYNC);
    seen.push(appointmentSchema.parse(answer.body).status);
  }
  expect(seen).toEqual(['reserved', 'reserved', 'pending', 'confirmed']);
});
