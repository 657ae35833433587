import { together } from '../../bench/together';

test('every item is done, no more at a time than said, and what came of it is in its place', async () => {
  let running = 0;
  let most = 0;
  const doubled = await together([1, 2, 3, 4, 5, 6, 7], 3, async (value) => {
    most = Math.max(most, (running += 1));
    await new Promise((done) => setTimeout(done, value % 3));
    running -= 1;
    return value * 2;
  });
  expect(doubled).toEqual([2, 4, 6, 8, 10, 12, 14]);
  expect(most).toBe(3);
});

test('one that fails fails all', async () => {
  await expect(together([1, 2], 1, (value) => Promise.reject(new Error(`no ${value}`)))).rejects.toThrow(
    'no 1',
  );
});
