import { claimsOf, isBeingTaken, type Claimant, type ClaimQuestion } from '../../src/booking/claims';

/** What other bookings' claims come to. */

const START = '2026-12-07T15:00:00.000Z';
const SAME = '2026-12-07T10:00:00-05:00';
const OTHER = '2026-12-07T16:00:00.000Z';
const NOW_MS = Date.parse('2026-12-01T12:00:00.000Z');
const WINDOW_MS = 300_000;
const CALLED_MS = NOW_MS - 100_000;

const asked: ClaimQuestion = {
  startsAt: START,
  ids: ['a', 'b'],
  windowMs: WINDOW_MS,
  nowMs: NOW_MS,
  calledMs: CALLED_MS,
};
const claimant = (more: Partial<Claimant> = {}): Claimant => ({
  ...{ ownIds: [], inferredIds: [], callingFor: null, unknownFor: null },
  ...{ unansweredFor: [], isLeft: false, closedMs: null },
  ...more,
});
const NOTHING = { theirs: [], inferred: [], mayBeAnothers: false };

test.each<[name: string, claimant: Claimant, claims: object]>([
  ['one with nothing', claimant(), NOTHING],
  ['one that an answer told', claimant({ ownIds: ['a', 'z'] }), { ...NOTHING, theirs: ['a'] }],
  [
    'one that inferred',
    claimant({ ownIds: ['a', 'b'], inferredIds: ['b'] }),
    { ...NOTHING, theirs: ['a'], inferred: ['b'] },
  ],
  ['one that waits for an answer there', claimant({ callingFor: SAME }), { ...NOTHING, mayBeAnothers: true }],
  ['one that waits for an answer elsewhere', claimant({ callingFor: OTHER }), NOTHING],
  ['one that got no answer there', claimant({ unknownFor: SAME }), { ...NOTHING, mayBeAnothers: true }],
  ['one that got no answer elsewhere', claimant({ unknownFor: OTHER }), NOTHING],
  [
    'one cut off in its call',
    claimant({ callingFor: START, closedMs: CALLED_MS - WINDOW_MS + 1 }),
    { ...NOTHING, mayBeAnothers: true },
  ],
  [
    'one cut off in its call a window before the call in question',
    claimant({ callingFor: START, closedMs: CALLED_MS - WINDOW_MS }),
    NOTHING,
  ],
  [
    'one cut off unanswered',
    claimant({ unknownFor: START, closedMs: CALLED_MS - WINDOW_MS + 1 }),
    { ...NOTHING, mayBeAnothers: true },
  ],
  [
    'one cut off unanswered a window before the call in question',
    claimant({ unknownFor: START, unansweredFor: [START], closedMs: CALLED_MS - WINDOW_MS }),
    NOTHING,
  ],
  ['one whose window is over', claimant({ unansweredFor: [START] }), NOTHING],
  [
    'one that has just closed, unanswered there',
    claimant({ unansweredFor: [OTHER, START], closedMs: NOW_MS - WINDOW_MS + 1 }),
    { ...NOTHING, mayBeAnothers: true },
  ],
  [
    'one that a person ended and left, unanswered there',
    claimant({ unansweredFor: [START], isLeft: true, closedMs: CALLED_MS - WINDOW_MS + 1 }),
    { ...NOTHING, mayBeAnothers: true },
  ],
  [
    'one that a person ended and left a window before the call in question',
    claimant({ unansweredFor: [START], isLeft: true, closedMs: CALLED_MS - WINDOW_MS }),
    NOTHING,
  ],
  ['one that closed long ago', claimant({ unansweredFor: [START], closedMs: NOW_MS - WINDOW_MS }), NOTHING],
])('%s', (_name, one, claims) => {
  expect(claimsOf([claimant(), one], asked)).toEqual(claims);
});

test('one that was cut off counts for as long as the asking booking does not say when it called', () => {
  const closed = claimant({ unknownFor: START, closedMs: NOW_MS - 10 * WINDOW_MS });
  expect(claimsOf([closed], { ...asked, calledMs: null })).toEqual({ ...NOTHING, mayBeAnothers: true });
});

test('an open call there is worth waiting for, and no other', () => {
  expect(isBeingTaken([claimant({ callingFor: START })], asked)).toBe(true);
  expect(isBeingTaken([claimant({ callingFor: START, closedMs: NOW_MS })], asked)).toBe(false);
  expect(isBeingTaken([claimant({ unknownFor: START })], asked)).toBe(false);
});
