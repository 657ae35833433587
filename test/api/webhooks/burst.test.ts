import { gatherBursts } from '../../../src/api/webhooks/burst';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Says of each which of how many it was. */
function counting() {
  const bursts: string[][] = [];
  const handle = (burst: readonly string[]): Promise<string[]> => {
    bursts.push([...burst]);
    return Promise.resolve(burst.map((one, place) => `${one}: ${place + 1} of ${burst.length}`));
  };
  return { bursts, handle };
}

it('handles what comes under one key within the pause at once, and tells each what became of it', async () => {
  const { bursts, handle } = counting();
  const gathered = gatherBursts(250, handle);
  const first = gathered.add('a', 'one');
  const other = gathered.add('b', 'else');
  await jest.advanceTimersByTimeAsync(249);
  const second = gathered.add('a', 'two');
  expect(bursts).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(await Promise.all([first, second, other])).toEqual(['one: 1 of 2', 'two: 2 of 2', 'else: 1 of 1']);
});

it('begins another burst once one is handled', async () => {
  const { bursts, handle } = counting();
  const gathered = gatherBursts(250, handle);
  void gathered.add('a', 'one');
  await jest.advanceTimersByTimeAsync(250);
  void gathered.add('a', 'two');
  await jest.advanceTimersByTimeAsync(250);
  expect(bursts).toEqual([['one'], ['two']]);
});

it('fails all of a burst that cannot be handled, and no other', async () => {
  const gathered = gatherBursts<string, string>(250, (burst) =>
    burst.includes('bad') ? Promise.reject(new Error('away')) : Promise.resolve(burst.map(() => 'done')),
  );
  const failed = [gathered.add('a', 'bad'), gathered.add('a', 'good')];
  const done = gathered.add('b', 'good');
  const settled = Promise.allSettled(failed);
  await jest.advanceTimersByTimeAsync(250);
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await done).toBe('done');
});

it('loses nothing at its end: what waits is handled at once, and so is what still comes', async () => {
  const { bursts, handle } = counting();
  const gathered = gatherBursts(250, handle);
  const [first, second] = [gathered.add('a', 'one'), gathered.add('b', 'two')];
  gathered.flush();
  expect(await Promise.all([first, second])).toEqual(['one: 1 of 1', 'two: 1 of 1']);
  expect(await gathered.add('a', 'late')).toBe('late: 1 of 1');
  expect(bursts).toHaveLength(3);
});
