import { orAborted, sharedWork } from '../../../src/providers/oliver/shared-work';

let now = 0;
beforeEach(() => {
  now = 0;
});

test('a value is made once, kept for its time, and then made anew', async () => {
  const work = sharedWork<number>(10, () => now);
  let made = 0;
  const get = () => work.get('a', () => Promise.resolve(++made));
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  now = 9;
  expect(await get()).toBe(1);
  now = 10;
  expect(await get()).toBe(2);
});

test('a failure is not kept', async () => {
  const work = sharedWork<number>(10, () => now);
  await expect(work.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await work.get('a', () => Promise.resolve(1))).toBe(1);
});

test('only the value that was seen to be bad is dropped, not the one that replaced it', async () => {
  const work = sharedWork<string>(Infinity, () => now);
  await work.get('a', () => Promise.resolve('old'));
  work.drop('a', 'old');
  await work.get('a', () => Promise.resolve('new'));
  work.drop('a', 'old');
  expect(await work.get('a', () => Promise.resolve('newer'))).toBe('new');
});

test('the oldest goes when there are too many', async () => {
  const work = sharedWork<number>(Infinity, () => now);
  for (let n = 0; n <= 10_000; n++) await work.get(String(n), () => Promise.resolve(n));
  expect(await work.get('1', () => Promise.resolve(-1))).toBe(1);
  expect(await work.get('0', () => Promise.resolve(-1))).toBe(-1);
});

test('a caller whose signal is aborted stops waiting, before and while', async () => {
  const stop = new AbortController();
  const waiting = orAborted(new Promise(() => undefined), stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(orAborted(Promise.resolve(1), stop.signal)).rejects.toThrow('enough');
});
