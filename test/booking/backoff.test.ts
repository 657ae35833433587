import { pauseAfter, pauseAfterTries, triesWithin } from '../../src/booking/backoff';

test('pauses double up to the longest, counted by the last pause or by the tries', () => {
  const pauses = [0, 1, 2, 3, 4, 60].map((tries) => pauseAfterTries(tries, 1_000, 10_000));
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect([1_000, 8_000, 10_000].map((ms) => pauseAfter(ms, 10_000))).toEqual([2_000, 10_000, 10_000]);
});

test.each([
  [0, 1],
  [1, 2],
  [1_000, 2],
  [1_001, 3],
  [7_000, 4],
  [127_000, 9],
])('%d ms are over after %d tries', (ms, tries) => {
  expect(triesWithin(ms, 1_000, 60_000)).toBe(tries);
});
