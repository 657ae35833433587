import type { Slot } from '../../../../src/booking/model';
import {
  attemptBecame,
  attemptBegan,
  attemptRenewed,
  attemptsTakenUp,
  NO_SEARCH,
  offerMade,
  offerTaken,
  rebookingBegan,
  searchEnded,
  searchLimited,
  slotPutBack,
  slotsFound,
  slotsOutdated,
  triedForgotten,
} from '../../../../workflows/saga/parts/search';
import { having } from './having';

const TEN = '2026-01-05T10:00:00.000Z';
const ELEVEN = '2026-01-05T11:00:00.000Z';

const slot = (startsAt: string): Slot => ({
  key: startsAt,
  startsAt,
  endsAt: startsAt,
  expiresAt: null,
  timezone: null,
  price: null,
  distance: null,
  location: null,
  place: null,
});

const begun = () => having({ search: NO_SEARCH });

test('a slot that is put back comes before the others, until the search is outdated', () => {
  const b = begun();
  slotsFound(b, [slot(ELEVEN)]);
  slotPutBack(b, slot(TEN));
  expect(b.state.search.slots.map(({ startsAt }) => startsAt)).toEqual([TEN, ELEVEN]);
  slotsOutdated(b);
  expect(b.state.search.slots).toEqual([]);
});

test('what becomes of an attempt is said of the latest, and keeps its reason where none is given', () => {
  const b = begun();
  attemptBegan(b, { slotMark: 'ten', startsAt: TEN });
  attemptBecame(b, 'gone', 'somebody else has it');
  attemptBegan(b, { slotMark: 'eleven', startsAt: ELEVEN });
  attemptBecame(b, 'unknown', 'not answered');
  attemptBecame(b, 'booking');
  attemptRenewed(b);
  attemptRenewed(b);
  expect(b.state.search.attempts).toMatchObject([
    { slotMark: 'ten', outcome: 'gone', reason: 'somebody else has it' },
    { slotMark: 'eleven', outcome: 'booking', reason: 'not answered', renewals: 2 },
  ]);
  expect(b.state.search.attempts[0]).not.toHaveProperty('renewals');
});

test('a new search may try again what the one before it has tried', () => {
  const b = begun();
  attemptBegan(b, { slotMark: 'ten', startsAt: TEN });
  triedForgotten(b);
  expect(b.state.search.triedFrom).toBe(1);
});

describe('a rebooking', () => {
  test('tries all again but for the slot that was lost and what came after it', () => {
    const b = begun();
    attemptBegan(b, { slotMark: 'ten', startsAt: TEN });
    attemptBegan(b, { slotMark: 'eleven', startsAt: ELEVEN });
    slotsFound(b, [slot(TEN)]);
    rebookingBegan(b, ELEVEN);
    expect(b.state.search).toMatchObject({ slots: [], triedFrom: 1, rebookings: 1 });
  });

  test.each([
    ['was taken over, and no attempt of ours made it', TEN],
    ['has no time', null],
  ])('tries all again where the appointment %s', (_which, lostStart) => {
    const b = begun();
    attemptBegan(b, { slotMark: 'eleven', startsAt: ELEVEN });
    attemptBegan(b, { slotMark: 'by phone', startsAt: null });
    rebookingBegan(b, lostStart);
    expect(b.state.search.triedFrom).toBe(2);
  });
});

test('attempts of a run that is over are known by their starts, not by their slots', () => {
  const b = begun();
  attemptsTakenUp(b, [{ startsAt: TEN, outcome: 'unknown', reason: null, at: TEN }]);
  expect(b.state.search.attempts).toEqual([
    { slotMark: '', startsAt: TEN, outcome: 'unknown', reason: null, at: TEN },
  ]);
});

test('a search has so many attempts more, and an offer until it is known what became of it', () => {
  const b = begun();
  attemptBegan(b, { slotMark: 'one', startsAt: TEN });
  searchLimited(b, 5);
  offerMade(b, { kind: 'book', slot: slot(ELEVEN) });
  expect(b.state.search).toMatchObject({ until: 6, offer: { slot: { startsAt: ELEVEN } } });
  offerTaken(b);
  expect(b.state.search).toMatchObject({ until: 6, offer: null });
  offerMade(b, { kind: 'visit', vendor: 'one' });
  searchEnded(b);
  expect(b.state.search).toMatchObject({ until: null, offer: null });
});
