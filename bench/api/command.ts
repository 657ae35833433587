import { parseArgs } from 'node:util';
import { above0, type Command, type Found } from '../command';
import { onGround } from '../ground';
import { thisMachine } from '../report/machine';
import { apiPlan } from './plan';
import { apiPage } from './report';
import { measureApi } from './run';

const DEFAULT_SECONDS = 10;

/** `npm run bench -- api [--seconds 10]` */
export const api: Command = (args) => {
  const { values } = parseArgs({ args: [...args], options: { seconds: { type: 'string' } } });
  const { seconds: given } = values;
  const seconds = given === undefined ? DEFAULT_SECONDS : above0('--seconds', given);
  return (tell) =>
    onGround({ inMemory: true }, async (ground): Promise<Found> => {
      const machine = await thisMachine(ground.client);
      const plan = apiPlan(seconds);
      const figures = await measureApi(ground, plan, tell);
      const page = apiPage(machine, plan, figures);
      return {
        page,
        figures: { ...figures, loadBefore: machine.loadBefore, commit: machine.commit },
        kept: seconds < DEFAULT_SECONDS ? {} : { 'api.md': `${page}\n` },
      };
    });
};
