import { pino } from 'pino';
import { installRuntime } from '../../src/temporal/runtime';
import { play } from './lives';
import { lifeCases } from './lives/cases';

/** What fails here fails on purpose, some sixty times. */
beforeAll(() => installRuntime(pino({ level: 'silent' })));

/** Every third one: `npm run test:evidence` plays them all. */
const SAMPLE = lifeCases().filter((_case, index) => index % 3 === 0);

test('every answer, effect and sequel leaves the promises kept', async () => {
  const { cases, broken } = await play(undefined, SAMPLE);
  expect(broken).toEqual([]);
  expect(cases).toBeGreaterThanOrEqual(50);
}, 600_000);
