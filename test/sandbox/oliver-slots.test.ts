import { bookFirst, firstTime, openDays, openTimes, REMOTE, startOliver, type Oliver } from './oliver-client';

/** Open times: what is offered, and what stops being offered. */

let oliver: Oliver;
beforeEach(async () => void (oliver = await startOliver()));
afterEach(() => oliver.close());

/** A week in which the clocks in Chicago go back: Sunday 2 November 2031. */
const BEFORE_THE_CHANGE = new Date('2031-10-31T05:00:00Z');

test('days in the practice`s wall time, in the forms of the contract`s descriptions', async () => {
  const days = await openDays(oliver, 'sick', BEFORE_THE_CHANGE);
  const [friday, , sunday, monday] = days;
  expect(days).toHaveLength(14);
  expect(friday).toMatchObject({ date: '10/31/2031', available: true });
  expect(friday?.times.at(0)).toMatchObject({
    start: '2031-10-31T08:00:00-05:00',
    end: '2031-10-31T08:20:00-05:00',
    value: '08:00',
    label: '8:00 am',
  });
  expect(friday?.times.at(-1)).toMatchObject({ value: '18:30', label: '6:30 pm' });
  expect(sunday).toEqual({ date: '11/02/2031', available: false, times: [] });
  expect(monday?.times.at(0)?.start).toBe('2031-11-03T08:00:00-06:00');
});

test('nothing before the moment that is asked for, and nothing past', async () => {
  const afternoon = await openDays(oliver, 'sick', new Date('2031-10-31T20:00:00Z'));
  expect(afternoon[0]?.times[0]?.value).toBe('15:30');
  const longAgo = await openDays(oliver, 'sick', new Date('2020-01-01T00:00:00Z'));
  const starts = longAgo.flatMap(({ times }) => times.map(({ start }) => Date.parse(start)));
  expect(Math.min(...starts)).toBeGreaterThan(Date.now());
});

test('an appointment type has the times of the vets who do it', async () => {
  const vets = async (type: string): Promise<Set<string>> =>
    new Set((await openTimes(oliver, type)).map(({ provider_id: id }) => id));
  expect(await vets('wellness')).toEqual(new Set(['11', '12']));
  expect(await vets('sick')).toEqual(new Set(['11']));
});

test.each<[why: string, body: object]>([
  [
    'a type that the contract does not know',
    { search_from_date: '2031-01-01T00:00:00Z', appointment_type: 'spa' },
  ],
  ['no type', { search_from_date: '2031-01-01T00:00:00Z' }],
  ['a day without a time', { search_from_date: '2031-01-01', appointment_type: 'sick' }],
])('refuses %s', async (_why, body) => {
  expect((await oliver.call('POST', '/open_times', body)).status).toBe(400);
});

test('a booked slot is offered no more, to no type; it is again once its appointment is over', async () => {
  const { uuid, start, provider_id: vet } = await firstTime(oliver);
  const offered = async (type: string): Promise<boolean> =>
    (await openTimes(oliver, type)).some((time) => time.start === start && time.provider_id === vet);
  const { id } = await bookFirst(oliver);
  expect([await offered('wellness'), await offered('recheck')]).toEqual([false, false]);
  const again = await oliver.call('POST', '/appointments', { slot_id: uuid, ...REMOTE });
  expect(again).toMatchObject({ status: 400, body: { message: 'This time slot is no longer available' } });
  await oliver.control(`appointments/${id}`, { status: 'DECLINED' });
  expect(await offered('wellness')).toBe(true);
});

test('a second create for a slot is let through where the account says so', async () => {
  await oliver.control('account', { secondCreate: 'allowed' });
  const body = { slot_id: (await firstTime(oliver)).uuid, ...REMOTE };
  for (const call of [1, 2])
    expect([call, (await oliver.call('POST', '/appointments', body)).status]).toEqual([call, 200]);
  expect((await oliver.state()).live.appointments).toHaveLength(2);
});

test('`snatch`: somebody else is faster, and the slot is gone for good', async () => {
  await oliver.control('slots', { snatch: 1 });
  const { uuid } = await firstTime(oliver);
  const snatched = await oliver.call('POST', '/appointments', { slot_id: uuid, ...REMOTE });
  expect(snatched.status).toBe(400);
  const next = await firstTime(oliver);
  expect(next.uuid).not.toBe(uuid);
  expect((await oliver.call('POST', '/appointments', { slot_id: next.uuid, ...REMOTE })).status).toBe(200);
});

test('`empty`: a search finds nothing, the next one does', async () => {
  await oliver.control('slots', { empty: 1 });
  expect((await openDays(oliver)).every(({ available, times }) => !available && times.length === 0)).toBe(
    true,
  );
  expect(await openTimes(oliver)).not.toHaveLength(0);
});

const encoded = (...parts: string[]): string => Buffer.from(parts.join('|')).toString('base64url');

test.each<[why: string, slotId: string, message: string]>([
  ['nothing of ours', 'abc', 'Invalid slot_id'],
  ['another practice`s slot', encoded('2', 'sick', '11', '2031-10-31T13:00:00.000Z'), 'Invalid slot_id'],
  ['a Sunday', encoded('1', 'sick', '11', '2031-11-02T14:00:00.000Z'), 'Invalid slot_id'],
  [
    'a time that is past',
    encoded('1', 'sick', '11', '2020-10-30T13:00:00.000Z'),
    'This time slot is no longer available',
  ],
])('a create refuses a slot_id that is %s', async (_why, slotId, message) => {
  const answer = await oliver.call('POST', '/appointments', { slot_id: slotId, ...REMOTE });
  expect(answer).toMatchObject({ status: 400, body: { success: false, message } });
});

test('and takes the slot_id of the same form that is none of these', async () => {
  const slotId = encoded('1', 'sick', '11', '2031-10-31T13:00:00.000Z');
  const answer = await oliver.call('POST', '/appointments', { slot_id: slotId, ...REMOTE });
  expect(answer).toMatchObject({ status: 200, body: { data: { booking_date: '2031-10-31T13:00:00.000Z' } } });
});
