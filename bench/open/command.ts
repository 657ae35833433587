import { parseArgs } from 'node:util';
import { above0, type Command, type Found } from '../command';
import { onGround } from '../ground';
import { thisMachine } from '../report/machine';
import { openPlan } from './plan';
import { openPage } from './report';
import { measureOpen } from './run';

const DEFAULT_BOOKINGS = 10_000;

/** `npm run bench -- open [--bookings 10000]` */
export const open: Command = (args) => {
  const { values } = parseArgs({ args: [...args], options: { bookings: { type: 'string' } } });
  const { bookings: given } = values;
  const bookings = given === undefined ? DEFAULT_BOOKINGS : above0('--bookings', given, Number.isInteger);
  return (tell) =>
    onGround({ inMemory: false }, async (ground): Promise<Found> => {
      const machine = await thisMachine(ground.client);
      const figures = await measureOpen(ground, openPlan(bookings), tell);
      const page = openPage(machine, figures);
      return {
        page,
        figures: { ...figures, loadBefore: machine.loadBefore, commit: machine.commit },
        kept: bookings < DEFAULT_BOOKINGS ? {} : { 'open.md': `${page}\n` },
      };
    });
};
