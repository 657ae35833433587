import { play } from './verdicts';

/** What each answer to each write proves; see verdicts.ts. */
test('every answer to every write has the verdict that the documents give it', async () => {
  const { cases, held, broken } = await play();
  expect(broken.slice(0, 50)).toEqual([]);
  expect(cases).toBeGreaterThan(10_000);
  expect(held).toBe(cases);
}, 240_000);
