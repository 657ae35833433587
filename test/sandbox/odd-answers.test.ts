import { z } from 'zod';
import {
  bookFirst,
  HOME_ADDRESS,
  orderBody,
  placeOrder,
  slotKeys,
  startJunction,
  startReceiver,
  until,
  type Junction,
} from './junction-client';
import {
  ANA,
  ask,
  CORE,
  REMOTE,
  SIGN_IN,
  startOliver,
  tokenSchema,
  USER,
  type Oliver,
} from './oliver-client';

/** Answers that are odd in their elements, values and times. */

const HOME = '/v3/order/phlebotomy/appointment/availability';
const PSC = '/v3/order/psc/appointment/availability?lab=quest&zip_code=10001&radius=25';

let junction: Junction;
let oliver: Oliver;
beforeAll(async () => {
  junction = await startJunction();
});
beforeEach(async () => {
  await junction.control('reset', {});
  oliver = await startOliver();
});
afterEach(() => oliver.close());

const record = z.record(z.string(), z.unknown());
/** What an answer holds at a path of fields and indices. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((so, part) => {
    if (Array.isArray(so)) return so[Number(part)] as unknown; // an element of whatever the sandbox answered
    return record.parse(so)[part];
  }, value);
}
const home = async () => (await junction.call('POST', HOME, HOME_ADDRESS)).body;
const open = async () => {
  const body = { search_from_date: '2031-10-30T05:00:00Z', appointment_type: 'wellness' };
  return (await oliver.call('POST', '/open_times', body)).body;
};

describe('slots and days', () => {
  const isDay = { date: expect.any(String) as unknown };
  const isSlot = { start: expect.stringMatching(/^20/) as unknown };

  test.each([
    ['Junction', () => junction, home, ['slots'], 'slots'],
    ['Oliver', () => oliver, open, ['data'], 'times'],
  ] as const)('%s: odd ones among the good', async (_name, of, search, path, field) => {
    const good = z.array(record).parse(at(await search(), ...path));
    await of().control('quirks', { oddDays: true, oddSlots: true });
    const days = z.array(z.unknown()).parse(at(await search(), ...path));
    expect(days).toHaveLength(good.length + 5);
    expect(days.slice(0, 5)).toMatchObject([
      null,
      { ...isDay, [field]: null },
      isDay,
      { ...isDay, [field]: 'closed' },
      isDay,
    ]);
    expect(days[2]).not.toHaveProperty(field);
    const slots = z.array(z.unknown()).parse(at(days, 4, field));
    expect(slots).toHaveLength(z.array(record).parse(good[0]?.[field]).length + 6);
    expect(slots.slice(0, 6)).toMatchObject([
      null,
      'fully booked',
      {},
      { start: null, end: null },
      { start: 'soon' },
      isSlot,
    ]);
    expect([days.at(-1), slots.at(-1)]).toEqual([null, null]);
  });

  test('Junction: one from 23:30 to 00:30 can be booked while it is on offer', async () => {
    const before = await slotKeys(junction);
    await junction.control('quirks', { midnightSlots: true });
    await junction.control('slots', { capacity: 1 });
    const phoenix = z.array(record).parse(at(await home(), 'slots', 0, 'slots'));
    expect(phoenix.at(-1)).toMatchObject({
      start: expect.stringContaining('T06:30:00+00:00'),
      end: expect.stringContaining('T07:30:00+00:00'),
    });
    const late = (await slotKeys(junction)).find((key) =>
      Buffer.from(key.split('.')[0] ?? '', 'base64url').includes('|23:30'),
    );
    const orderId = await placeOrder(junction);
    const path = `/v3/order/${orderId}/phlebotomy/appointment/book`;
    const booked = await junction.call('POST', path, { booking_key: late });
    expect(booked.body).toMatchObject({ start_at: expect.stringContaining('T06:30:00+00:00') });
    await junction.control('quirks', { midnightSlots: false });
    expect(await slotKeys(junction)).toHaveLength(before.length);
  });

  test('Oliver: one from 23:30 to 00:30 can be booked', async () => {
    await oliver.control('quirks', { midnightSlots: true });
    const last = record.parse(
      z
        .array(record)
        .parse(at(await open(), 'data', 0, 'times'))
        .at(-1),
    );
    expect(last).toMatchObject({ start: '2031-10-30T23:30:00-05:00', end: '2031-10-31T00:30:00-05:00' });
    const made = await oliver.call('POST', '/appointments', { slot_id: last.uuid, ...REMOTE });
    expect(made.body).toMatchObject({ data: { booking_date: '2031-10-31T04:30:00.000Z' } });
  });
});

describe('odd elements', () => {
  const odd = [null, expect.any(Object), {}, 'see above', 7, []];

  test('in every list that Junction answers, also within', async () => {
    await placeOrder(junction);
    await junction.control('quirks', { oddElements: true });
    const page = (await junction.call('GET', '/v3/orders')).body;
    expect(at(page, 'orders')).toEqual(odd);
    expect(at(page, 'orders', 1, 'events', 0)).toBeNull();
    for (const kind of ['phlebotomy', 'psc']) {
      const reasons = await junction.call('GET', `/v3/order/${kind}/appointment/cancellation-reasons`);
      expect(reasons.body).toEqual(expect.arrayContaining([null, {}, 7]));
    }
    const area = (await junction.call('GET', '/v3/order/area/info?zip_code=85004')).body;
    expect(at(area, 'phlebotomy', 'providers')).toEqual(odd);
    const sites = (await junction.call('GET', '/v3/order/psc/info?zip_code=10001&lab_id=27')).body;
    expect(at(sites, 'patient_service_centers', 0)).toBeNull();
  });

  test('in the events of webhooks', async () => {
    const receiver = await startReceiver();
    await junction.control('webhook', { url: receiver.url });
    await junction.control('quirks', { oddElements: true });
    await junction.call('POST', '/v3/order', orderBody());
    const [event] = await until(
      () => Promise.resolve(receiver.received),
      ({ length }) => length > 0,
    );
    expect(event?.data.events).toEqual(odd);
    await junction.control('webhook', { url: null });
  });

  test('in every list that Oliver answers; none in one that is empty', async () => {
    await oliver.control('quirks', { oddElements: true });
    const since = 'updated_at_start=2020-01-01T00:00:00Z';
    const content = async (path: string) => at((await oliver.call('GET', path)).body, 'data', 'content');
    expect(await content(`/appointments?${since}`)).toEqual([]);
    await oliver.control('appointments', {
      client_id: String(ANA.client_id),
      patient_id: String(ANA.patient_id),
      start_at: '2031-10-30T16:00:00Z',
      end_at: '2031-10-30T16:20:00Z',
    });
    await ask(oliver, { title: 'x' });
    expect(await content(`/appointments?${since}`)).toEqual(odd);
    expect(await content('/staff_tasks')).toEqual(odd);
    const clients = (await oliver.call('GET', '/clients?name=Reyes')).body;
    expect(at(clients, 'data')).toEqual(odd);
    expect(at(clients, 'data', 1, 'patients', 0)).toBeNull();
    const patients = (await oliver.call('GET', '/patients?client_id=305')).body;
    expect(at(patients, 'data')).toEqual(odd);
  });
});

describe('values as text', () => {
  test('Junction: numbers, prices with two digits, and booleans', async () => {
    const id = await placeOrder(junction);
    const [key] = await slotKeys(junction);
    await junction.control('quirks', { textNumbers: true, textBooleans: true });
    const slot = record.parse(at(await home(), 'slots', 0, 'slots', 0));
    expect(slot).toMatchObject({
      price: expect.stringMatching(/^\d+\.00$/),
      num_appointments_available: expect.stringMatching(/^\d$/),
      is_priority: expect.stringMatching(/^(true|false)$/),
    });
    const psc = (await junction.call('POST', PSC)).body;
    expect(at(psc, 'slots', 0, 'location', 'distance')).toBe('1');
    expect((await junction.call('GET', '/v3/orders')).body).toMatchObject({ total: '1', page: '1' });
    const path = `/v3/order/${id}/phlebotomy/appointment/book`;
    const booked = await junction.call('POST', path, { booking_key: key });
    expect(booked.body).toMatchObject({ can_reschedule: 'true', location: { lat: '33.4421912' } });
  });

  test('Oliver: totals, ids and booleans', async () => {
    await oliver.control('quirks', { textNumbers: true, textBooleans: true });
    expect((await oliver.call('GET', '/staff_tasks')).body).toMatchObject({
      success: 'true',
      data: { total_count: '0', page: '0' },
    });
  });
});

describe('times', () => {
  const T = '\\d{4}-\\d\\d-\\d\\dT';
  test.each<[string, Record<string, boolean>, string]>([
    ['as delivered', {}, `${T}\\d\\d:00:00\\+00:00`],
    ['a blank and two digits of offset', { spaceTimes: true }, '\\d{4}-\\d\\d-\\d\\d \\d\\d:00:00\\+00'],
    ['without seconds', { minuteTimes: true }, `${T}\\d\\d:00\\+00:00`],
    ['a basic offset', { basicOffsetTimes: true, localTimes: true }, `${T}\\d\\d:00:00-0700`],
    ['the basic format', { basicTimes: true }, '\\d{8}T\\d\\d0000Z'],
    ['lower case', { lowerCaseTimes: true }, '\\d{4}-\\d\\d-\\d\\dt\\d\\d:00:00z'],
    ['the offset of the place', { localTimes: true }, `${T}\\d\\d:00:00-07:00`],
    ['microseconds', { microTimes: true }, `${T}\\d\\d:00:00\\.000000\\+00:00`],
    [
      'several: the first notation counts',
      { spaceTimes: true, microTimes: true, localTimes: true },
      '.* .*:00-07',
    ],
  ])('Junction: %s', async (_what, quirks, pattern) => {
    const plain = z.array(record).parse(at(await home(), 'slots', 0, 'slots'))[0]?.start;
    await junction.control('quirks', quirks);
    const shown = String(at(await home(), 'slots', 0, 'slots', 0, 'start'));
    expect(shown).toMatch(new RegExp(`^${pattern}$`));
    expect(shown.slice(0, 4)).toBe(String(plain).slice(0, 4));
  });

  test('Oliver: open times and lists', async () => {
    await oliver.control('quirks', { spaceTimes: true, utcTimes: true });
    expect(at(await open(), 'data', 0, 'times', 0)).toMatchObject({ start: '2031-10-30 13:00:00+00' });
    await oliver.control('quirks', { spaceTimes: false, utcTimes: false, localTimes: true });
    await oliver.control('appointments', {
      client_id: '301',
      patient_id: '701',
      start_at: '2031-10-30T16:00:00Z',
      end_at: '2031-10-30T16:20:00Z',
    });
    const list = await oliver.call('GET', '/appointments?updated_at_start=2020-01-01T00:00:00Z');
    expect(list.body).toMatchObject({ data: { content: [{ booking_date: '2031-10-30T11:00:00-05:00' }] } });
  });

  test('a date of birth stays the day that it is', async () => {
    const id = await placeOrder(junction);
    await junction.control('quirks', { localTimes: true });
    await junction.control('zone', { offset: '-07:00' });
    const order = (await junction.call('GET', `/v3/order/${id}`)).body;
    expect(order).toMatchObject({ patient_details: { dob: '1984-03-09T00:00:00+00:00' } });
  });
});

describe('zones', () => {
  test('Junction: clocks that no zone data of ours have, and what the zone is called', async () => {
    await junction.control('zone', { offset: '-06:00', name: 'America/Phoenix' });
    const answer = await home();
    expect(at(answer, 'timezone')).toBe('America/Phoenix');
    expect(at(answer, 'slots', 0, 'slots', 0, 'start')).toMatch(/T07:00:00-06:00$/);
    const id = await placeOrder(junction);
    const booked = record.parse((await bookFirst(junction, id)).body);
    expect(booked).toMatchObject({
      iana_timezone: 'America/Phoenix',
      start_at: expect.stringMatching(/-06:00$/),
    });
    await junction.control('zone', {});
    const plain = (await junction.call('GET', `/v3/order/${id}/phlebotomy/appointment`)).body;
    expect(Date.parse(String(at(plain, 'start_at')))).toBe(Date.parse(String(booked.start_at)));
  });

  test.each([
    ['CST', 'CST'],
    ['', null],
  ])('Junction calls the zone %p: %p on the wire', async (name, wire) => {
    await junction.control('zone', { name });
    expect(at(await home(), 'timezone')).toBe(wire);
    expect(at((await junction.call('POST', PSC)).body, 'slots', 0, 'location', 'iana_timezone')).toBe(wire);
  });

  test('Oliver: each practice has clocks of its own', async () => {
    await oliver.control('zone', { practice: '1', offset: '-07:00' });
    // The search begins on the evening before by this clock.
    expect(at(await open(), 'data', 1, 'times', 0)).toMatchObject({ start: '2031-10-30T08:00:00-07:00' });
    const body = { search_from_date: '2031-10-30T05:00:00Z', appointment_type: 'wellness' };
    const other = await oliver.call('POST', '/open_times', body, { 'x-client-id': '2' });
    expect(at(other.body, 'data', 0, 'times', 0)).toMatchObject({ start: '2031-10-30T08:00:00-05:00' });
  });
});

describe('ids above 2^53', () => {
  test('integers in the answer to a create, digits elsewhere, kept when the quirk is off again', async () => {
    await oliver.control('quirks', { bigIds: true });
    const client = record.parse(
      await oliver.control('clients', { first_name: 'A', last_name: 'B', patients: [{ name: 'C' }] }),
    );
    const [clientId, patientId] = [String(client.id), String(at(client, 'patients', 0, 'id'))];
    expect(String(Number(clientId))).not.toBe(clientId);
    expect((await oliver.call('GET', `/clients/${clientId}`)).body).toMatchObject({
      data: { id: clientId },
    });

    const uuid = String(at(await open(), 'data', 0, 'times', 0, 'uuid'));
    // JSON.stringify knows no such integers.
    const body = `{"slot_id": "${uuid}", "client_id": ${clientId}, "patient_id": ${patientId}}`;
    const signedIn = await oliver.bare('POST', SIGN_IN, USER);
    const { token } = tokenSchema.parse(signedIn.body).data;
    const headers = { authorization: `Bearer ${token}`, 'x-client-id': '1' };
    const made = await fetch(`${oliver.url}${CORE}/appointments`, { method: 'POST', headers, body });
    const id = /"data":\{"id":(\d+),/.exec(await made.text())?.[1] ?? '';
    expect(BigInt(id) > 2n ** 53n && String(Number(id)) !== id).toBe(true);

    await oliver.control('quirks', { bigIds: false });
    const list = await oliver.call('GET', '/appointments?updated_at_start=2020-01-01T00:00:00Z');
    expect(list.body).toMatchObject({ data: { content: [{ id }] } });
    expect((await oliver.state()).live.appointments).toEqual([id]);
    await oliver.control(`appointments/${id}`, { status: 'DELETED' });
    expect((await oliver.state()).live.appointments).toEqual([]);
    expect(Number((await ask(oliver, { title: 'x' })).id)).toBeLessThan(2 ** 53);
  });

  test('a task’s, too; swapped, it is an integer', async () => {
    await oliver.control('quirks', { bigIds: true, swappedIds: true });
    const answer = await oliver.call('POST', '/staff_tasks', { title: 'x' });
    expect(answer.text).toMatch(/"id":\d{19},/);
  });
});
