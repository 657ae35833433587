import fc from 'fast-check';
import { startLanes, type Job, type Lanes } from '../matrix/lanes';
import { story, type Story } from './commands';
import { junctionWorld } from './junction-world';
import { oliverWorld } from './oliver-world';
import { play, type Stage } from './play';
import type { World } from './worlds';
import { STOPPED_WITHIN_MS } from '../support/saga';

/**
 * Bookings driven through random stories of callers, providers, faults and restarts, and the five promises checked
 * at the end of each. `npm test` plays the same few each time; `npm run test:soak` many, and others each time:
 * PROPERTY_RUNS says how many, PROPERTY_SEED which ones (a failure names its own).
 */

const { PROPERTY_RUNS, PROPERTY_SEED } = process.env;
const RUNS = Number(PROPERTY_RUNS ?? 12);
const SEED = Number(PROPERTY_SEED ?? (PROPERTY_RUNS === undefined ? 1 : Date.now() % 2 ** 31));

/** Bookings at a time. One in six is at Oliver, whose sandbox takes them one by one. */
const AT_A_TIME = 10;
const OLIVER_SHARE = 6;

/** About what a story takes when it stands alone, and what shrinking may take, in ms. */
const STORY_MS = 20_000;
const SHRINKING_MS = 120_000;

let lanes: Lanes;
beforeAll(async () => {
  // The simulator plays many more (test/simulation): these are to see that the real server is no other.
  lanes = await startLanes({ providersApart: true, capabilities: { lateCommitWindowMs: 900 } }, 'server');
}, 120_000);
afterAll(() => lanes.stop(), STOPPED_WITHIN_MS);

/** Several stories may ask for a restart at the same moment: the workers are one for all. */
function restarting(): Stage['restart'] {
  let running: Promise<void> | null = null;
  const meanwhile: (() => Promise<void>)[] = [];
  const restart = async (): Promise<void> => {
    await lanes.rig.stopWorkers();
    if (meanwhile.length === 0) await lanes.rig.restartProviders();
    await Promise.all(meanwhile.splice(0).map((whileAway) => whileAway()));
    await lanes.rig.startWorkers();
  };
  return async (whileAway) => {
    if (whileAway) meanwhile.push(whileAway);
    running ??= restart().finally(() => {
      running = null;
    });
    await running;
    // Asked for when the workers were about to come back: it finds them there.
    await Promise.all(meanwhile.splice(0).map((late) => late()));
  };
}

/** Plays so many stories of a seed in a world, one after the other; a broken one is shrunk, then thrown. */
async function playAll(
  world: World,
  restart: Stage['restart'],
  seed: number,
  numRuns: number,
): Promise<void> {
  const told = await fc.check(
    fc.asyncProperty(story, (one) => play({ rig: lanes.rig, world, restart }, one)),
    { seed, numRuns, interruptAfterTimeLimit: numRuns * STORY_MS + SHRINKING_MS },
  );
  if (told.failed) throw new Error(toldAs(told));
}

function toldAs({ seed, counterexample, errorInstance }: fc.RunDetails<[Story]>): string {
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `seed ${seed}: ${why}\n${JSON.stringify(counterexample?.[0], null, 1)}`;
}

test(
  `${RUNS} random stories keep the five promises`,
  async () => {
    const restart = restarting();
    const atOliver = Math.floor(RUNS / OLIVER_SHARE);
    const jobs = spread(RUNS - atOliver, AT_A_TIME - 1).map<Job>((runs, n) => ({
      name: `at home, ${runs} runs`,
      run: (lane) => playAll(junctionWorld(lane), restart, SEED + n, runs),
    }));
    if (atOliver > 0)
      jobs.push({
        name: `at a practice, ${atOliver} runs`,
        run: () => playAll(oliverWorld(lanes.rig.clinic), restart, SEED - 1, atOliver),
      });
    expect(await lanes.runAll(jobs)).toEqual([]);
  },
  RUNS * STORY_MS + 2 * SHRINKING_MS,
);

/** `total` in at most `parts` parts that differ by one at most. */
function spread(total: number, parts: number): number[] {
  const counts = Array.from({ length: parts }, (_, n) => Math.floor((total + n) / parts));
  return counts.filter((count) => count > 0);
}
