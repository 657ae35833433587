import { table } from '../../src/docs/tables';
import { median, type Spread } from '../measure/statistics';
import type { Machine } from '../report/machine';
import { machineTable } from '../report/table';
import type { Busy } from './calls';
import type { ApiPlan } from './plan';
import type { ApiFigures, Pairs, Starts } from './run';

/** A run of `npm run bench -- api` as a page. */
export function apiPage(
  machine: Machine,
  { perSecond, connections }: ApiPlan,
  { steady, busy, reads, lists }: ApiFigures,
): string {
  return [
    '# The API',
    'Written by `npm run bench -- api`; [how it measures](../../docs/bench.md#the-api).',
    machineTable(machine),
    `## Starts, ${perSecond} a second, while the bookings are booked`,
    pairsTable(steady),
    `## Starts at ${connections} connections, without a worker`,
    pairsTable(busy),
    `## Reads at ${connections} connections`,
    table(
      ['', 'a second', 'p50 ms', 'p99 ms'],
      [
        ['`GET /v1/bookings/{id}`', ...cellsOf(reads)],
        ['`GET /v1/bookings` (50)', ...cellsOf(lists)],
      ],
    ),
  ].join('\n\n');
}

/** The ratio that a start at a steady rate may have; the goals of the issue. */
const GOALS = { p50: '1.5 ×', p99: '2 ×' };

function pairsTable({ api, bare, perSecond, p50, p99 }: Pairs): string {
  return table(
    ['', 'starts', 'a second', 'p50 ms', 'p99 ms'],
    [
      ['`POST /v1/bookings`', ...startCellsOf(api)],
      ['a bare `workflow.start`', ...startCellsOf(bare)],
      ['ratio', '', ratio(perSecond), ratio(p50), ratio(p99)],
      ['goal at a steady rate', '', '', GOALS.p50, GOALS.p99],
    ],
  );
}

function startCellsOf(rounds: readonly Starts[]): string[] {
  return [`${rounds.reduce((sum, { starts }) => sum + starts, 0)}`, ...cellsOf(rounds)];
}

function cellsOf(rounds: readonly Pick<Busy, 'perSecond' | 'p50Ms' | 'p99Ms'>[]): string[] {
  const middle = (of: 'perSecond' | 'p50Ms' | 'p99Ms'): string =>
    median(rounds.map((round) => round[of])).toFixed(1);
  return [middle('perSecond'), middle('p50Ms'), middle('p99Ms')];
}

function ratio({ median: value, min, max }: Spread): string {
  return `${value.toFixed(2)} × (${min.toFixed(2)} to ${max.toFixed(2)})`;
}
