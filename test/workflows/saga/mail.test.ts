import {
  askingBegan,
  decisionCame,
  heldBackMs,
  isAsked,
  moveCame,
  newsCame,
  NO_MAIL,
  stopAsking,
  takeDecision,
  takeMove,
  takeNews,
  takeUnreadDecision,
  unreadCame,
  unreadGone,
  unreadTried,
} from '../../../workflows/saga/mail';
import { deadlinesFrom } from '../../../workflows/saga/parts/deadlines';
import { having } from './parts/having';

/** The mail of a booking: put there by handlers, taken once by the main line. */

const begun = () => ({
  ...having({ deadlines: deadlinesFrom('2026-01-01T00:00:00.000Z') }),
  inbox: NO_MAIL,
});
const AT = { at: expect.any(String) };

test('news, a decision and a move are taken once', () => {
  const b = begun();
  newsCame(b);
  newsCame(b);
  decisionCame(b, { choice: 'retry', why: 'again' });
  moveCame(b, { windows: [{ from: '+1d', to: '+2d' }], receivedAt: '2026-01-01T00:00:00.000Z' });
  expect([takeNews(b), takeNews(b)]).toEqual([true, false]);
  expect([takeDecision(b)?.choice, takeDecision(b)]).toEqual(['retry', null]);
  expect([takeMove(b)?.windows, takeMove(b)]).toEqual([[{ from: '+1d', to: '+2d' }], null]);
  expect(b.inbox).toEqual(NO_MAIL);
});

describe('messages that could not be read', () => {
  test('are kept in their order, one in the place of another where that is said', () => {
    const b = begun();
    unreadCame(b, { kind: 'reschedule', body: 1 }, null);
    unreadCame(b, { kind: 'retry', body: 2 }, null);
    unreadCame(b, { kind: 'cancel', body: 3 }, b.inbox.unread[0] ?? null);
    expect(b.inbox.unread).toEqual([
      { kind: 'retry', body: 2, isFresh: true, ...AT },
      { kind: 'cancel', body: 3, isFresh: true, ...AT },
    ]);
  });

  test('are tried once, and again when a person says so; what is dropped is the oldest', () => {
    const b = begun();
    unreadCame(b, { kind: 'retry', body: 1 }, null);
    unreadCame(b, { kind: 'cancel', body: 2 }, null);
    for (const message of b.inbox.unread) unreadTried(b, message);
    expect(b.inbox.unread.map(({ isFresh }) => isFresh)).toEqual([false, false]);
    askingBegan(b);
    decisionCame(b, { choice: 'retry', why: 'the key is back' });
    expect(b.inbox.decision).toBeNull();
    expect(takeUnreadDecision(b)).toBe('retry');
    expect(b.inbox.unread.map(({ isFresh }) => isFresh)).toEqual([true, true]);
    decisionCame(b, { choice: 'drop', why: 'no use' });
    expect([takeUnreadDecision(b), takeUnreadDecision(b)]).toEqual(['drop', null]);
    expect(b.inbox.unread.map(({ body }) => body)).toEqual([2]);
    const [last] = b.inbox.unread;
    if (last) unreadGone(b, last);
    expect(b.inbox.unread).toEqual([]);
  });

  test('hold deadlines back for as long as a person is asked about them', () => {
    jest.useFakeTimers({ now: Date.parse('2026-01-02T00:00:00.000Z') });
    try {
      const b = begun();
      askingBegan(b);
      jest.setSystemTime(Date.parse('2026-01-02T00:00:05.000Z'));
      askingBegan(b);
      expect([isAsked(b), heldBackMs(b)]).toEqual([true, 5_000]);
      stopAsking(b);
      expect([isAsked(b), heldBackMs(b), b.state.deadlines.heldBackMs]).toEqual([false, 5_000, 5_000]);
    } finally {
      jest.useRealTimers();
    }
  });
});
