import type { Chance } from '../chance';
import type { Due, VirtualTime } from '../time';
import type { ModelRules } from './rules';

/** The timers of one run. */
export interface Timers {
  start(seq: number, ms: number): void;
  cancel(seq: number): void;
  forget(): void;
}

/** How late a timer may fire, in ms. */
const LATE_MS = { least: 0, most: 15 };

export interface TimersAround {
  time: VirtualTime;
  chance: Chance;
  rules: Pick<ModelRules, 'timerMs'>;
  fire(seq: number): void;
}

export function createTimers({ time, chance, rules, fire }: TimersAround): Timers {
  const all = new Map<number, Due>();
  return {
    start(seq, ms) {
      const due = time.after(rules.timerMs(ms) + chance.between(LATE_MS.least, LATE_MS.most), () => {
        all.delete(seq);
        fire(seq);
      });
      all.set(seq, due);
    },
    cancel(seq) {
      all.get(seq)?.cancel();
      all.delete(seq);
    },
    forget() {
      all.forEach((due) => due.cancel());
      all.clear();
    },
  };
}
