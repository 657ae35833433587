import { parseArgs } from 'node:util';
import { table } from '../../src/docs/tables';
import type { Command, Found } from '../command';
import { onGround } from '../ground';
import { thisMachine, type Machine } from '../report/machine';
import { machineTable } from '../report/table';
import { countActions, type ActionsFigures } from './run';

const BOOKINGS = 10;

/** `npm run bench -- actions` */
export const actions: Command = (args) => {
  parseArgs({ args: [...args], options: {} });
  return (tell) =>
    onGround({ inMemory: true }, async (ground): Promise<Found> => {
      const machine = await thisMachine(ground.client);
      const figures = await countActions(ground, BOOKINGS, tell);
      const page = actionsPage(machine, figures);
      return { page, figures, kept: { 'actions.md': `${page}\n` } };
    });
};

/** A run as a page: a row for each type, a column for each stretch of a booking. */
export function actionsPage(machine: Machine, { bookings, counted }: ActionsFigures): string {
  const types = [...new Set(counted.flatMap(({ byType }) => Object.keys(byType)))].sort();
  const shown = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1));
  const sumOf = ({ byType }: ActionsFigures['counted'][number]): number =>
    Object.values(byType).reduce((sum, share) => sum + share, 0);
  return [
    '# Actions of a booking',
    `Written by \`npm run bench -- actions\`, by the server's own count, a booking's share of ${bookings};
[how it measures](../../docs/bench.md#actions).`,
    machineTable(machine),
    table(
      ['action', ...counted.map(({ what }) => what)],
      [
        ...types.map((type) => [`\`${type}\``, ...counted.map(({ byType }) => shown(byType[type]))]),
        ['in all', ...counted.map((stretch) => shown(sumOf(stretch)))],
      ],
    ),
  ].join('\n\n');
}
