import { createSimulation, type Simulation } from './simulation';
import { playStory, type Told } from './stories/play';
import { playSeed, storyOf, toldAs } from './stories/suite';

/** A fixed part of the simulated stories; `npm run test:simulation` plays as many others as it is told to. */

const STORIES = 40;
const FIRST_SEED = 1;

let simulation: Simulation;
beforeAll(async () => {
  simulation = await createSimulation();
}, 120_000);
afterAll(() => simulation.close());

test(`${STORIES} random stories keep the promises after every step`, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + STORIES; seed += 1) {
    const broken = await playSeed(simulation, seed);
    if (broken) throw new Error(toldAs(broken));
  }
}, 600_000);

test.each([3, 7, 11])(
  'the story of seed %i comes to the same event by event when it is played again',
  async (seed) => {
    const told: Told[] = [];
    for (let n = 0; n < 2; n += 1) told.push(await playStory(simulation, storyOf(seed)));
    const [first, second] = told;
    expect(first?.histories.flat().length).toBeGreaterThan(10);
    expect(second).toEqual(first);
  },
);

test('stories of different seeds are different', async () => {
  const [one, other] = [await playStory(simulation, storyOf(3)), await playStory(simulation, storyOf(7))];
  expect(one.histories).not.toEqual(other.histories);
});
