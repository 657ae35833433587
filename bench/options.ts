import { parseArgs } from 'node:util';
import { above0 } from './command';
import { fullPlan, quickPlan, type Plan } from './plan';

/** What the command line asks for. */
export interface Options {
  plan: Plan;
  /** Whether the whole comparison was asked for, whose page and picture are kept. */
  isFull: boolean;
}

const DEFAULTS = { repeats: 5, seconds: 10, rates: [2, 5, 10] };

/** Throws for what is none of the options, naming it. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      repeats: { type: 'string' },
      seconds: { type: 'string' },
      rates: { type: 'string' },
    },
  });
  const { quick, repeats, seconds, rates } = values;
  if (quick) {
    if (repeats ?? seconds ?? rates) throw new Error('--quick has its own repeats, seconds and rates.');
    return { plan: quickPlan(), isFull: false };
  }
  const plan = fullPlan({
    repeats: repeats === undefined ? DEFAULTS.repeats : above0('--repeats', repeats, Number.isInteger),
    forMs: (seconds === undefined ? DEFAULTS.seconds : above0('--seconds', seconds)) * 1_000,
    rates: rates?.split(',').map((rate) => above0('--rates', rate)) ?? DEFAULTS.rates,
  });
  return { plan, isFull: true };
}
