import { BOOKING, BY_REMOTE_ID, CREATE, CREATED, LIST, listed, ok, page, refusal } from './fixtures';
import { failureOf, NOW, oliverStage, whereOf } from './setup';

const stage = oliverStage();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 86_400_000;

type Provider = ReturnType<ReturnType<typeof stage>['provider']>;

/** A provider that has read its list once, with what that reading showed. */
async function listReadOnce(rows: unknown[] = [], account = {}): Promise<Provider> {
  const provider = stage().provider(account);
  stage().signsIn();
  stage().resolves();
  stage().server.expect(LIST, page(rows));
  await provider.lookUp(stage().call(), whereOf());
  return provider;
}

const look = (provider: Provider) => provider.lookUp(stage().call(), whereOf());
const liveIds = async (provider: Provider) => (await look(provider)).live.map(({ id }) => id);
const windows = () =>
  stage()
    .sent(LIST)
    .map(({ query }) =>
      ['updated_at_start', 'updated_at_end'].map((name) => Date.parse(query.get(name) ?? '') - NOW),
    );
const pages = () =>
  stage()
    .sent(LIST)
    .map(({ query }) => [query.get('page'), query.get('per_page')]);

/** What one of two pages says of the whole list. */
const counts = (total_count: number) => ({ total_pages: 2, total_count });

test('a thousand waiting bookings make one reading', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(LIST, page([listed()]));
  const seen = await Promise.all(Array.from({ length: 1_000 }, () => look(provider)));
  expect(seen.every(({ live }) => live.length === 1)).toBe(true);
  expect(stage().sent(LIST)).toHaveLength(1);
});

test('a reading serves look-ups for a second, then the next one follows', async () => {
  const provider = await listReadOnce();
  stage().clock.now += 1_000;
  await look(provider);
  stage().clock.now += 1;
  stage().server.expect(LIST, page([]));
  await look(provider);
  expect(stage().sent(LIST)).toHaveLength(2);
});

test('how old a reading may be is the account’s setting', async () => {
  const provider = await listReadOnce([], { listMaxAgeMs: 60_000 });
  stage().clock.now += 60_000;
  expect(await liveIds(provider)).toEqual([]);
});

test('the windows overlap on both ends, for updates that show late and clocks that differ', async () => {
  const provider = await listReadOnce([listed()]);
  stage().clock.now += 9 * MINUTE_MS;
  stage().server.expect(LIST, page([]));
  await look(provider);
  expect(windows()).toEqual([
    [-DAY_MS - 15 * MINUTE_MS, 12 * HOUR_MS],
    [-15 * MINUTE_MS, 9 * MINUTE_MS + 12 * HOUR_MS],
  ]);
});

const WRONG: [string, number][] = [
  ['two hours ahead', 2 * HOUR_MS],
  ['two hours behind', -2 * HOUR_MS],
];

describe.each(WRONG)('a clock that is %s', (_how, wrongMs) => {
  const declined = (at: string) => listed({ status: 'DECLINED', updated_at: at });
  const lastWindow = () => windows().at(-1) ?? [];

  test.each<[string, unknown[]]>([
    ['a practice with an appointment', [listed()]],
    ['an empty practice', []],
  ])('for one read hides nothing from the next: %s', async (_what, rows) => {
    stage().clock.wrongMs = wrongMs;
    const provider = await listReadOnce(rows);
    stage().clock.wrongMs = 0;
    stage().clock.now += 2_000;
    stage().server.expect(LIST, page([declined('2026-12-01T12:00:01Z')]));
    expect(await liveIds(provider)).toEqual([]);
    expect(lastWindow()[0]).toBeLessThanOrEqual(-15 * MINUTE_MS);
    expect(lastWindow()[1]).toBeGreaterThan(2_000);
  });

  test('for as long as it is hides nothing either', async () => {
    stage().clock.wrongMs = wrongMs;
    const provider = await listReadOnce([listed()]);
    for (let n = 1; n <= 3; n++) {
      stage().clock.now += 3 * MINUTE_MS;
      stage().server.expect(LIST, page([]));
      await look(provider);
      const [from, to] = lastWindow();
      expect(from).toBeLessThanOrEqual((n - 1) * 3 * MINUTE_MS - 15 * MINUTE_MS);
      expect(to).toBeGreaterThan(n * 3 * MINUTE_MS);
    }
  });
});

test('an update of the future hides none that comes before it', async () => {
  const provider = await listReadOnce([listed(), listed({ id: '124', updated_at: '2099-01-01T00:00:00Z' })]);
  stage().clock.now += MINUTE_MS;
  stage().server.expect(LIST, page([]));
  await look(provider);
  expect(windows().at(-1)?.[0]).toBe(-15 * MINUTE_MS);
});

test('what a later window does not show stays known, and what it shows anew replaces the old', async () => {
  const provider = await listReadOnce([listed(), listed({ id: '124' })]);
  stage().clock.now += MINUTE_MS;
  const declined = listed({ status: 'DECLINED', updated_at: '2026-12-01T12:00:30Z' });
  stage().server.expect(LIST, page([declined]));
  const { live, ended } = await look(provider);
  expect([live.map(({ id }) => id), ended.map(({ id }) => id)]).toEqual([['124'], ['123']]);
});

test('an older word about an appointment does not replace a newer one', async () => {
  const provider = await listReadOnce([listed({ status: 'DELETED', updated_at: '2026-12-01T11:59:00Z' })]);
  stage().clock.now += MINUTE_MS;
  stage().server.expect(LIST, page([listed({ status: 'ACCEPTED', updated_at: '2026-12-01T11:00:00Z' })]));
  expect(await liveIds(provider)).toEqual([]);
});

test('the first reading reaches back past the longest booking, oldest window first, without a gap', async () => {
  const provider = stage().provider({ lookBackDays: undefined });
  stage().signsIn();
  stage().resolves();
  const old = listed({ created_at: '2025-12-10T12:00:00Z', updated_at: '2025-12-10T12:00:00Z' });
  stage().server.expect(LIST, page([old]));
  for (let n = 0; n < 4; n++) stage().server.expect(LIST, page([]));
  expect(await liveIds(provider)).toEqual(['123']);
  const [first, ...later] = windows();
  expect(first?.[0]).toBe(-400 * DAY_MS - 15 * MINUTE_MS);
  let through = first?.[1] ?? 0;
  for (const [from = 0, to = 0] of later) {
    expect(from).toBeLessThan(through);
    through = to;
  }
  expect(through).toBe(12 * HOUR_MS);
});

test('a first reading that breaks off goes on where it was', async () => {
  const provider = stage().provider({ lookBackDays: 3 });
  stage().signsIn();
  stage().resolves();
  stage().server.expect(LIST, page([listed()]));
  stage().server.expect(LIST, refusal(500, 'Internal Server Error'));
  expect((await failureOf(look(provider))).code).toBe('provider_unavailable');
  stage().server.expect(LIST, page([]));
  expect(await liveIds(provider)).toEqual(['123']);
  expect(windows()[2]).toEqual(windows()[1]);
});

test('all pages are read, from 0 on, a hundred a page', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  const counted = { total_pages: 3, total_count: 3 };
  for (const id of ['1', '2', '3']) stage().server.expect(LIST, page([listed({ id })], counted));
  expect(await liveIds(provider)).toEqual(['1', '2', '3']);
  expect(pages()).toEqual([
    ['0', '100'],
    ['1', '100'],
    ['2', '100'],
  ]);
});

test('pages that say nothing of themselves end with one that is not full', async () => {
  const provider = stage().provider();
  const bare = (...ids: string[]) => ok({ content: ids.map((id) => listed({ id })), per_page: 2 });
  stage().signsIn();
  stage().resolves();
  stage().server.expect(LIST, bare('1', '2'));
  stage().server.expect(LIST, bare('3'));
  expect(await liveIds(provider)).toEqual(['1', '2', '3']);
});

test.each<[string, object, object]>([
  [
    'a row left, and took another to a page that was read',
    page([listed({ id: '1' })], counts(3)),
    page([listed({ id: '3' })], counts(2)),
  ],
  [
    'a row was seen twice, and so another not at all',
    page([listed({ id: '1' })], counts(2)),
    page([listed({ id: '1' })], counts(2)),
  ],
])('pages that shifted meanwhile are read again: %s', async (_what, first, second) => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(LIST, first);
  stage().server.expect(LIST, second);
  stage().server.expect(LIST, page([listed({ id: '1' })], counts(2)));
  stage().server.expect(LIST, page([listed({ id: '2' })], counts(2)));
  expect(await liveIds(provider)).toEqual(['1', '2']);
});

test('a list that never stands still is no answer: nothing is taken for not there', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  for (let n = 0; n < 4; n++) {
    stage().server.expect(LIST, page([listed()], { total_pages: 2, total_count: 2 }));
    stage().server.expect(LIST, page([listed()], { total_pages: 2, total_count: 2 }));
  }
  expect((await failureOf(look(provider))).code).toBe('provider_unavailable');
});

test('after a write of ours, answered or not, no earlier reading counts', async () => {
  const provider = await listReadOnce();
  stage().server.expect(CREATE, 'reset');
  await failureOf(provider.book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID }));
  stage().server.expect(LIST, page([listed()]));
  expect(await liveIds(provider)).toEqual(['123']);
});

test('nor does one that was under way when the write was made: its reader waits for the next', async () => {
  const provider = await listReadOnce();
  stage().clock.now += 2_000;
  let answerNow = (): void => undefined;
  const after = new Promise<void>((resolve) => (answerNow = resolve));
  stage().server.expect(LIST, { ...page([]), after });
  stage().server.expect(CREATE, ok(CREATED));
  const early = liveIds(provider);
  await stage().server.until(() => stage().sent(LIST).length === 2);
  await provider.book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID });
  const late = liveIds(provider);
  stage().server.expect(LIST, page([listed()]));
  answerNow();
  expect(await early).toEqual([]);
  expect(await late).toEqual(['123']);
});

describe('a look that is to be fresh', () => {
  const lookAfresh = (provider: Provider) => provider.lookUp(stage().call(), { ...whereOf(), fresh: true });

  test('counts no reading that began before it, however young', async () => {
    const provider = await listReadOnce();
    stage().server.expect(LIST, page([listed()]));
    expect((await lookAfresh(provider)).live).toHaveLength(1);
  });

  test('waits for the next one where one is under way, which serves all who came meanwhile', async () => {
    const provider = await listReadOnce();
    stage().clock.now += 2_000;
    let answerNow = (): void => undefined;
    const after = new Promise<void>((resolve) => (answerNow = resolve));
    stage().server.expect(LIST, { ...page([]), after });
    const early = liveIds(provider);
    await stage().server.until(() => stage().sent(LIST).length === 2);
    stage().server.expect(LIST, page([listed()]));
    const fresh = [lookAfresh(provider), lookAfresh(provider)];
    answerNow();
    expect(await early).toEqual([]);
    expect((await Promise.all(fresh)).map(({ live }) => live.length)).toEqual([1, 1]);
    expect(stage().sent(LIST)).toHaveLength(3);
  });

  test('leaves the young reading to those who make do with it', async () => {
    const provider = await listReadOnce();
    stage().server.expect(LIST, page([listed()]));
    await lookAfresh(provider);
    expect(await liveIds(provider)).toEqual(['123']);
    expect(stage().sent(LIST)).toHaveLength(2);
  });
});

test('a failed reading is one failure for all who waited, and the next try reads anew', async () => {
  const provider = await listReadOnce();
  stage().clock.now += 2_000;
  stage().server.expect(LIST, refusal(429, 'Slow down'));
  const failures = await Promise.all([failureOf(look(provider)), failureOf(look(provider))]);
  expect(failures.map(({ code }) => code)).toEqual(['rate_limited', 'rate_limited']);
  stage().server.expect(LIST, page([listed()]));
  expect(await liveIds(provider)).toEqual(['123']);
});

test('visits of long ago are forgotten', async () => {
  const provider = await listReadOnce([listed({ booking_date: '2026-08-01T22:00:00Z' })]);
  expect(await liveIds(provider)).toEqual([]);
});
