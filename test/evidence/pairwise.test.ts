import { pairsOf, pairwise } from './pairwise';

const SIZES = ['small', 'large'] as const;
const COLOURS = ['red', 'green', 'blue'] as const;
const SHAPES = ['round', 'square'] as const;

const ALL = SIZES.flatMap((size) =>
  COLOURS.flatMap((colour) => SHAPES.map((shape) => ({ size, colour, shape }))),
);

test('every pair is in some row, with fewer rows than the product has', () => {
  const rows = pairwise(ALL);
  const held = new Set(rows.flatMap(pairsOf));
  expect(ALL.flatMap(pairsOf).filter((pair) => !held.has(pair))).toEqual([]);
  expect(rows.length).toBeLessThan(ALL.length);
});

test('a row that is not allowed is not made up', () => {
  const allowed = ALL.filter(({ size, colour }) => size === 'small' || colour !== 'blue');
  for (const row of pairwise(allowed)) expect(allowed).toContainEqual(row);
});

test('the same rows come out each time', () => {
  expect(pairwise(ALL)).toEqual(pairwise(ALL));
});
