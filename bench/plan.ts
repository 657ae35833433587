import type { ArmName } from './arm-names';
import type { NamedLoad } from './play-round';
import type { Account } from './request';

/** Which loads are put on which arms, and how often. */
export interface Plan {
  parts: readonly Part[];
  /** Measured rounds of each arm in a part, after a warm-up that is thrown away. */
  repeats: number;
}

export interface Part extends NamedLoad {
  arms: readonly ArmName[];
}

/** The loads that the ratios are taken from. */
export const ONE_CLIENT = 'one client, 0 ms';
export const TWENTY_CLIENTS = '20 clients, 0 ms';

const PAIR = ['plain', 'ours'] as const;
const ALL = ['direct', ...PAIR] as const;
const WITH_EAGER = [...ALL, 'plain-eager', 'ours-eager'] as const;

export interface FullOptions {
  repeats: number;
  /** How long each round asks for bookings. */
  forMs: number;
  /** Bookings a second of the open loops. */
  rates: readonly number[];
}

/** All arms and loads. Eager starts are shown where nothing else takes time. */
export function fullPlan({ repeats, forMs, rates }: FullOptions): Plan {
  const closed = (clients: number, account: Account, arms: Part['arms']): Part => ({
    name: `${clients === 1 ? 'one client' : `${clients} clients`}, ${account === 'slow' ? 50 : 0} ms`,
    load: { clients, forMs },
    account,
    arms,
  });
  const open = rates.map((perSecond): Part => ({
    name: `${perSecond} a second, 0 ms`,
    load: { perSecond, forMs },
    account: 'prompt',
    arms: ALL,
  }));
  const loops = [
    closed(1, 'prompt', WITH_EAGER),
    closed(1, 'slow', ALL),
    closed(20, 'prompt', WITH_EAGER),
    closed(20, 'slow', ALL),
  ];
  return { repeats, parts: [...loops, ...open] };
}

const QUICK = { repeats: 3, oneClientMs: 3_000, twentyClientsMs: 6_000 };

/** The two sagas in three pairs, to be had in under three minutes. */
export function quickPlan(): Plan {
  const part = (name: string, clients: number, forMs: number): Part => ({
    name,
    load: { clients, forMs },
    account: 'prompt',
    arms: PAIR,
  });
  return {
    repeats: QUICK.repeats,
    parts: [part(ONE_CLIENT, 1, QUICK.oneClientMs), part(TWENTY_CLIENTS, 20, QUICK.twentyClientsMs)],
  };
}

/** A round to be played; a warm-up's is thrown away. */
export interface Turn {
  load: NamedLoad;
  arm: ArmName;
  isWarmUp: boolean;
}

/** Enough to connect and to compile; no figure hangs on it. */
const LONGEST_WARM_UP_MS = 2_000;

/**
 * The rounds in the order in which they are played. The arms take turns, and each repeat goes through them the other way
 * round than the one before: a machine that gets slower or faster meanwhile favours nobody.
 */
export function turnsOf({ parts, repeats }: Plan): Turn[] {
  return parts.flatMap((part) => {
    const { arms: all, ...load } = part;
    const warmUp = {
      ...load,
      load: { ...load.load, forMs: Math.min(load.load.forMs, LONGEST_WARM_UP_MS) },
    };
    const measuredIn = (arms: readonly ArmName[]): Turn[] =>
      arms.map((arm) => ({ load, arm, isWarmUp: false }));
    const measured = Array.from({ length: repeats }, (_, repeat) =>
      measuredIn(repeat % 2 === 0 ? all : all.toReversed()),
    );
    return [...all.map((arm) => ({ load: warmUp, arm, isWarmUp: true })), ...measured.flat()];
  });
}
