import { createGate } from '../../src/providers/gate';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Has calls enter and leave at once, and returns when each of them got in, in s from the first. */
async function entries(limits: Parameters<typeof createGate>[0], calls: number): Promise<number[]> {
  const gate = createGate(limits);
  const beganMs = performance.now();
  const signal = new AbortController().signal;
  const all = Array.from({ length: calls }, async () => {
    await gate.enter(600_000, signal);
    gate.leave();
    return Math.round((performance.now() - beganMs) / 1_000);
  });
  await jest.advanceTimersByTimeAsync(300_000);
  return Promise.all(all);
}

test('as many calls begin within a minute as a vendor allows, however few that is a second', async () => {
  expect(await entries({ inFlight: 10, perSecond: 2, perMinute: 3 }, 7)).toEqual([0, 0, 1, 60, 60, 61, 120]);
});

test('without a limit for the minute, that for the second alone counts', async () => {
  expect(await entries({ inFlight: 10, perSecond: 2, perMinute: null }, 5)).toEqual([0, 0, 1, 1, 2]);
  expect(await entries({ inFlight: 10, perSecond: 2 }, 5)).toEqual([0, 0, 1, 1, 2]);
});

test('a limit for the minute below that for the second counts too', async () => {
  expect(await entries({ inFlight: 10, perSecond: 5, perMinute: 2 }, 3)).toEqual([0, 0, 60]);
});
