import { BY_REMOTE_ID, day, ok, OPEN_TIMES, refusal, ZONE } from './fixtures';
import { failureOf, NOW, oliverStage, queryOf } from './setup';

const stage = oliverStage();
type Account = Parameters<ReturnType<typeof stage>['provider']>[0];

function find(from: string, to: string, account: Account = {}, request = BY_REMOTE_ID) {
  return stage()
    .provider(account)
    .searchSlots(stage().call(), queryOf(request, from, to));
}

const search = async (...asked: Parameters<typeof find>) => (await find(...asked)).slots;

function answers(...bodies: unknown[]): void {
  stage().signsIn();
  stage().resolves();
  for (const body of bodies) stage().server.expect(OPEN_TIMES, ok(body));
}

const asked = () =>
  stage()
    .sent(OPEN_TIMES)
    .map(({ body }) => body);
const slot = (more: object) => [{ date: '12/07/2026', available: true, times: [{ uuid: 's', ...more }] }];

test('a slot: its uuid is the key, its times are UTC, the zone is the account’s, vet and room the place', async () => {
  answers([day('12/07/2026', 'slot-1')]);
  expect(await search('2026-12-07', '2026-12-07')).toEqual([
    {
      key: 'slot-1',
      startsAt: '2026-12-07T22:00:00.000Z',
      endsAt: '2026-12-07T22:20:00.000Z',
      expiresAt: null,
      timezone: ZONE,
      price: null,
      distance: null,
      location: null,
      place: { code: '5', name: null, address: null },
    },
  ]);
  expect(asked()).toEqual([{ search_from_date: '2026-12-07T06:00:00.000Z', appointment_type: 'wellness' }]);
});

test('goes on from the day after the last that an answer names, until the days are covered', async () => {
  answers(
    [day('12/07/2026', 'a'), day('12/08/2026')],
    [day('2026-12-09', 'b'), day('2026-12-10', 'b')],
    [day('12/11/2026', 'c'), day('12/12/2026', 'd')],
  );
  const slots = await search('2026-12-07', '2026-12-11');
  expect(slots.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
  expect(asked()).toMatchObject([
    { search_from_date: '2026-12-07T06:00:00.000Z' },
    { search_from_date: '2026-12-09T06:00:00.000Z' },
    { search_from_date: '2026-12-11T06:00:00.000Z' },
  ]);
});

test('an answer that names no day is stepped over', async () => {
  answers([], [day('12/14/2026', 'a'), day('12/16/2026')]);
  const slots = await search('2026-12-07', '2026-12-16');
  expect(slots.map(({ key }) => key)).toEqual(['a']);
});

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'see above'],
  ['a day without a date', { date: null, times: [] }],
  ['a day whose date and times cannot be read', { date: {}, times: [null, 7] }],
  ['a day whose times tell no day', { date: '13/45/2026', times: [{ uuid: 's', start: '16:00' }] }],
])('an answer of %s alone hides no later day: the next one is asked for', async (_what, odd) => {
  answers([odd], [day('12/08/2026', 'a')], [day('12/01/2026'), odd], [day('12/10/2026', 'b')]);
  const { slots, complete } = await find('2026-12-07', '2026-12-10');
  expect([slots.map(({ key }) => key), complete]).toEqual([['a', 'b'], true]);
  expect(asked()).toMatchObject(
    ['07', '08', '09', '10'].map((date) => ({ search_from_date: `2026-12-${date}T06:00:00.000Z` })),
  );
});

test('a day without a date is named by the first of its times that tells one', async () => {
  const [time] = day('12/08/2026', 'a').times;
  const times = [
    { uuid: 'x', start: 'soon' },
    { ...time, start: null, value: '2026-12-08T16:00:00-06:00', end: null },
  ];
  answers([{ date: null, times }], [day('12/09/2026', 'b')]);
  expect((await search('2026-12-07', '2026-12-09')).map(({ key }) => key)).toEqual(['a', 'b']);
});

test('a search that cannot ask for each of its days, as what it sees names none, is not complete', async () => {
  answers(...Array.from({ length: 30 }, () => [null]));
  expect(await find('2026-12-07', '2027-02-28')).toEqual({ slots: [], complete: false });
});

test('an answer that never moves on ends the search', async () => {
  answers(...Array.from({ length: 30 }, () => [day('12/01/2026')]));
  expect(await find('2026-12-07', '2027-11-30')).toEqual({ slots: [], complete: false });
});

test('a search that sees the last of its days is complete', async () => {
  answers([day('12/07/2026', 'a'), day('12/08/2026')]);
  expect(await find('2026-12-07', '2026-12-08')).toMatchObject({ slots: [{ key: 'a' }], complete: true });
});

test('two windows are asked for apart, and what lies between them is not', async () => {
  answers([day('12/07/2026', 'a')], [day('12/21/2026', 'b')]);
  const days = [
    { from: '2026-12-21', to: '2026-12-21' },
    { from: '2026-12-07', to: '2026-12-07' },
  ];
  await stage()
    .provider()
    .searchSlots(stage().call(), { ...queryOf(), days });
  expect(asked()).toMatchObject([
    { search_from_date: '2026-12-07T06:00:00.000Z' },
    { search_from_date: '2026-12-21T06:00:00.000Z' },
  ]);
});

test('today is asked for from now on, for the past is refused', async () => {
  answers([day('12/01/2026')]);
  await search('2026-11-20', '2026-12-01');
  expect(asked()).toMatchObject([{ search_from_date: new Date(NOW).toISOString() }]);
});

test('today is the practice’s: it is asked for while UTC is a day on', async () => {
  stage().clock.now = Date.parse('2026-12-08T00:05:00Z');
  answers([day('12/07/2026', 'a')]);
  const found = await find('2026-12-07', '2026-12-07', { timezone: 'Pacific/Honolulu' });
  expect([found.slots.map(({ key }) => key), found.complete]).toEqual([['a'], true]);
  expect(asked()).toMatchObject([{ search_from_date: '2026-12-08T00:05:00.000Z' }]);
});

test.each([
  ['an offset', '2026-12-07T16:00:00-06:00'],
  ['UTC', '2026-12-07T22:00:00Z'],
  ['no offset', '2026-12-07T16:00:00'],
  ['a space', '2026-12-07 16:00'],
  ['a time of day alone', '16:00:00'],
  ['a time of day with an offset', '16:00:00-06:00'],
])('a start with %s', async (_what, start) => {
  answers(slot({ start }));
  const [found] = await search('2026-12-07', '2026-12-07');
  expect(found?.startsAt).toBe('2026-12-07T22:00:00.000Z');
});

test('wall time follows the zone’s clock changes', async () => {
  answers([{ date: '03/15/2027', available: true, times: [{ uuid: 's', start: '16:00' }] }]);
  const [found] = await search('2027-03-15', '2027-03-15', { timezone: 'America/New_York' });
  expect(found).toMatchObject({ startsAt: '2027-03-15T20:00:00.000Z', timezone: 'America/New_York' });
});

test.each<[string, object, object]>([
  [
    'no end: twenty minutes, as the contract says',
    { start: '16:00' },
    { endsAt: '2026-12-07T22:20:00.000Z' },
  ],
  ['no start but a value', { value: '16:00' }, { startsAt: '2026-12-07T22:00:00.000Z' }],
  ['a room and number ids', { start: '16:00', provider_id: 5, room_id: 2 }, { place: { code: '5/2' } }],
  ['nobody named', { start: '16:00' }, { place: null }],
  ['fields of other types', { start: '16:00', label: 7, appointment_type_ids: 'x' }, { key: 's' }],
])('a slot with %s', async (_what, wire, seen) => {
  answers(slot(wire));
  expect(await search('2026-12-07', '2026-12-07')).toMatchObject([seen]);
});

test.each<[string, unknown]>([
  ['without a uuid', { uuid: null, start: '16:00' }],
  ['without a start', { start: null }],
  ['with a start that makes no sense', { start: 'soon' }],
])('what is on offer %s cannot be booked and is left out', async (_what, wire) => {
  answers([...slot(wire as object), null, 'x', { date: '12/07/2026', times: null }]);
  expect(await search('2026-12-07', '2026-12-07')).toEqual([]);
});

test('an answer without a list is no answer', async () => {
  answers({ days: [] });
  expect((await failureOf(search('2026-12-07', '2026-12-07'))).code).toBe('provider_unavailable');
});

test('an appointment type that the practice refuses is the request’s', async () => {
  stage().signsIn();
  stage().resolves();
  stage().server.expect(OPEN_TIMES, refusal(400, 'appointment_type is invalid'));
  const failure = await failureOf(search('2026-12-07', '2026-12-07'));
  expect([failure.code, failure.facts.field]).toEqual(['request_refused', 'appointmentType']);
});
