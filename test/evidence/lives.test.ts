import { play } from './lives';
import { lifeCases } from './lives/cases';

/** Every third one: `npm run test:evidence` plays them all, on the real server. */
const SAMPLE = lifeCases().filter((_case, index) => index % 3 === 0);

test('every answer, effect and sequel leaves the promises kept', async () => {
  const { cases, broken } = await play({ cases: SAMPLE });
  expect(broken).toEqual([]);
  expect(cases).toBeGreaterThanOrEqual(50);
}, 600_000);
