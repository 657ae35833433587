import { withoutOldWords } from '../../../workflows/saga/attempts';
import type { Attempt } from '../../../workflows/saga/parts/search';

const attempts = (count: number): Attempt[] =>
  Array.from({ length: count }, (_, n) => ({
    slotMark: `mark-${n}`,
    startsAt: '2026-12-07T16:00:00.000Z',
    outcome: 'gone',
    reason: 'r'.repeat(400),
    at: '2026-12-01T16:00:00.000Z',
  }));

test('old attempts lose their words, and keep their number and their start', () => {
  const kept = withoutOldWords(attempts(5_000), 4_990);
  expect(kept).toHaveLength(5_000);
  expect(kept[4_899]).toEqual({ ...attempts(1)[0], slotMark: '', reason: null });
  expect(kept[4_900]).toEqual(attempts(5_000)[4_900]);
  expect(JSON.stringify(kept).length).toBeLessThan(1_000_000);
});

test('what the current search has tried keeps its marks, however much that is', () => {
  expect(withoutOldWords(attempts(300), 20).filter(({ slotMark }) => slotMark === '')).toHaveLength(20);
  expect(withoutOldWords(attempts(50), 50)).toEqual(attempts(50));
});
