import { table } from '../../src/docs/tables';
import { ARMS, type ArmName } from '../arm-names';
import { comparisons, playedBy, roundsOf } from '../measure/comparison';
import type { Round } from '../measure/round';
import { median, type Spread } from '../measure/statistics';
import type { Machine } from './machine';
import type { Results } from './results';

/** A run as a page. */
export function page(results: Results): string {
  const { machine, rounds, census } = results;
  return [
    '# Ours against a plain saga',
    'Written by `npm run bench`; [how it measures, and how to read this](../../docs/bench.md).',
    machineTable(machine),
    '## Ratios',
    'Ours to the plain saga: the median of the pairs, and the least and the greatest in parentheses.',
    ratioTable(rounds),
    ...[...playedBy(rounds)].flatMap(([load, arms]) => [
      `## ${sentence(load)}`,
      loadTable(results, load, arms),
    ]),
    '## History',
    table(
      ['a booking of ours', 'events', 'bytes'],
      [
        ['confirmed at once, all webhooks delivered', `${census.booking.events}`, `${census.booking.bytes}`],
        ['its requisition waited for a second', `${census.waited.events}`, `${census.waited.bytes}`],
        ['more for a burst of webhooks that tells what is known', `${census.perKnownWebhook}`, ''],
        ['more for a burst that tells of a move', `${census.perNewWebhook}`, ''],
      ],
    ),
  ].join('\n\n');
}

/** On what was measured, and where the server kept its data. */
export function machineTable({ loadBefore, ...machine }: Machine, storage = 'SQLite in memory'): string {
  const rows = [
    ['processors', machine.cpu],
    ['memory', machine.memory],
    ['system', machine.system],
    ['load when it began', loadBefore.toFixed(2)],
    ['Node', machine.node],
    ['Temporal server', `${machine.temporal}, ${storage}`],
    ['Temporal SDK', machine.sdk],
    ['commit', machine.commit],
    ['at', machine.at],
  ];
  return table(['', 'measured on'], rows);
}

function ratioTable(rounds: readonly Round[]): string {
  return table(
    ['load', 'arms', 'bookings a second', 'p50', 'worker CPU'],
    comparisons(rounds).map(({ load, ours, plain, perSecond, p50, workerCpu }) => [
      load,
      `${ARMS[ours].label} to ${ARMS[plain].label}`,
      ...[perSecond, p50, workerCpu].map(ratio),
    ]),
  );
}

function ratio({ median: middle, min, max }: Spread): string {
  return `${middle.toFixed(2)} × (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

const HEAD = [
  'arm',
  'bookings',
  'a second',
  'p50 ms',
  'p99 ms',
  'overhead ms',
  'worker CPU ms',
  'receiver CPU ms',
  'server CPU ms',
  'events',
  'bytes',
  'actions',
  'durable',
] as const;

function loadTable({ rounds, ownTimeMs, accounts }: Results, load: string, arms: readonly ArmName[]): string {
  const own = ownTimeMs[accounts.get(load) ?? 'prompt'];
  return table(
    HEAD,
    arms.map((arm) => {
      const played = roundsOf(rounds, load, arm);
      const p50 = median(played.map(({ p50Ms }) => p50Ms));
      return [
        ARMS[arm].label,
        String(played.reduce((sum, { bookings }) => sum + bookings, 0)),
        withSpread(played.map(({ perSecond }) => perSecond)),
        p50.toFixed(0),
        middle(played, 'p99Ms', 0),
        own === undefined ? '' : (p50 - own).toFixed(0),
        middle(played, 'workerCpuMs', 0),
        middle(played, 'receiverCpuMs', 0),
        middle(played, 'serverCpuMs', 0),
        middle(played, 'events', 0),
        middle(played, 'bytes', 0),
        middle(played, 'actions', 1),
        ARMS[arm].durable ? 'yes' : 'no',
      ];
    }),
  );
}

/** The median of a figure over the rounds; empty where the arm has none. */
function middle(rounds: readonly Round[], of: Exclude<keyof Round, 'arm' | 'load'>, digits: number): string {
  const values = rounds.flatMap((round) => round[of] ?? []);
  return values.length === 0 ? '' : median(values).toFixed(digits);
}

function withSpread(values: readonly number[]): string {
  return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
