import { table } from '../../src/docs/tables';
import type { Machine } from '../report/machine';
import { machineTable } from '../report/table';
import type { AtRest, Before, OpenFigures } from './run';

/** A run of `npm run bench -- open` as a page. */
export function openPage(machine: Machine, figures: OpenFigures): string {
  const { bookings, idle, atRest, webhooks, afterKill, drain } = figures;
  const rows: [string, string, string][] = [
    ['opened a second', figures.openedPerSecond.toFixed(1), ''],
    ['memory of the worker, before and while they wait', mbOf(figures.workerBytes), ''],
    ['the most that the worker had', mb(figures.workerPeakBytes), '700 MB'],
    ['memory of the server, before and while they wait', mbOf(figures.serverBytes), ''],
    ['database, a booking', `${kb(figures.databaseBytesPerBooking)} KB`, ''],
    ['events and bytes of its history', `${figures.eventsPerBooking}, ${figures.historyBytesPerBooking}`, ''],
    ['a second: CPU of the worker without bookings, and at rest', msOf(idle, atRest, 'workerCpuMs'), ''],
    ['a second: CPU of the server without bookings, and at rest', msOf(idle, atRest, 'serverCpuMs'), ''],
    ['at rest, a second: actions (polls)', atRest.actions.toFixed(1), ''],
    [`webhook to view, ${webhooks.perSecond} a second, p50`, ms(webhooks.p50Ms), ''],
    [`the same, p99 of ${webhooks.sent}`, ms(webhooks.p99Ms), ''],
    ['kill to the next worker', seconds(afterKill.readyMs), ''],
    [`kill to ${afterKill.webhooks} webhooks shown`, seconds(afterKill.servedMs), '15 s'],
    [`${drain.bookings} confirmed at once: until none waits`, seconds(drain.tookMs), ''],
    ['the same, a second', drain.perSecond.toFixed(1), ''],
    [
      'CPU of one, ms: worker, receiver, server',
      [drain.workerCpuMs, drain.receiverCpuMs, drain.serverCpuMs].map((value) => value.toFixed(0)).join(', '),
      '',
    ],
  ];
  return [
    `# ${bookings} bookings that wait`,
    'Written by `npm run bench -- open`; [how it measures](../../docs/bench.md#many-open-bookings).',
    machineTable(machine, 'SQLite in a file'),
    table(['', 'measured', 'goal'], rows),
  ].join('\n\n');
}

function msOf(idle: AtRest, atRest: AtRest, of: keyof AtRest): string {
  return [idle, atRest].map((cost) => ms(cost[of])).join(', ');
}

function mbOf({ before, waiting }: Before): string {
  return `${mb(before)}, ${mb(waiting)}`;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function kb(bytes: number): string {
  return (bytes / 1e3).toFixed(1);
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function seconds(value: number): string {
  return `${(value / 1_000).toFixed(1)} s`;
}
