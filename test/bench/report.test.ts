import { comparisons } from '../../bench/measure/comparison';
import type { Round } from '../../bench/measure/round';
import { chart } from '../../bench/report/chart';
import { figuresOf } from '../../bench/report/json';
import { page } from '../../bench/report/table';
import type { Results } from '../../bench/report/results';
import { ONE_CLIENT, TWENTY_CLIENTS } from '../../bench/plan';

const ROUND: Round = {
  arm: 'plain',
  load: ONE_CLIENT,
  bookings: 40,
  perSecond: 7,
  p50Ms: 140,
  p99Ms: 200,
  workerCpuMs: 25,
  receiverCpuMs: null,
  serverCpuMs: 50,
  events: 29,
  bytes: 5_560,
  actions: 5,
};

const round = (arm: Round['arm'], more: Partial<Round> = {}): Round => ({ ...ROUND, arm, ...more });
const ours = (more: Partial<Round>): Round => round('ours', { receiverCpuMs: 9, ...more });
const WITHOUT = { serverCpuMs: null, events: null, bytes: null, actions: null };

/** In the order in which they are played: the second repeat is the other way round. */
const ROUNDS: Round[] = [
  round('direct', { p50Ms: 12, ...WITHOUT }),
  round('plain', { p50Ms: 100 }),
  ours({ p50Ms: 200 }),
  ours({ p50Ms: 330 }),
  round('plain', { p50Ms: 110 }),
  round('plain', { load: TWENTY_CLIENTS, perSecond: 10, workerCpuMs: 20 }),
  ours({ load: TWENTY_CLIENTS, perSecond: 4, workerCpuMs: 50 }),
  ours({ load: TWENTY_CLIENTS, perSecond: 6, workerCpuMs: 70 }),
  round('plain', { load: TWENTY_CLIENTS, perSecond: 12, workerCpuMs: 20 }),
];

const RESULTS: Results = {
  machine: {
    cpu: '2 × Some CPU',
    memory: '24 GiB',
    system: 'Linux 6',
    loadBefore: 0.051,
    node: 'v20.3.0',
    temporal: '1.32.0',
    sdk: '1.24.0',
    commit: 'abc1234',
    at: '2026-12-01T10:00:00.000Z',
  },
  rounds: ROUNDS,
  ownTimeMs: { prompt: 11.6 },
  accounts: new Map([
    [ONE_CLIENT, 'prompt'],
    [TWENTY_CLIENTS, 'prompt'],
  ]),
  census: {
    booking: { events: 73, bytes: 41_900 },
    waited: { events: 110, bytes: 54_000 },
    perKnownWebhook: 20,
    perNewWebhook: 19,
  },
};

test('rounds of a repeat make a pair, whichever was played first', () => {
  const [one, twenty] = comparisons(ROUNDS);
  expect(one).toMatchObject({ load: ONE_CLIENT, p50: { median: 2.5, min: 2, max: 3 } });
  expect(twenty?.perSecond).toEqual({ median: 0.45, min: 0.4, max: 0.5 });
  expect(twenty?.workerCpu).toEqual({ median: 3, min: 2.5, max: 3.5 });
});

test('sagas that were started eagerly are compared with each other only', () => {
  const eager = [round('plain-eager', { p50Ms: 50 }), round('ours-eager', { p50Ms: 75 })];
  expect(comparisons([...ROUNDS.slice(0, 5), ...eager])).toMatchObject([
    { ours: 'ours', plain: 'plain' },
    { ours: 'ours-eager', plain: 'plain-eager', p50: { median: 1.5 } },
  ]);
});

test('the figures are medians, under the names that others read', () => {
  expect(figuresOf(RESULTS)).toEqual({
    eventsPerBooking: 73,
    eventsPerWebhook: 19,
    eventsPerKnownWebhook: 20,
    throughputRatioToPlainSaga: 0.45,
    latencyRatioToPlainSaga: 2.5,
    workerCpuRatioToPlainSaga: 3,
  });
});

describe('the page', () => {
  const text = page(RESULTS);
  const cells = (row: string): string[] =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const rowsOf = (heading: string): string[][] =>
    (text.split(`## ${heading}\n`)[1] ?? '')
      .split('\n## ', 1)[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| ('))
      .map(cells) ?? [];

  test('has a row for each arm of a load: medians, the overhead over the provider, nothing where there is nothing', () => {
    expect(rowsOf('One client, 0 ms')).toEqual([
      ['(a) plain calls', '40', '7.0 (7.0 to 7.0)', '12', '200', '0', '25', '', '', '', '', '', 'no'],
      [
        '(b) plain saga',
        '80',
        '7.0 (7.0 to 7.0)',
        '105',
        '200',
        '93',
        '25',
        '',
        '50',
        '29',
        '5560',
        '5.0',
        'yes',
      ],
      [
        '(c) ours',
        '80',
        '7.0 (7.0 to 7.0)',
        '265',
        '200',
        '253',
        '25',
        '9',
        '50',
        '29',
        '5560',
        '5.0',
        'yes',
      ],
    ]);
  });

  test('has the ratios with their spread', () => {
    expect(text).toMatch(/\| 0\.45 × \(0\.40 to 0\.50\) \| .* \| 3\.00 × \(2\.50 to 3\.50\) \|/);
  });

  test('says on what it was measured, and what a booking leaves in history', () => {
    for (const part of ['2 × Some CPU', '0.05', '1.32.0, SQLite in memory', 'abc1234', '41900', '54000'])
      expect(text).toContain(part);
  });

  test('has no line that is too wide to be read as source', () => {
    expect(text.split('\n').filter((line) => line.length > 200)).toEqual([]);
  });
});

describe('the chart', () => {
  const svg = chart(ROUNDS);

  /** Heights of the bars of a colour, in the order in which they are drawn: by panel, then by load. */
  const heights = (colour: string): number[] =>
    [...svg.matchAll(new RegExp(`height="([\\d.]+)" fill="${colour}"`, 'g'))].map(([, height]) =>
      Number(height),
    );

  test('is well formed: every element is closed, and what is written is escaped', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*>/);
    expect(svg.trimEnd()).toMatch(/<\/svg>$/);
    const inside = svg.trimEnd().split('\n').slice(1, -1);
    expect(
      inside.filter((line) => !/^<(?:rect|line) [^<>]*\/>$|^<text [^<>]*>[^<>]*<\/text>$/.test(line)),
    ).toEqual([]);
    expect(chart([round('ours', { load: 'a < b & c' })])).toContain('>a &lt; b &amp; c</text>');
  });

  test('has a bar for each arm and load in each panel, as high as its median is to the greatest', () => {
    const [legend, oneClient, twenty] = heights('#2f6fb3');
    expect(heights('#2f6fb3')).toHaveLength(1 + 3 * 2);
    expect(legend).toBe(12);
    expect((oneClient ?? 0) / (twenty ?? 1)).toBeCloseTo(7 / 5, 2);
  });

  test('draws nothing but numbers', () => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});
