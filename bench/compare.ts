import type { Command, Found } from './command';
import { optionsOf } from './options';
import { chart } from './report/chart';
import { figuresOf } from './report/json';
import { page } from './report/table';
import { run } from './run';
import { onStage } from './stage';

/** `npm run bench` without a command: our saga beside a plain one and beside plain calls. */
export const compare: Command = (args) => {
  const { plan, isFull } = optionsOf(args);
  return async (tell): Promise<Found> => {
    const results = await onStage((stage) => run(stage, plan, tell));
    const text = page(results);
    return {
      page: text,
      figures: figuresOf(results),
      kept: isFull
        ? {
            'saga.md': `${text}\n\n![The medians as bars](saga.svg)\n`,
            'saga.svg': chart(results.rounds),
          }
        : {},
    };
  };
};
