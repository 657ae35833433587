import type { Chance } from '../chance';
import type { Due, VirtualTime } from '../time';
import type { ModelRules } from './rules';

/** The timers of one run. */
export interface Timers {
  /** `startedId`: the event that started it. */
  start(seq: number, ms: number, startedId: number): void;
  cancel(seq: number): void;
  forget(): void;
  /** How later events of a timer refer to the one that started it. */
  refer(seq: number): { timerId: string; startedEventId: number };
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
  const started = new Map<number, number>();
  return {
    start(seq, ms, startedId) {
      started.set(seq, startedId);
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
    refer: (seq) => ({ timerId: String(seq), startedEventId: started.get(seq) ?? 0 }),
  };
}
