import { preferredWaitS } from '../../src/api/prefer';

it.each<[string | undefined, number | null]>([
  ['wait=5', 5],
  ['WAIT = 5', 5],
  ['wait="5"', 5],
  ['respond-async, wait=10', 10],
  ['wait=10; strict, return=minimal', 10],
  ['wait=0', 0],
  ['wait=3600', 60],
  [`wait=${'9'.repeat(400)}`, 60],
  ['await=5', null],
  ['wait=-1', null],
  ['wait=soon', null],
  ['return=minimal', null],
  ['', null],
  [undefined, null],
])('%p asks for %p', (prefer, seconds) => {
  expect(preferredWaitS(prefer)).toBe(seconds);
});
