import { median, pairedRatio, percentile, spread } from '../../bench/measure/statistics';

const TEN = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

test.each([
  [0, 1],
  [0.01, 1],
  [0.5, 5],
  [0.51, 6],
  [0.99, 10],
  [1, 10],
])('the value that a share of %d does not exceed is one that was measured: %d', (share, value) => {
  expect(percentile(TEN, share)).toBe(value);
});

test('numbers are sorted as numbers, and the given list stays as it is', () => {
  const given = [100, 9, 20];
  expect(percentile(given, 0.5)).toBe(20);
  expect(given).toEqual([100, 9, 20]);
});

test('p99 of a hundred values leaves one out, of fewer none', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values.slice(1), 0.99)).toBe(100);
});

test.each([
  [[7], 7],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[1, 2, 3, 4, 5, 100], 3.5],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});

test('a spread has the median, the least and the greatest', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
});

test('ratios are taken pair by pair: a machine that got slower for a pair is in both of it', () => {
  expect(pairedRatio([5, 1, 6], [10, 2, 10])).toEqual({ median: 0.5, min: 0.5, max: 0.6 });
});

test.each<[string, () => unknown]>([
  ['a percentile of no values', () => percentile([], 0.5)],
  ['a median of no values', () => median([])],
  ['values without their pair', () => pairedRatio([1, 2], [1])],
  ['a ratio to nothing', () => pairedRatio([1], [0])],
])('there is none: %s', (_name, take) => {
  expect(take).toThrow(RangeError);
});
