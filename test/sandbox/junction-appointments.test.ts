import { DateTime } from 'luxon';
import {
  appointmentSchema,
  availabilitySchema,
  bookFirst,
  HOME_ADDRESS,
  orderBody,
  orderCallSchema,
  orderSchema,
  placeOrder,
  slotKey,
  slotKeys,
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

const OTHER_REASON = '2b9f23fd-163e-4483-bb10-90c74a67e0dc';
const at = (id: string, what = '', kind = 'phlebotomy') => `/v3/order/${id}/${kind}/appointment${what}`;
const book = (id: string, key: string, more = {}) =>
  junction.call('POST', at(id, '/book'), { booking_key: key, ...more });
const cancel = (id: string) =>
  junction.call('PATCH', at(id, '/cancel'), { cancellation_reason_id: OTHER_REASON, notes: 'x' });
const read = async (id: string) => appointmentSchema.parse((await junction.call('GET', at(id))).body);
const orderStatus = async (id: string) =>
  orderSchema.parse((await junction.call('GET', `/v3/order/${id}`)).body).last_event.status.split('.')[2];
const live = async () => stateSchema.parse((await junction.call('GET', '/_sandbox/state')).body).live;
const refused = (answer: Answer) => [answer.status, answer.text];
const search = (zip: string, query = '') =>
  junction.call('POST', `/v3/order/phlebotomy/appointment/availability${query}`, {
    ...HOME_ADDRESS,
    zip_code: zip,
  });

describe('slots', () => {
  test('are two-hour windows in wall time at the place, from tomorrow on', async () => {
    const { slots: days, timezone } = availabilitySchema.parse((await search('85004-1234')).body);
    expect(timezone).toBe('America/Phoenix');
    const today = DateTime.now().setZone(timezone).startOf('day');
    expect(days.map((day) => day.date)).toEqual(
      Array.from({ length: 13 }, (_, n) => today.plus({ days: n + 1 }).toISODate()),
    );
    const wall = (time: string) => DateTime.fromISO(time).setZone(timezone).toFormat('HH:mm');
    const [first] = days;
    expect(first?.slots.map((slot) => `${wall(slot.start)}-${wall(slot.end)}`)).toEqual([
      '07:00-09:00',
      '09:00-11:00',
      '11:00-13:00',
      '13:00-15:00',
      '15:00-17:00',
      '17:00-19:00',
    ]);
    const keys = days.flatMap((day) => day.slots).map((slot) => [slot.booking_key, slot.expires_at]);
    expect(keys).toContainEqual([null, null]);
  });

  test('are the same at every search, start where asked, and not in the past', async () => {
    const date = DateTime.now().plus({ days: 10 }).toISODate();
    const found = availabilitySchema.parse((await search('85004', `?start_date=${date}`)).body);
    expect(found.slots[0]?.date).toBe(date);
    expect(found.slots).toHaveLength(14);
    expect(refused(await search('85004', '?start_date=2020-01-01'))).toEqual([
      400,
      expect.stringContaining('start_date must be greater'),
    ]);
  });

  test.each(['54650', '10001'])('are not to be had online for ZIP %s', async (zip) => {
    const answer = await search(zip);
    expect(refused(answer)).toEqual([404, expect.stringContaining(`No slots found for zip code ${zip}`)]);
  });

  test('run out with their places, and come back when one is cancelled', async () => {
    await junction.control('slots', { capacity: 1 });
    const [one, two] = [await placeOrder(junction), await placeOrder(junction)];
    const key = await slotKey(junction);
    expect((await book(one, key)).status).toBe(200);
    expect(await slotKey(junction)).not.toBe(key);
    expect(refused(await book(two, key))).toEqual([400, expect.stringContaining('no longer available')]);
    await cancel(one);
    expect((await book(two, key)).status).toBe(200);
  });

  test('go to one of two callers at the same moment', async () => {
    await junction.control('slots', { capacity: 1 });
    const [one, two] = [await placeOrder(junction), await placeOrder(junction)];
    const key = await slotKey(junction);
    const answers = await Promise.all([book(one, key), book(two, key)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await live()).appointments).toHaveLength(1);
  });

  test('can be snatched, with the status of production when asked for', async () => {
    await junction.control('slots', { snatch: 1 });
    await junction.control('quirks', { slotConflict404: true });
    const id = await placeOrder(junction);
    const [first = '', next = ''] = await slotKeys(junction);
    expect(refused(await book(id, first))).toEqual([404, expect.stringContaining('no longer available')]);
    expect((await book(id, next)).status).toBe(200);
  });

  test('can be made to be none', async () => {
    await junction.control('slots', { empty: 1 });
    expect(availabilitySchema.parse((await search('85004')).body).slots).toEqual([]);
    expect(availabilitySchema.parse((await search('85004')).body).slots).toHaveLength(13);
  });
});

describe('booking keys', () => {
  test('that were made up, changed or expired have an invalid format', async () => {
    const id = await placeOrder(junction);
    const key = await slotKey(junction);
    const changed = key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    await junction.control('slots', { expireKeys: true });
    for (const bad of ['foo123', '', changed, key]) {
      expect(refused(await book(id, bad))).toEqual([400, '{"detail":"Invalid booking key format"}']);
    }
  });

  test('die on the sandbox clock', async () => {
    const quick = await startJunction({ keyLifetimeMs: 0 });
    const id = await placeOrder(quick);
    expect(refused(await bookFirst(quick, id))).toEqual([
      400,
      expect.stringContaining('Invalid booking key'),
    ]);
    await quick.close();
  });
});

describe('booking', () => {
  test('needs the requisition', async () => {
    const id = await placeOrder(junction, 'at_home_phlebotomy', false);
    expect(refused(await bookFirst(junction, id))).toEqual([
      400,
      expect.stringContaining('This order does not have a requisition'),
    ]);
  });

  test('confirms at once, moves the order and keeps the notes', async () => {
    const id = await placeOrder(junction);
    const notes = 'Left arm\nref:b1/book/1';
    const answer = await bookFirst(junction, id, { appointment_notes: notes });
    const appointment = appointmentSchema.parse(answer.body);
    expect(appointment).toMatchObject({
      status: 'confirmed',
      event_status: 'scheduled',
      order_id: id,
      appointment_notes: notes,
      provider: 'getlabs',
      iana_timezone: 'America/Phoenix',
      address: { zip_code: '85004' },
    });
    expect(appointment.events.map(({ status }) => status)).toEqual(['pending', 'scheduled']);
    expect(await orderStatus(id)).toBe('appointment_scheduled');
  });

  test('gives an order one appointment, and a patient one at a time', async () => {
    const body = orderBody();
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) {
      const { id } = orderCallSchema.parse((await junction.call('POST', '/v3/order', body)).body).order;
      await junction.control(`orders/${id}`, { status: 'requisition_created' });
      ids.push(id);
    }
    const [one = '', two = ''] = ids;
    await bookFirst(junction, one);
    expect(refused(await bookFirst(junction, one))).toEqual([
      400,
      expect.stringContaining('order already has'),
    ]);
    expect(refused(await bookFirst(junction, two))).toEqual([
      400,
      expect.stringContaining('patient already has'),
    ]);
    await junction.control('account', { oneAppointmentPerPatient: false });
    expect((await bookFirst(junction, two)).status).toBe(200);
    await junction.control('account', { oneAppointmentPerOrder: false });
    expect((await bookFirst(junction, two)).status).toBe(200);
    expect((await live()).appointments).toHaveLength(3);
  });

  test.each([
    [{ sync_confirmation_timeout_millisecond: 999 }, 'sync_confirmation_timeout_millisecond'],
    [{ sync_confirmation_timeout_millisecond: 10_001 }, 'sync_confirmation_timeout_millisecond'],
    [{ async_confirmation_timeout_millisecond: 59_999 }, 'async_confirmation_timeout_millisecond'],
    [{ async_confirmation_timeout_millisecond: 172_800_001 }, 'async_confirmation_timeout_millisecond'],
    [{ appointment_notes: 'a'.repeat(1_001) }, 'appointment_notes'],
    [{ booking_key: 7 }, 'booking_key'],
  ])('refuses a body outside the contract: %o', async (more, field) => {
    const answer = await bookFirst(junction, await placeOrder(junction), more);
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', field] }] } });
  });

  test('refuses orders of another kind, orders that moved on, and patients under 18', async () => {
    const walkIn = await placeOrder(junction, 'walk_in_test');
    expect(refused(await bookFirst(junction, walkIn))).toEqual([400, expect.stringContaining('not a')]);
    const gone = await placeOrder(junction);
    await junction.call('POST', `/v3/order/${gone}/cancel`);
    expect(refused(await bookFirst(junction, gone))).toEqual([
      400,
      expect.stringContaining('not in a state'),
    ]);
    const proxy = {
      first_name: 'Mia',
      last_name: 'Reyes',
      phone_number: '1',
      address: {
        first_line: 'a',
        city: 'b',
        state: 'AZ',
        zip: '85004',
        country: 'US',
      },
    };
    const dob = `${new Date().getUTCFullYear() - 10}-01-01`;
    const minor = orderBody('at_home_phlebotomy', { dob, medical_proxy: proxy });
    const { id } = orderCallSchema.parse((await junction.call('POST', '/v3/order', minor)).body).order;
    await junction.control(`orders/${id}`, { status: 'requisition_created' });
    expect(refused(await bookFirst(junction, id))).toEqual([400, expect.stringContaining('18')]);
  });
});

describe('cancelling and moving', () => {
  test('an appointment is cancelled once, for a reason of the list, and its order is left', async () => {
    const id = await placeOrder(junction);
    expect(refused(await cancel(id))).toEqual([404, expect.stringContaining('does not have an appointment')]);
    await bookFirst(junction, id);
    const bad = { cancellation_reason_id: crypto.randomUUID() };
    expect((await junction.call('PATCH', at(id, '/cancel'), bad)).status).toBe(400);
    expect(
      (await junction.call('PATCH', at(id, '/cancel'), { cancellationReasonId: OTHER_REASON })).status,
    ).toBe(422);
    expect(await cancel(id)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', event_status: 'cancelled' },
    });
    expect(refused(await cancel(id))).toEqual([400, expect.stringContaining('has already been cancelled')]);
    expect(await orderStatus(id)).toBe('appointment_cancelled');
    expect(await live()).toEqual({ orders: [id], appointments: [] });
  });

  test('an at-home order takes its appointment with it', async () => {
    const id = await placeOrder(junction);
    await bookFirst(junction, id);
    expect((await junction.call('POST', `/v3/order/${id}/cancel`)).status).toBe(200);
    expect(await live()).toEqual({ orders: [], appointments: [] });
    expect(await orderStatus(id)).toBe('cancelled');
  });

  test('an appointment moves to another slot and stays scheduled', async () => {
    const id = await placeOrder(junction);
    const [first = '', next = ''] = await slotKeys(junction);
    const before = appointmentSchema.parse((await book(id, first)).body);
    const moved = await junction.call('PATCH', at(id, '/reschedule'), { booking_key: next });
    const after = appointmentSchema.parse(moved.body);
    expect(after).toMatchObject({ id: before.id, status: 'confirmed', event_data: { is_reschedule: true } });
    expect(after.start_at).not.toBe(before.start_at);
  });

  test('an appointment is moved, completed or cancelled by hand, and one can be there before', async () => {
    const id = await placeOrder(junction);
    const start = DateTime.now().plus({ days: 3 }).toUTC().toISO();
    await junction.control('appointments', { order_id: id, start_at: start, notes: 'by phone' });
    const foreign = await read(id);
    expect(foreign).toMatchObject({ status: 'confirmed', appointment_notes: 'by phone', start_at: start });
    const later = DateTime.now().plus({ days: 4 }).toUTC().toISO();
    await junction.control(`appointments/${foreign.id}`, {
      start_at: later,
      event_data: { origin: 'patient' },
    });
    expect(await read(id)).toMatchObject({
      status: 'confirmed',
      start_at: later,
      event_data: { origin: 'patient' },
    });
    await junction.control(`appointments/${foreign.id}`, { status: 'completed' });
    expect(await orderStatus(id)).toBe('draw_completed');
    expect(refused(await cancel(id))).toEqual([400, expect.any(String)]);
  });

  test('a visit takes place when its time comes', async () => {
    const id = await placeOrder(junction);
    const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
    await junction.control('appointments', { order_id: id, start_at: soon(150), end_at: soon(300) });
    await until(
      () => read(id),
      ({ status }) => status === 'in_progress',
    );
    await until(
      () => read(id),
      ({ status }) => status === 'completed',
    );
    expect(await orderStatus(id)).toBe('draw_completed');
  });
});

test('the request tier gives an appointment without times, which the provider sets later', async () => {
  const id = await placeOrder(junction);
  const ask = (provider: string) =>
    junction.call('POST', at(id, '/request'), { address: { ...HOME_ADDRESS, zip_code: '54650' }, provider });
  expect((await ask('getlabs')).status).toBe(400);
  const requested = appointmentSchema.parse((await ask('phlebfinders')).body);
  expect(requested).toMatchObject({
    status: 'pending',
    start_at: null,
    end_at: null,
    provider: 'phlebfinders',
  });
  const start = '2099-01-05T15:00:00Z';
  await junction.control(`appointments/${requested.id}`, { status: 'confirmed', start_at: start });
  expect(await read(id)).toMatchObject({ status: 'confirmed', start_at: start });
});
