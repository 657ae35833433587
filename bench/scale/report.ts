import { table } from '../../src/docs/tables';
import { median, type Spread } from '../measure/statistics';
import type { Machine } from '../report/machine';
import { machineTable } from '../report/table';
import type { ScalePlan } from './plan';
import type { ScaleRound } from './round';
import type { ScaleFigures } from './run';

const HEAD = [
  'bookings',
  'a second',
  'p50 ms',
  'p99 ms',
  'workers CPU ms',
  'receiver',
  'server',
  'cores used',
];

/** A run of `npm run bench -- scale` as a page. */
export function scalePage(
  machine: Machine,
  { clients, stuck }: ScalePlan,
  { crews, untroubled, troubled }: ScaleFigures,
): string {
  return [
    '# More workers, and a provider that does not answer',
    'Written by `npm run bench -- scale`; [how it measures](../../docs/bench.md#more-workers-and-a-provider-in-trouble).',
    machineTable(machine),
    `## ${clients} clients, by worker processes`,
    table(
      ['workers', ...HEAD],
      crews.map(({ workers, rounds }) => [`${workers}`, ...cellsOf(rounds)]),
    ),
    `## One worker, beside ${stuck} bookings that are stuck`,
    'To the round of the same repeat without them: the median, and the least and the greatest in parentheses.',
    table(
      ['meanwhile', 'a second', 'to without', 'p50 ms', 'to without'],
      [
        ['nothing', middle(untroubled, 'perSecond', 1), '', middle(untroubled, 'p50Ms', 0), ''],
        ...troubled.map(({ trouble, rounds, perSecond, p50 }) => [
          trouble,
          middle(rounds, 'perSecond', 1),
          ratio(perSecond),
          middle(rounds, 'p50Ms', 0),
          ratio(p50),
        ]),
      ],
    ),
  ].join('\n\n');
}

function cellsOf(rounds: readonly ScaleRound[]): string[] {
  return [
    `${rounds.reduce((sum, { bookings }) => sum + bookings, 0)}`,
    middle(rounds, 'perSecond', 1),
    middle(rounds, 'p50Ms', 0),
    middle(rounds, 'p99Ms', 0),
    middle(rounds, 'workerCpuMs', 0),
    middle(rounds, 'receiverCpuMs', 0),
    middle(rounds, 'serverCpuMs', 0),
    middle(rounds, 'cores', 2),
  ];
}

function middle(rounds: readonly ScaleRound[], of: keyof ScaleRound, digits: number): string {
  return median(rounds.map((round) => round[of])).toFixed(digits);
}

function ratio({ median: value, min, max }: Spread): string {
  return `${value.toFixed(2)} × (${min.toFixed(2)} to ${max.toFixed(2)})`;
}
