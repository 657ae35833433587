import { joined, leftOf } from '../../../src/providers/oliver/unread';
import { LIST, listed, page, refusal } from './fixtures';
import { failureOf, NOW, oliverStage, whereOf } from './setup';

/** Rows of the list of appointments that cannot be read: they are looked for again, and nothing else is because of them. */

const stage = oliverStage();
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type Provider = ReturnType<ReturnType<typeof stage>['provider']>;
const look = (provider: Provider) => provider.lookUp(stage().call(), whereOf());
const liveIds = async (provider: Provider) => (await look(provider)).live.map(({ id }) => id);
const windows = () =>
  stage()
    .sent(LIST)
    .map(({ query }) =>
      ['updated_at_start', 'updated_at_end'].map((name) => Date.parse(query.get(name) ?? '') - NOW),
    );

/** Scripts what the calls of the next reading show, two seconds after the last. */
function shows(...calls: unknown[][]): void {
  for (const rows of calls) stage().server.expect(LIST, page(rows));
  stage().clock.now += 2 * SECOND_MS;
}

/** A provider whose first reading has failed to show nothing, for this is what its calls showed. */
async function listReadInPart(lookBackDays: number, ...calls: unknown[][]): Promise<Provider> {
  const provider = stage().provider({ lookBackDays });
  stage().signsIn();
  stage().resolves();
  for (const rows of calls) stage().server.expect(LIST, page(rows));
  await isUnknown(provider);
  return provider;
}

async function isUnknown(provider: Provider): Promise<void> {
  expect((await failureOf(look(provider))).code).toBe('provider_unavailable');
}

/** What the calls of the last reading asked for. */
async function askedBy(reading: () => Promise<unknown>): Promise<number[][]> {
  const before = windows().length;
  await reading();
  return windows().slice(before);
}

test('one of long ago costs a look its own window and no other', async () => {
  const provider = await listReadInPart(400, [null], [], [], [], []);
  const [first] = windows();
  shows([null], []);
  const [again, news, ...more] = await askedBy(() => isUnknown(provider));
  expect(again).toEqual(first);
  expect(news?.[0]).toBeGreaterThan(-DAY_MS);
  expect(more).toEqual([]);
});

test('is found in fewer and fewer rows, until its window is an hour', async () => {
  const provider = await listReadInPart(400, [null], [], [], [], []);
  shows([null], []);
  await isUnknown(provider);
  const [whole = []] = windows();
  for (let hours = 100 * 24; hours > 1; hours /= 2) {
    shows([null], [], []);
    const [older = [], newer = []] = await askedBy(() => isUnknown(provider));
    expect(older[0]).toBe(whole[0]);
    // The halves overlap as all windows do.
    expect(newer[0]).toBe((older[1] ?? 0) - 15 * MINUTE_MS);
  }
  for (let n = 0; n < 2; n++) {
    shows([null], []);
    const [[from = 0, to = 0] = []] = await askedBy(() => isUnknown(provider));
    expect(to - from).toBeLessThanOrEqual(HOUR_MS + 15 * MINUTE_MS);
  }
});

test('is known in the reading in which it can be read, and is looked for no more', async () => {
  const provider = await listReadInPart(400, [], [], [null], [], []);
  shows([listed()], []);
  expect(await liveIds(provider)).toEqual(['123']);
  shows([]);
  expect(await askedBy(() => look(provider))).toHaveLength(1);
});

test('is looked for where it was before where it may have gone', async () => {
  const provider = await listReadInPart(400, [], [null], [], [], []);
  shows([], [listed()]);
  expect(await liveIds(provider)).toEqual(['123']);
});

test('is looked for by a fresh look too', async () => {
  const provider = await listReadInPart(1, [null]);
  stage().server.expect(LIST, page([listed()]));
  stage().server.expect(LIST, page([]));
  const { live } = await provider.lookUp(stage().call(), { ...whereOf(), fresh: true });
  expect(live.map(({ id }) => id)).toEqual(['123']);
});

test('stays looked for where the look for it breaks off', async () => {
  const provider = await listReadInPart(400, [null], [null], [], [], []);
  stage().server.expect(LIST, page([]));
  stage().server.expect(LIST, refusal(500, 'Internal Server Error'));
  stage().clock.now += 2 * SECOND_MS;
  await isUnknown(provider);
  shows([null], []);
  const [again] = await askedBy(() => isUnknown(provider));
  expect(again).toEqual(windows()[1]);
});

test('of before any open booking is looked for no more', async () => {
  const provider = await listReadInPart(2, [null], []);
  stage().clock.now += 2 * DAY_MS;
  stage().resolves();
  shows([], []);
  expect(await liveIds(provider)).toEqual([]);
});

test('is not looked for twice where the next windows show it anyway', async () => {
  // Later than every row that tells of the provider's clock.
  const old = listed({ remote_client_id: 'C-2', updated_at: '2026-11-28T00:00:00Z' });
  const provider = await listReadInPart(4, [old, null], []);
  for (let n = 0; n < 4; n++) {
    shows([], [null], []);
    expect((await askedBy(() => isUnknown(provider))).slice(1)).toHaveLength(2);
  }
});

test('rows that nothing tells apart are not parted: each alone would be taken for the other’s newer word', async () => {
  const alike = ['C-2', 'C-3'].map((remote_client_id) =>
    listed({ id: null, remote_client_id, client_last_name: 'Soto' }),
  );
  const provider = await listReadInPart(400, alike, [], [], [], []);
  for (let n = 0; n < 2; n++) {
    shows(alike, []);
    expect((await askedBy(() => isUnknown(provider)))[0]).toEqual(windows()[0]);
  }
});

describe('the spans that are remembered', () => {
  const span = (from: number, to: number) => ({ from: from * MINUTE_MS, to: to * MINUTE_MS });

  test('are one where they lie within an hour', () => {
    const each = Array.from({ length: 900 }, (_, n) => span(n / 60, (n + 1) / 60));
    expect(joined(each.toReversed())).toEqual([span(0, 15)]);
  });

  test('are few, and hold all that they held', () => {
    const each = Array.from({ length: 1_000 }, (_, day) => span(day * 1_440, day * 1_440 + 20));
    const few = joined(each);
    expect(few.length).toBeLessThanOrEqual(8);
    for (const { from, to } of each) expect(few.some((one) => one.from <= from && to <= one.to)).toBe(true);
  });

  test('stay apart as halves', () => {
    const halves = leftOf(span(0, 61), { isWhole: false, hasAlike: false });
    expect(joined(halves)).toEqual([span(0, 30.5), span(30.5, 61)]);
  });
});
