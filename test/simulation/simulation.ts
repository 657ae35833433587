import type { Config } from '../../src/config';
import { chanceOf } from './chance';
import { openGround, openStage, type Breaking, type Ground, type Stage, type StageOptions } from './stage';
import type { Run } from './server/run';
import { owner, timeOfStory, type Mortal } from './time';

/** The whole saga in one process and in virtual time: one story after the other. */
export interface Simulation {
  /** Plays a story on a stage of its own; the same seed and story come to the same. */
  play<T>(seed: number, story: (stage: Stage) => Promise<T>, options?: StoryOptions): Promise<T>;
  close(): Promise<void>;
}

export interface StoryOptions extends StageOptions {
  /** Checked after every step, with whatever may have changed. */
  check?: (stage: Stage, what: Changes) => Promise<void>;
}

/** What may have changed since the last check. */
export interface Changes {
  providers: boolean;
  /** Runs that came to the end of a task, or to their own. */
  runs: readonly Run[];
}

/** With a rule of the saga broken, or under other settings than the simulator's own. */
export async function createSimulation(breaking: Breaking = {}, config?: Config): Promise<Simulation> {
  const ground = await openGround({ breaking, ...(config && { config }) });
  return {
    play: (seed, story, options = {}) => playOn(ground, seed, story, options),
    close: () => ground.close(),
  };
}

/** Stories begin within these years, at any hour: changes of the clocks and ends of years are among them. */
const FIRST_DAY_MS = Date.parse('2027-01-01T00:00:00Z');
const DAYS = 1_000;
const DAY_MS = 86_400_000;

async function playOn<T>(
  ground: Ground,
  seed: number,
  story: (stage: Stage) => Promise<T>,
  options: StoryOptions,
): Promise<T> {
  const { world } = ground;
  const life: Mortal = { dead: false };
  const time = timeOfStory(ground.time, life);
  const chance = chanceOf(seed);
  time.reset(FIRST_DAY_MS + chance.int(0, DAYS * DAY_MS), seed);
  await time.play(Promise.all([world.junction.control('reset', {}), world.oliver.control('reset', {})]));
  const changes: { providers: boolean; runs: Set<Run> } = { providers: false, runs: new Set() };
  const broken: { error: unknown }[] = [];
  const stage = openStage({ ...ground, time }, chance, options, {
    touched: () => (changes.providers = true),
    changed: (run) => void changes.runs.add(run),
    failed: (error) => void broken.push({ error }),
  });
  try {
    return await time.play(owner.run(life, story, stage), async () => {
      const [first] = broken;
      if (first) throw first.error;
      if (!options.check || (!changes.providers && changes.runs.size === 0)) return;
      const what = { providers: changes.providers, runs: [...changes.runs] };
      changes.providers = false;
      changes.runs.clear();
      await options.check(stage, what);
    });
  } finally {
    life.dead = true;
    stage.activities.lose();
    await time.drain();
    await stage.workflows.evict();
  }
}
