import fc from 'fast-check';
import type { Simulation } from '../simulation';
import { playStory, type Told } from './play';
import { simulatedStory, type SimulatedStory } from './story';

/** Stories by the number: each is made from a seed of its own, and one that breaks a rule is shrunk. */

export interface Broken {
  seed: number;
  why: string;
  /** Null where it was not shrunk. */
  story: SimulatedStory | null;
}

/** How long shrinking may begin another try. */
const SHRINKS_NS = 60_000_000_000n;

/** The story of a seed. */
export function storyOf(seed: number): SimulatedStory {
  const [story] = fc.sample(simulatedStory, { seed, numRuns: 1 });
  if (!story) throw new Error('fast-check made no story');
  return story;
}

/** Plays the story of a seed; null when it keeps every rule. */
export async function playSeed(
  simulation: Simulation,
  seed: number,
  heard: (told: Told) => void = () => undefined,
): Promise<Broken | null> {
  const story = storyOf(seed);
  try {
    heard(await playStory(simulation, story));
    return null;
  } catch (err) {
    return { seed, ...(await shrunk(simulation, seed, story, wordsOf(err))) };
  }
}

/** The same without shrinking. */
export async function playSeedQuickly(
  simulation: Simulation,
  seed: number,
  heard: (told: Told) => void = () => undefined,
): Promise<Broken | null> {
  try {
    heard(await playStory(simulation, storyOf(seed)));
    return null;
  } catch (err) {
    return { seed, why: wordsOf(err), story: null };
  }
}

/** What is wrong with the story of a seed; null when it keeps every rule. Nothing is shrunk. */
export function playStoryOf(simulation: Simulation, seed: number): Promise<string | null> {
  return playAndTell(simulation, storyOf(seed));
}

/** The same for a story, whose course `print` gets a line at a time. */
export async function playAndTell(
  simulation: Simulation,
  story: SimulatedStory,
  print?: (line: string) => void,
): Promise<string | null> {
  try {
    await playStory(simulation, story, print);
    return null;
  } catch (err) {
    return wordsOf(err);
  }
}

async function shrunk(simulation: Simulation, seed: number, story: SimulatedStory, why: string) {
  const beganNs = process.hrtime.bigint();
  const told = await fc.check(
    fc.asyncProperty(simulatedStory, async (one) => {
      // What is not tried counts as kept. To be interrupted would leave a story playing while the simulation is closed.
      if (process.hrtime.bigint() - beganNs < SHRINKS_NS) await playStory(simulation, one);
    }),
    { seed, numRuns: 1 },
  );
  const [least] = told.counterexample ?? [];
  return { story: least ?? story, why: told.errorInstance ? wordsOf(told.errorInstance) : why };
}

function wordsOf(err: unknown): string {
  if (!(err instanceof Error)) return String(err);
  const cause = err.cause === undefined ? '' : ` (${wordsOf(err.cause)})`;
  return `${err.name}: ${err.message}${cause}`;
}

export function toldAs({ seed, why, story }: Broken): string {
  return `seed ${seed}: ${why}${story ? `\n${JSON.stringify(story, null, 1)}` : ''}`;
}
