import {
  evidenceOf,
  lookedForIn,
  type LookedFor,
  type ExplainedBooking,
} from '../../src/booking/explanation';

/** What answers mean in words; whole bookings are explained in test/saga-ops/explain.test.ts. */

const BOOKING: ExplainedBooking = { maker: 'b00k1ng.k1', endingBecause: null, isCauseHidden: false };
const EMPTY = { order: null, live: [], ended: [] };

test('an empty look over the late-commit window is followed by others', () => {
  const { why } = evidenceOf('lookUp', 'unanswered_call', EMPTY, BOOKING);
  expect(why).toContain('until the late-commit window is over');
});

test.each(['late_effect', null] as const)(
  'one for %s is not, and says nothing of the window',
  (lookedFor) => {
    const words = { shows: 'no live appointment', why: null };
    expect(evidenceOf('lookUp', lookedFor, EMPTY, BOOKING)).toEqual(words);
  },
);

test.each<[input: unknown, LookedFor | null]>([
  [{ lookedFor: 'unanswered_call' }, 'unanswered_call'],
  [{ lookedFor: 'late_effect', fresh: true }, 'late_effect'],
  [{ lookedFor: 'what a later build may look for' }, null],
  [{}, null],
  [null, null],
])('what a look is for is read from its input: %j', (input, lookedFor) => {
  expect(lookedForIn(input)).toBe(lookedFor);
});

const FOUND = { slots: [{}, {}], complete: true };
const ORDER = { id: 'o-1', status: 'received' };

test.each(['placeOrder', 'readOrder', 'awaitOrderChange'])(
  'what %s read ahead is told with it',
  (activity) => {
    const answer = { is: 'done', order: ORDER, ahead: { sighting: EMPTY, found: FOUND } };
    const { shows } = evidenceOf(activity, null, answer, BOOKING);
    expect(shows).toMatch(/o-1 received; read ahead: no live appointment; slots: 2 found$/);
  },
);

test('so is what a search was refused with', () => {
  const ahead = { sighting: EMPTY, found: { refused: 'area_not_served', facts: {} } };
  const { shows } = evidenceOf('readOrder', null, { order: ORDER, ahead }, BOOKING);
  expect(shows).toContain('slots: area_not_served: ');
});

test('nothing is told of what was not read ahead', () => {
  const { shows } = evidenceOf('readOrder', null, { order: ORDER, ahead: null }, BOOKING);
  expect(shows).toBe('order o-1 received');
});

test('an appointment that was spared is told as left, with the reason', () => {
  const appointment = { id: 'a-1', status: 'confirmed', startsAt: '2026-12-01T10:00:00.000Z' };
  const { shows, why } = evidenceOf('cancelAppointment', null, { is: 'spared', appointment }, BOOKING);
  expect(shows).toMatch(/^left as it is: .*confirmed/);
  expect(why).toContain('Not given back');
});

test.each<[boolean, object]>([
  [true, { shows: 'another booking uses the order', why: expect.stringContaining('not undone') }],
  [false, { shows: 'no other booking uses the order', why: null }],
])('whether an order is used elsewhere is said in words: %s', (answer, words) => {
  expect(evidenceOf('isOrderUsedElsewhere', null, answer, BOOKING)).toEqual(words);
});
