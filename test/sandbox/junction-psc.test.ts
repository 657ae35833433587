import { DateTime } from 'luxon';
import { z } from 'zod';
import {
  appointmentSchema,
  availabilitySchema,
  bookFirst,
  placeOrder,
  slotKey,
  startJunction,
  stateSchema,
  type Answer,
  type Junction,
} from './junction-client';

let junction: Junction;
beforeEach(async () => {
  junction = await startJunction();
});
afterEach(() => junction.close());

const REASON = '5c0257ef-6fea-4a22-b20a-3ddab573d5c9';
const search = (query: string) => junction.call('POST', `/v3/order/psc/appointment/availability?${query}`);
const refused = (answer: Answer) => [answer.status, answer.text];
const live = async () => stateSchema.parse((await junction.call('GET', '/_sandbox/state')).body).live;

const sitesOf = (days: Record<string, unknown>[]) => {
  const locations = days.map(({ location }) =>
    z.looseObject({ code: z.string(), distance: z.number() }).parse(location),
  );
  return [...new Set(locations.map(({ code, distance }) => `${code} ${distance}`))];
};

test('slots are 20 minutes, mocked in New York, by ZIP and radius with distances, nearest first', async () => {
  const { slots: days, timezone } = availabilitySchema.parse(
    (await search('lab=quest&zip_code=10001&radius=25')).body,
  );
  expect([timezone, sitesOf(days)]).toEqual(['America/New_York', ['AAA 1', 'BBB 3', 'CCC 18']]);
  const [slot] = days[0]?.slots ?? [];
  const [start, end] = [slot?.start, slot?.end].map((time) => DateTime.fromISO(time ?? '').setZone(timezone));
  expect([start?.toFormat('HH:mm'), end?.toFormat('HH:mm')]).toEqual(['07:00', '07:20']);
  const near = availabilitySchema.parse((await search('lab=quest&zip_code=10001&radius=10')).body);
  expect(sitesOf(near.slots)).toEqual(['AAA 1', 'BBB 3']);
});

test.each([
  ['lab=quest', 400, 'site_codes or zip_code must be provided'],
  ['lab=quest&zip_code=10001', 400, 'radius must be provided when using zip_code'],
  ['lab=quest&site_codes=ZZZ', 400, 'Location with site code ZZZ not found'],
  ['lab=quest&site_codes=DDD', 400, 'Location with site code DDD is no longer active'],
  ['lab=quest&site_codes=AAA&site_codes=BBB&site_codes=CCC&site_codes=DDD', 400, 'less than or equal to 3'],
  ['lab=quest&site_codes=AAA&start_date=2020-01-01', 400, 'start_date must be greater'],
  ['lab=quest&zip_code=99999&radius=25', 404, 'No slots found'],
  ['lab=labcorp&zip_code=10001&radius=25', 422, 'lab'],
  ['lab=quest&zip_code=10001&radius=7', 422, 'radius'],
])('a search by %s answers %i', async (query, status, text) => {
  expect(refused(await search(query))).toEqual([status, expect.stringContaining(text)]);
});

test('book, read and cancel in the form of PSCs; cancelling the order leaves the appointment standing', async () => {
  const id = await placeOrder(junction, 'walk_in_test');
  const booked = await bookFirst(junction, id, {}, 'psc');
  expect(booked).toMatchObject({
    status: 200,
    body: {
      type: 'patient_service_center',
      provider: 'quest',
      status: 'confirmed',
      external_id: expect.any(String),
    },
  });
  expect((await junction.call('POST', `/v3/order/${id}/cancel`)).status).toBe(200);
  expect(await live()).toEqual({ orders: [], appointments: [expect.any(String)] });
  const cancel = (body: object) => junction.call('PATCH', `/v3/order/${id}/psc/appointment/cancel`, body);
  expect((await cancel({ cancellation_reason_id: REASON })).status).toBe(422);
  expect(await cancel({ cancellationReasonId: REASON, note: 'x' })).toMatchObject({
    body: { status: 'cancelled' },
  });
  expect(await live()).toEqual({ orders: [], appointments: [] });
});

test('a book key replays the frozen answer where the account has keys, and counts for nothing elsewhere', async () => {
  const id = await placeOrder(junction, 'walk_in_test');
  const body = { booking_key: await slotKey(junction, 'psc'), async_confirmation: true };
  const headers = { 'x-idempotency-key': 'b1/book/1', 'x-idempotency-error': 'no-cache' };
  const book = () => junction.call('POST', `/v3/order/${id}/psc/appointment/book`, body, headers);
  await junction.control('confirmation', { mode: 'async', afterMs: 60_000 });
  const first = await book();
  expect(first).toMatchObject({ status: 200, body: { status: 'pending' } });
  const { id: appointment } = appointmentSchema.parse(first.body);
  await junction.control(`appointments/${appointment}`, { status: 'confirmed' });
  expect((await book()).text).toBe(first.text);
  await junction.control('account', { pscIdempotency: false });
  expect(refused(await book())).toEqual([400, expect.stringContaining('already has an active appointment')]);
});

test('an account without PSC scheduling gets 503', async () => {
  await junction.control('account', { pscScheduling: false });
  expect(refused(await search('lab=quest&zip_code=10001&radius=25'))).toEqual([
    503,
    expect.stringContaining('not enabled'),
  ]);
});

test('an appointment at Sonora Quest can be neither moved nor cancelled', async () => {
  const id = await placeOrder(junction, 'walk_in_test');
  const found = availabilitySchema.parse((await search('lab=sonora_quest&zip_code=85004&radius=25')).body);
  const keys = found.slots
    .flatMap((day) => day.slots.map((slot) => slot.booking_key))
    .filter((key) => key !== null);
  const path = `/v3/order/${id}/psc/appointment`;
  const booked = await junction.call('POST', `${path}/book`, { booking_key: keys[0] });
  expect(booked.body).toMatchObject({ provider: 'sonora_quest', can_reschedule: false });
  const moved = await junction.call('PATCH', `${path}/reschedule`, { booking_key: keys[1] });
  expect(refused(moved)).toEqual([400, expect.stringContaining('cannot be rescheduled')]);
  const cancelled = await junction.call('PATCH', `${path}/cancel`, { cancellationReasonId: REASON });
  expect(refused(cancelled)).toEqual([400, expect.stringContaining('cannot be cancelled')]);
});
