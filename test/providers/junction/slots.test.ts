import { startDates } from '../../../src/providers/junction/slots';
import type { DayRange } from '../../../src/providers/provider';
import { AT_HOME, AT_SITE } from './fixtures';
import { failureOf, junctionStage } from './setup';

const stage = junctionStage();
const AT_HOME_LINE = 'POST /v3/order/phlebotomy/appointment/availability';
const AT_SITE_LINE = 'POST /v3/order/psc/appointment/availability';
const NOTHING = { status: 404, body: { detail: 'No slots found for zip code' } };

const answer = (...keys: string[]) => ({
  body: {
    slots: [
      {
        date: '2026-12-07',
        slots: keys.map((booking_key) => ({
          booking_key,
          start: '2026-12-07T16:00:00Z',
          end: '2026-12-07T18:00:00Z',
        })),
      },
    ],
  },
});

const days = (from: string, to: string): DayRange[] => [{ from, to }];

function atHome(range: DayRange[], account = {}) {
  const address = AT_HOME.patient?.address ?? null;
  return stage()
    .provider('junction-phlebotomy', account)
    .searchSlots(stage().call(), { days: range, address, location: null, request: AT_HOME });
}

function atSite(range: DayRange[], request = AT_SITE) {
  return stage()
    .provider('junction-psc')
    .searchSlots(stage().call(), { days: range, address: null, location: null, request });
}

const slotsOf = async (search: ReturnType<typeof atHome>) => (await search).slots;

const startsAsked = () => stage().server.received.map(({ query }) => query.get('start_date'));

test('at home: the address in the body, the first day in the query', async () => {
  stage().server.expect(AT_HOME_LINE, answer('k1', 'k2'));
  const slots = await slotsOf(atHome(days('2026-12-07', '2026-12-11'), { timezone: 'America/Phoenix' }));
  expect(slots.map(({ key, timezone }) => [key, timezone])).toEqual([
    ['k1', 'America/Phoenix'],
    ['k2', 'America/Phoenix'],
  ]);
  expect(stage().server.received[0]?.body).toEqual({
    first_line: 'West Lincoln Street',
    city: 'Phoenix',
    state: 'AZ',
    zip_code: '85004',
    access_notes: 'Gate 1234',
  });
  expect(startsAsked()).toEqual(['2026-12-07']);
});

test('at a draw site: everything in the query, the ZIP cut to five digits', async () => {
  stage().server.expect(AT_SITE_LINE, answer('k1'));
  await atSite(days('2026-12-07', '2026-12-18'));
  const [sent] = stage().server.received;
  expect(sent?.body).toBeUndefined();
  expect([...(sent?.query ?? [])]).toEqual([
    ['lab', 'quest'],
    ['zip_code', '10001'],
    ['radius', '25'],
    ['start_date', '2026-12-07'],
  ]);
});

test('at draw sites named by their codes: no ZIP, no radius', async () => {
  stage().server.expect(AT_SITE_LINE, answer('k1'));
  await atSite(days('2026-12-07', '2026-12-18'), {
    ...AT_SITE,
    site: { lab: 'quest', siteCodes: ['AJW', 'BBX'] },
  });
  const query = stage().server.received[0]?.query;
  expect(query?.getAll('site_codes')).toEqual(['AJW', 'BBX']);
  expect(query?.has('zip_code')).toBe(false);
  expect(query?.has('radius')).toBe(false);
});

test('days beyond one answer are asked for in further calls, and a slot seen twice counts once', async () => {
  stage().server.expect(AT_HOME_LINE, answer('k1', 'k2'));
  stage().server.expect(AT_HOME_LINE, answer('k2', 'k3'));
  const slots = await slotsOf(atHome(days('2026-12-07', '2026-12-21')));
  expect(slots.map(({ key }) => key)).toEqual(['k1', 'k2', 'k3']);
  expect(startsAsked()).toEqual(['2026-12-07', '2026-12-21']);
});

test('"No slots found" for some of the days is none on those days', async () => {
  stage().server.expect(AT_HOME_LINE, NOTHING);
  stage().server.expect(AT_HOME_LINE, answer('k1'));
  expect(await slotsOf(atHome(days('2026-12-07', '2026-12-21')))).toHaveLength(1);
});

test('"No slots found" for all of them means that the place is not served', async () => {
  stage().server.expect(AT_SITE_LINE, NOTHING);
  expect((await failureOf(atSite(days('2026-12-07', '2026-12-18')))).code).toBe('area_not_served');
});

test('an empty answer is no failure', async () => {
  stage().server.expect(AT_HOME_LINE, { body: { slots: [], timezone: null } });
  expect(await atHome(days('2026-12-07', '2026-12-11'))).toEqual({ slots: [], complete: true });
});

test('a search that breaks off is no short list', async () => {
  stage().server.expect(AT_HOME_LINE, answer('k1'));
  stage().server.expect(AT_HOME_LINE, 'reset');
  expect((await failureOf(atHome(days('2026-12-07', '2026-12-21')))).code).toBe('provider_unavailable');
});

test('days that are over are not asked for', async () => {
  expect(await slotsOf(atHome(days('2026-11-01', '2026-11-30')))).toEqual([]);
});

describe('where it is still yesterday by UTC', () => {
  // 14:05 on 1 December in Honolulu.
  beforeEach(() => stage().setNow(Date.parse('2026-12-02T00:05:00Z')));

  test.each([
    ['a day that UTC is through with is asked for from today', days('2026-12-01', '2026-12-01')],
    ['also when it ends longer ones', days('2026-11-20', '2026-12-01')],
    ['two ranges cost one call', [...days('2026-12-01', '2026-12-01'), ...days('2026-12-03', '2026-12-03')]],
  ])('%s', async (_name, range) => {
    stage().server.expect(AT_HOME_LINE, answer('k1'));
    const found = await atHome(range, { timezone: 'Pacific/Honolulu' });
    expect([found.slots.map(({ key }) => key), found.complete]).toEqual([['k1'], true]);
    expect(startsAsked()).toEqual(['2026-12-02']);
  });

  test('a day that is over everywhere is not asked for', async () => {
    expect(await atHome(days('2026-11-29', '2026-11-30'))).toEqual({ slots: [], complete: true });
    stage().setNow(Date.parse('2026-12-02T12:00:00Z'));
    expect(await atHome(days('2026-12-01', '2026-12-01'))).toEqual({ slots: [], complete: true });
  });
});

test.each([
  [
    'patient.address',
    () =>
      stage()
        .provider()
        .searchSlots(stage().call(), { days: [], address: null, location: null, request: AT_HOME }),
  ],
  ['site', () => atSite([], AT_HOME)],
])('without %s there is nowhere to look', async (field, search) => {
  expect(await failureOf(search())).toMatchObject({ code: 'invalid_request', facts: { field } });
});

describe('start dates', () => {
  const TODAY = '2026-12-01';
  const cases: [string, DayRange[], number, string[]][] = [
    ['one window within one call', days('2026-12-07', '2026-12-20'), 14, ['2026-12-07']],
    ['one day more', days('2026-12-07', '2026-12-21'), 14, ['2026-12-07', '2026-12-21']],
    [
      'two windows within one call, in any order',
      [...days('2026-12-18', '2026-12-20'), ...days('2026-12-07', '2026-12-08')],
      14,
      ['2026-12-07'],
    ],
    [
      'a gap is skipped',
      [...days('2026-12-07', '2026-12-08'), ...days('2027-02-01', '2027-02-02')],
      21,
      ['2026-12-07', '2027-02-01'],
    ],
    [
      'windows that overlap',
      [...days('2026-12-07', '2026-12-25'), ...days('2026-12-10', '2026-12-22')],
      14,
      ['2026-12-07', '2026-12-21'],
    ],
    ['a window that has begun', days('2026-11-20', '2026-12-02'), 14, ['2026-12-01']],
    ['a window that is over', days('2026-11-20', '2026-11-30'), 14, []],
  ];
  test.each(cases)('%s', (_name, ranges, coverage, expected) => {
    expect(startDates(ranges, coverage, TODAY)).toEqual(expected);
  });

  test('are bounded', () => {
    expect(startDates(days('2026-12-07', '9999-12-31'), 14, TODAY)).toHaveLength(12);
  });
});

test.each([
  ['to the last day that its calls cover', '2027-05-23', true],
  ['a day further', '2027-05-24', false],
  ['a year', '2027-12-06', false],
])('a search of %s says whether it saw all days', async (_what, to, complete) => {
  for (let n = 0; n < 12; n++) stage().server.expect(AT_HOME_LINE, answer(`k${n}`));
  const found = await atHome(days('2026-12-07', to));
  expect([found.slots.length, found.complete]).toEqual([12, complete]);
});

test('"No slots found" in as many calls as there are says nothing of the days beyond', async () => {
  for (let n = 0; n < 12; n++) stage().server.expect(AT_HOME_LINE, NOTHING);
  expect(await atHome(days('2026-12-07', '2027-12-06'))).toEqual({ slots: [], complete: false });
});
