import { evidenceOf, type Whose } from '../../src/booking/evidence';

/** What answers mean in words; whole bookings are explained in test/saga-care/explain.test.ts. */

const WHOSE: Whose = { maker: 'b00k1ng.k1', endingBecause: null, isCauseHidden: false };
const EMPTY = { order: null, live: [], ended: [] };

test('an empty look over the late-commit window is followed by others', () => {
  const summary = 'look whether the unanswered booking took effect';
  expect(evidenceOf('lookUp', summary, EMPTY, WHOSE).why).toContain('until the late-commit window is over');
});

test('a look after it is not, and says nothing of the window', () => {
  const summary = 'look for a late effect of an unanswered call';
  expect(evidenceOf('lookUp', summary, EMPTY, WHOSE)).toEqual({ shows: 'no live appointment', why: null });
});

test.each<[boolean, object]>([
  [true, { shows: 'another booking uses the order', why: expect.stringContaining('not undone') }],
  [false, { shows: 'no other booking uses the order', why: null }],
])('whether an order is used elsewhere is said in words: %s', (answer, words) => {
  expect(evidenceOf('isOrderUsedElsewhere', null, answer, WHOSE)).toEqual(words);
});
