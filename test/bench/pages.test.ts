import { actionsPage } from '../../bench/actions/command';
import { apiPlan } from '../../bench/api/plan';
import { apiPage } from '../../bench/api/report';
import type { ApiFigures, Starts } from '../../bench/api/run';
import { openPage } from '../../bench/open/report';
import type { OpenFigures } from '../../bench/open/run';
import type { Machine } from '../../bench/report/machine';
import { scalePlan } from '../../bench/scale/plan';
import { scalePage } from '../../bench/scale/report';
import type { ScaleRound } from '../../bench/scale/round';
import { startPage } from '../../bench/start/command';

/** What the measurements besides the comparison write: figures in their units, and on what they were taken. */

const MACHINE: Machine = {
  cpu: '2 × Some CPU',
  memory: '24 GiB',
  system: 'Linux 6',
  loadBefore: 3.456,
  node: 'v20.3.0',
  temporal: '1.32.0',
  sdk: '1.24.0',
  commit: 'abc1234',
  at: '2026-12-01T10:00:00.000Z',
};

const rowOf = (page: string, begins: string): string[] =>
  (page.split('\n').find((line) => line.startsWith(`| ${begins}`)) ?? '')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const OPEN: OpenFigures = {
  bookings: 600,
  openedPerSecond: 6.06,
  workerBytes: { before: 400e6, waiting: 650e6 },
  serverBytes: { before: 150e6, waiting: 240e6 },
  workerPeakBytes: 690e6,
  databaseBytesPerBooking: 57_744,
  eventsPerBooking: 24,
  historyBytesPerBooking: 23_557,
  idle: { workerCpuMs: 3.1, serverCpuMs: 20, actions: 0 },
  atRest: { workerCpuMs: 35.2, serverCpuMs: 35.6, actions: 2 },
  webhooks: { sent: 200, perSecond: 20, p50Ms: 1_168.9, p99Ms: 1_445 },
  afterKill: { webhooks: 200, readyMs: 1_768, servedMs: 4_216 },
  drain: {
    bookings: 200,
    tookMs: 41_000,
    perSecond: 4.88,
    workerCpuMs: 40.4,
    receiverCpuMs: 9,
    serverCpuMs: 51,
  },
};

test('open bookings: memory and times beside their goals', () => {
  const page = openPage(MACHINE, OPEN);
  expect(rowOf(page, 'the most that the worker had')).toEqual([
    'the most that the worker had',
    '690 MB',
    '700 MB',
  ]);
  expect(rowOf(page, 'kill to 200')).toEqual(['kill to 200 webhooks shown', '4.2 s', '15 s']);
  expect(rowOf(page, 'database')).toContain('57.7 KB');
  expect(rowOf(page, 'CPU of one')).toContain('40, 9, 51');
  expect(rowOf(page, 'a second: CPU of the worker')).toContain('3 ms, 35 ms');
  expect(rowOf(page, 'load when')).toContain('3.46');
  expect(page).toContain('SQLite in a file');
});

test('the API: medians of the rounds, and the ratio with its spread and its goal', () => {
  const starts = (p50Ms: number): Starts => ({ starts: 50, perSecond: 5, p50Ms, p99Ms: 30 });
  const pairs = {
    api: [starts(10), starts(14), starts(12)],
    bare: [starts(8), starts(7), starts(10)],
    perSecond: { median: 1, min: 1, max: 1 },
    p50: { median: 1.25, min: 1.2, max: 2 },
    p99: { median: 1, min: 1, max: 1 },
  };
  const busy = [{ answers: 900, perSecond: 90, p50Ms: 20.04, p99Ms: 60 }];
  const figures: ApiFigures = { steady: pairs, busy: pairs, reads: busy, lists: busy };
  const page = apiPage(MACHINE, apiPlan(10), figures);
  expect(rowOf(page, '`POST')).toEqual(['`POST /v1/bookings`', '150', '5.0', '12.0', '30.0']);
  expect(rowOf(page, 'ratio')).toContain('1.25 × (1.20 to 2.00)');
  expect(rowOf(page, 'goal')).toEqual(['goal at a steady rate', '', '', '1.5 ×', '2 ×']);
  expect(rowOf(page, '`GET /v1/bookings/{id}`')).toEqual(['`GET /v1/bookings/{id}`', '90.0', '20.0', '60.0']);
});

test('more workers: a row for each number of them, and for each trouble its ratio', () => {
  const round = (perSecond: number): ScaleRound => ({
    ...{ bookings: 40, perSecond, p50Ms: 900, p99Ms: 2_000 },
    ...{ workerCpuMs: 70, receiverCpuMs: 20, serverCpuMs: 90, cores: 1.94 },
  });
  const one = { median: 0.9, min: 0.8, max: 1 };
  const page = scalePage(MACHINE, scalePlan(10), {
    crews: [{ workers: 4, rounds: [round(5), round(7), round(6)] }],
    untroubled: [round(6)],
    troubled: [
      { trouble: 'the other provider hangs (30 s)', rounds: [round(5.4)], perSecond: one, p50: one },
    ],
  });
  expect(rowOf(page, '4 ')).toEqual(['4', '120', '6.0', '900', '2000', '70', '20', '90', '1.94']);
  expect(rowOf(page, 'the other provider hangs').slice(1, 3)).toEqual(['5.4', '0.90 × (0.80 to 1.00)']);
});

test('actions: a column for each stretch, nothing where a type has none, and the sum', () => {
  const page = actionsPage(MACHINE, {
    bookings: 10,
    counted: [
      { what: 'confirmed', byType: { start: 1, timer: 2.1 } },
      { what: 'moved', byType: { signal: 1 } },
    ],
  });
  expect(rowOf(page, '`timer`')).toEqual(['`timer`', '2.1', '']);
  expect(rowOf(page, 'in all')).toEqual(['in all', '3.1', '1.0']);
});

test('npm start: the middle of its starts, and the sum of its processes', () => {
  const idleBytes = [
    { process: 'node', bytes: 400e6 },
    { process: 'temporal', bytes: 150e6 },
  ];
  const page = startPage({ readyMs: [9_000, 14_000, 8_000], idleBytes }, 1.234);
  expect(page).toContain('Ready after 9.0 s');
  expect(page).toContain('hold 550 MB');
  expect(page).toContain('1.23');
});
