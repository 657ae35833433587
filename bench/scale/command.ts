import { parseArgs } from 'node:util';
import { above0, type Command, type Found } from '../command';
import { onGround } from '../ground';
import { thisMachine } from '../report/machine';
import { scalePlan } from './plan';
import { scalePage } from './report';
import { measureScale } from './run';

const DEFAULT_SECONDS = 10;

/** `npm run bench -- scale [--seconds 10]` */
export const scale: Command = (args) => {
  const { values } = parseArgs({ args: [...args], options: { seconds: { type: 'string' } } });
  const { seconds: given } = values;
  const seconds = given === undefined ? DEFAULT_SECONDS : above0('--seconds', given);
  return (tell) =>
    onGround({ inMemory: true }, async (ground): Promise<Found> => {
      const machine = await thisMachine(ground.client);
      const plan = scalePlan(seconds);
      const figures = await measureScale(ground, plan, tell);
      const page = scalePage(machine, plan, figures);
      return {
        page,
        figures: { ...figures, loadBefore: machine.loadBefore, commit: machine.commit },
        kept: seconds < DEFAULT_SECONDS ? {} : { 'scale.md': `${page}\n` },
      };
    });
};
