import { pino } from 'pino';
import { installRuntime } from '../../src/temporal/runtime';
import { play } from './lives';

/** What fails here fails on purpose, some two hundred times. */
beforeAll(() => installRuntime(pino({ level: 'silent' })));

test('every answer, effect and sequel leaves the promises kept', async () => {
  const { cases, broken } = await play();
  expect(broken).toEqual([]);
  expect(cases).toBeGreaterThanOrEqual(150);
}, 600_000);
