import { rigConfig, type RigOptions } from '../../support/saga';
import type { ModelRules } from '../server/rules';
import { createSimulation, type Simulation } from '../simulation';
import { JUNCTION_URL, OLIVER_URL } from '../world/sandboxes';
import { differenceOf, likenessOf, type Likeness } from './compare';
import { outcomeOf, type Outcome } from './play';
import { playedOnServer } from './real';
import { simulatedBench } from './simulated';
import type { FidelityStory } from './story';

/** Stories that are played under the same settings. */
export interface Batch {
  settings: RigOptions;
  stories: readonly FidelityStory[];
}

/** A story, what it came to on the real server, and how near the simulator came. */
export interface Compared {
  story: FidelityStory;
  real: Outcome;
  likeness: Likeness;
  /** Seeds that it took. */
  seeds: number;
  /** How often the real server played it: on a busy machine a call may be late, which no story told it to be. */
  rounds: number;
  /** What a reader wants to see where they differ; null where they do not. */
  difference: string | null;
}

/**
 * Seeds that a story is played with at most. Chance decides when things come, on the real server too: what that gives must be
 * among what the simulator gives.
 */
const MOST_SEEDS: Readonly<Record<FidelityStory['kind'], number>> = { 'at rest': 12, racing: 40 };

/**
 * Plays a batch on both. A story that differs is played on the real server again, among fewer others: a wrong model differs
 * every time, a machine that was busy does not. `told` hears how far it is.
 */
export async function compareBatch(batch: Batch, told: (line: string) => void): Promise<Compared[]> {
  const compared = await comparedOnce(batch, told);
  for (let rounds = 2; rounds <= MOST_ROUNDS; rounds += 1) {
    const left = compared.filter(({ likeness }) => likeness === 'different');
    if (left.length === 0) break;
    told(`${left.length} differ, and are played again`);
    const again = await comparedOnce({ ...batch, stories: left.map(({ story }) => story) }, told);
    left.forEach((one, index) => Object.assign(one, again[index], { rounds }));
  }
  return compared;
}

const MOST_ROUNDS = 3;

async function comparedOnce(batch: Batch, told: (line: string) => void): Promise<Compared[]> {
  // The real ones first: while virtual time is installed, no client of a real server lives.
  const outcomes = await playedOnServer(batch.stories, batch.settings, (done) => {
    if (done % PROGRESS === 0) told(`${done} of ${batch.stories.length} stories played on the real server`);
  });
  const compared: Compared[] = [];
  await simulating(batch, async (simulation) => {
    for (const [index, story] of batch.stories.entries())
      compared.push(await comparedWith(simulation, story, outcomes[index] ?? new Error('it was not played')));
  });
  return compared;
}

const PROGRESS = 25;

async function simulating(
  { settings }: Batch,
  work: (simulation: Simulation) => Promise<void>,
): Promise<void> {
  const config = rigConfig(settings, { junction: JUNCTION_URL, oliver: OLIVER_URL });
  const simulation = await createSimulation({}, config);
  try {
    await work(simulation);
  } finally {
    await simulation.close();
  }
}

async function comparedWith(
  simulation: Simulation,
  story: FidelityStory,
  real: Outcome | Error,
): Promise<Compared> {
  if (real instanceof Error) {
    const difference = `  on the real server: ${real.message}`;
    const none = { histories: null, end: {} };
    return { story, real: none, likeness: 'different', seeds: 0, rounds: 1, difference };
  }
  const tried: (Outcome | Error)[] = [];
  for (let seed = 1; seed <= MOST_SEEDS[story.kind]; seed += 1) {
    const mine = await simulated(simulation, story, seed);
    tried.push(mine);
    const likeness = mine instanceof Error ? 'different' : likenessOf(real, mine);
    if (likeness !== 'different') return { story, real, likeness, seeds: seed, rounds: 1, difference: null };
  }
  const [first] = tried;
  const difference =
    first instanceof Error ? `  in the simulator: ${first.message}` : first ? differenceOf(real, first) : '';
  return { story, real, likeness: 'different', seeds: tried.length, rounds: 1, difference };
}

/** What a story comes to in the simulator; it may come to no end, by a wrong model at least. */
function simulated(
  simulation: Simulation,
  story: FidelityStory,
  seed: number,
  rules: Partial<ModelRules> = {},
): Promise<Outcome | Error> {
  return simulation
    .play(seed, (stage) => outcomeOf(simulatedBench(stage, story.at), story), { rules })
    .catch((err: unknown) => (err instanceof Error ? err : new Error(String(err))));
}

/** Whether a wrong model is noticed by a story: no seed gives what the real server gave. */
async function isNoticed(
  simulation: Simulation,
  { story, real, seeds }: Compared,
  rules: Partial<ModelRules>,
): Promise<boolean> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const mine = await simulated(simulation, story, seed, rules);
    if (!(mine instanceof Error) && likenessOf(real, mine) !== 'different') return false;
  }
  return true;
}

/** The number of the first story that notices a wrong model; null when none of them does. */
export async function firstNoticed(
  batch: Batch,
  compared: readonly Compared[],
  rules: Partial<ModelRules>,
): Promise<number | null> {
  let first: number | null = null;
  await simulating(batch, async (simulation) => {
    for (const [index, one] of compared.entries()) {
      if (one.likeness === 'different' || !(await isNoticed(simulation, one, rules))) continue;
      first = index + 1;
      return;
    }
  });
  return first;
}
