import {
  callAccountedFor,
  callUnanswered,
  doubtsTakenUp,
  foundToBeOthers,
  moveLanded,
  NO_DOUBTS,
  seenBeforeCall,
  startDoubted,
  startSeenBeforeCall,
  strangersAskedAbout,
  writeAnswered,
  writeOpened,
  writesCutOff,
  writesOutlasted,
} from '../../../../workflows/saga/parts/doubts';
import { newBooking } from '../../../../workflows/saga/state';
import { tracesOf } from '../../../../workflows/saga/view';
import { having } from './having';

const TEN = '2026-01-05T10:00:00.000Z';
const ELEVEN = '2026-01-05T11:00:00.000Z';
const LONG_AGO = '2020-01-01T00:00:00.000Z';
const FAR_AHEAD = '2999-01-01T00:00:00.000Z';

const begun = () => having({ doubts: NO_DOUBTS });

test('a call is unanswered until it is accounted for, and its start is doubted for good', () => {
  const b = begun();
  const call = { since: TEN, startsAt: ELEVEN, isMove: false };
  callUnanswered(b, call);
  startDoubted(b, ELEVEN);
  startDoubted(b, ELEVEN);
  startDoubted(b, null);
  expect(b.state.doubts).toMatchObject({ unknownBook: call, unansweredStarts: [ELEVEN] });
  callAccountedFor(b);
  expect(b.state.doubts).toMatchObject({ unknownBook: null, unansweredStarts: [ELEVEN] });
});

test('what was there before the call is what its own look showed, each once', () => {
  const b = begun();
  seenBeforeCall(b, ['one']);
  seenBeforeCall(b, ['two', 'two']);
  expect(b.state.doubts.seenBefore).toEqual(['two']);
});

describe('a start that was seen in part', () => {
  test('counts as seen whole after a whole look', () => {
    const b = begun();
    startSeenBeforeCall(b, TEN, true);
    startSeenBeforeCall(b, ELEVEN, true);
    startSeenBeforeCall(b, TEN, false);
    expect(b.state.doubts.partlySeenStarts).toEqual([ELEVEN]);
  });

  test('does not, once a call for it came to no answer', () => {
    const b = begun();
    startSeenBeforeCall(b, TEN, true);
    startDoubted(b, TEN);
    startSeenBeforeCall(b, TEN, false);
    expect(b.state.doubts.partlySeenStarts).toEqual([TEN]);
  });

  test('is no change where it was seen whole all along, and where it has no time', () => {
    const b = begun();
    startSeenBeforeCall(b, TEN, false);
    startSeenBeforeCall(b, null, true);
    expect(b.state).toMatchObject({ revision: 1, doubts: NO_DOUBTS });
  });
});

test('whom a person was asked about, and who is another booking’s, is remembered once', () => {
  const b = begun();
  strangersAskedAbout(b, ['one', 'two']);
  strangersAskedAbout(b, ['two']);
  foundToBeOthers(b, ['three']);
  foundToBeOthers(b, ['three']);
  expect(b.state.doubts).toMatchObject({ askedIds: ['one', 'two'], othersIds: ['three'] });
});

test('a write is open until it is answered, or its window is over', () => {
  const b = begun();
  writeOpened(b, { what: 'move', until: LONG_AGO });
  const cancel = { what: 'cancel', until: FAR_AHEAD } as const;
  writeOpened(b, cancel); // forgets the one whose window is over
  expect(b.state.doubts.openWrites).toEqual([cancel]);
  writeOpened(b, { what: 'move', until: FAR_AHEAD });
  writeAnswered(b, cancel);
  expect(b.state.doubts.openWrites).toEqual([{ what: 'move', until: FAR_AHEAD }]);
  writesOutlasted(b);
  expect(b.state.doubts.openWrites).toEqual([]);
});

test('a move that has landed takes no other effect; a cancel may', () => {
  const b = begun();
  writeOpened(b, { what: 'move', until: FAR_AHEAD });
  writeOpened(b, { what: 'cancel', until: FAR_AHEAD });
  moveLanded(b);
  expect(b.state.doubts.openWrites).toEqual([{ what: 'cancel', until: FAR_AHEAD }]);
});

test('what was on its way when the booking was cut off is open for a window from then on at least', () => {
  const b = begun();
  writeOpened(b, { what: 'cancel', until: FAR_AHEAD });
  writesCutOff(b, TEN, true);
  expect(b.state.doubts.openWrites).toEqual([
    { what: 'cancel', until: FAR_AHEAD },
    { what: 'move', until: TEN },
  ]);
  writesCutOff(b, '3000-01-01T00:00:00.000Z', false);
  expect(b.state.doubts.openWrites.map(({ until }) => until)).toEqual([
    '3000-01-01T00:00:00.000Z',
    '3000-01-01T00:00:00.000Z',
  ]);
});

test('what a run told in its traces is doubted when it is taken up', () => {
  const told = newBooking('booking-1', '2026-01-01T00:00:00.000Z');
  callUnanswered(told, { since: TEN, startsAt: TEN, isMove: true });
  startDoubted(told, TEN);
  seenBeforeCall(told, ['one']);
  startSeenBeforeCall(told, ELEVEN, true);
  writeOpened(told, { what: 'move', until: FAR_AHEAD });
  const b = begun();
  doubtsTakenUp(b, tracesOf(told));
  expect(b.state.doubts).toEqual(told.state.doubts);
});
