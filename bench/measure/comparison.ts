import { ARMS, type ArmName } from '../arm-names';
import type { Round } from './round';
import { pairedRatio, type Spread } from './statistics';

/** Ours against the plain saga under one load, pair by pair. */
export interface Comparison {
  load: string;
  ours: ArmName;
  plain: ArmName;
  perSecond: Spread;
  p50: Spread;
  workerCpu: Spread;
}

/** What is compared with what: starts are alike within each. */
const PAIRS: readonly (readonly [ours: ArmName, plain: ArmName])[] = [
  ['ours', 'plain'],
  ['ours-eager', 'plain-eager'],
];

/** The loads of the rounds, and the arms that played them, in the order of the arms. */
export function playedBy(rounds: readonly Round[]): Map<string, ArmName[]> {
  const loads = [...new Set(rounds.map(({ load }) => load))];
  // The keys of the table are its names.
  const names = Object.keys(ARMS) as ArmName[];
  return new Map(loads.map((load) => [load, names.filter((arm) => roundsOf(rounds, load, arm).length > 0)]));
}

/** The rounds of an arm under a load, in the order of the repeats. */
export function roundsOf(rounds: readonly Round[], load: string, arm: ArmName): Round[] {
  return rounds.filter((round) => round.load === load && round.arm === arm);
}

export function compare(
  rounds: readonly Round[],
  load: string,
  [ours, plain]: readonly [ArmName, ArmName] = ['ours', 'plain'],
): Comparison {
  const ratio = (of: 'perSecond' | 'p50Ms' | 'workerCpuMs'): Spread => {
    const values = (arm: ArmName): number[] => roundsOf(rounds, load, arm).map((round) => round[of]);
    return pairedRatio(values(ours), values(plain));
  };
  return {
    ...{ load, ours, plain },
    perSecond: ratio('perSecond'),
    p50: ratio('p50Ms'),
    workerCpu: ratio('workerCpuMs'),
  };
}

/** All that can be compared. */
export function comparisons(rounds: readonly Round[]): Comparison[] {
  return [...playedBy(rounds)].flatMap(([load, arms]) =>
    PAIRS.filter((pair) => pair.every((arm) => arms.includes(arm))).map((pair) =>
      compare(rounds, load, pair),
    ),
  );
}
