import { Failure } from '../../../../src/booking/failures';
import { CAPABILITIES } from '../../../../src/booking/capabilities';
import { DEFAULT_LIMITS } from '../../../../src/booking/limits';
import {
  askedAboutMessages,
  NOBODY_ASKED,
  personAsked,
  questionClosed,
} from '../../../../workflows/saga/parts/attention';
import {
  callersTakenUp,
  cancelAsked,
  feesAccepted,
  messageAnswered,
  NOTHING_SAID,
} from '../../../../workflows/saga/parts/callers';
import {
  deadlinesFrom,
  deadlinesHeldBack,
  finalWordAsked,
  settlingBeganAnew,
  visitLookedAt,
  waitLimited,
  waitOver,
} from '../../../../workflows/saga/parts/deadlines';
import { lifeFrom, lifeTakenUp, resetAccepted } from '../../../../workflows/saga/parts/life';
import { moveAccepted, moveDone, moveOvertaken, NO_MOVE } from '../../../../workflows/saga/parts/move';
import {
  requestRead,
  termsNamedIn,
  wishesChanged,
  type TermsPart,
} from '../../../../workflows/saga/parts/terms';
import { isRead, newBooking } from '../../../../workflows/saga/state';
import { tracesOf, viewOf } from '../../../../workflows/saga/view';
import { having } from './having';

/** The parts that hold what people said and asked, and by when. */

const CREATED = '2026-01-01T00:00:00.000Z';

describe('attention', () => {
  const FAILURE = new Failure('no_final_word', { said: 'nothing' });
  const QUESTION = { reason: 'no_final_word', message: FAILURE.message, choices: ['retry', 'end'] };

  test('keeps the twenty newest lines of what was tried, and counts the rest', () => {
    const b = having({ attention: NOBODY_ASKED });
    for (let n = 1; n <= 23; n += 1) personAsked(b, FAILURE, ['retry', 'end'], `try ${n}`);
    const { question, tried, triedLeftOut } = b.state.attention;
    expect([tried.length, tried[0], tried.at(-1), triedLeftOut]).toEqual([20, 'try 4', 'try 23', 3]);
    expect(question).toMatchObject({ ...QUESTION, tried, triedLeftOut: 3 });
    expect(b.state.attention.failure).toEqual({ code: 'no_final_word', facts: { said: 'nothing' } });
    questionClosed(b);
    expect(b.state.attention).toEqual({ question: null, failure: null, tried, triedLeftOut: 3 });
  });

  test('about messages is no try of the booking’s own', () => {
    const b = having({ attention: NOBODY_ASKED });
    askedAboutMessages(b, { ...QUESTION, reason: 'message_unreadable' }, ['a cancel']);
    expect(b.state.attention).toMatchObject({
      tried: [],
      failure: null,
      question: { tried: ['a cancel'], triedLeftOut: 0 },
    });
  });
});

describe('callers', () => {
  test('a cancel accepts fees or leaves it as it was', () => {
    const b = having({ callers: NOTHING_SAID });
    cancelAsked(b, { by: 'temporal' });
    expect(b.state.callers).toMatchObject({ cancel: { by: 'temporal' }, acceptFees: false });
    cancelAsked(b, { acceptFees: true });
    cancelAsked(b, {});
    expect(b.state.callers.acceptFees).toBe(true);
  });

  test('fees accepted by the request or by a person are no cancel', () => {
    const b = having({ callers: NOTHING_SAID });
    feesAccepted(b);
    expect(b.state.callers).toEqual({ ...NOTHING_SAID, acceptFees: true });
  });

  test('the answer that was given last is told', () => {
    const b = having({ callers: NOTHING_SAID });
    const answer = { kind: 'cancel', outcome: 'accepted', code: null, id: 'm-1', by: null } as const;
    messageAnswered(b, answer);
    expect(b.state.callers.lastRequest).toMatchObject(answer);
    callersTakenUp(b, { cancel: { order: 'keep' }, acceptFees: true });
    expect(b.state.callers).toMatchObject({
      cancel: { order: 'keep' },
      acceptFees: true,
      lastRequest: answer,
    });
  });
});

test('deadlines are held back for as long as people are asked, and settling may begin anew', () => {
  const b = having({ deadlines: deadlinesFrom(CREATED) });
  deadlinesHeldBack(b, 1_000);
  deadlinesHeldBack(b, 500);
  settlingBeganAnew(b, 1_500);
  expect(b.state.deadlines).toMatchObject({ heldBackMs: 1_500, settleHeldBackMs: 1_500 });
  expect(b.state.deadlines.settleFrom > CREATED).toBe(true);
});

test('the final word is due by a look, and not any more once a person is asked for it', () => {
  const b = having({ deadlines: deadlinesFrom(CREATED) });
  visitLookedAt(b, true);
  expect(b.state.deadlines.finalWordDue).toBe(true);
  finalWordAsked(b);
  expect(b.state.deadlines.finalWordDue).toBe(false);
});

test('a move is done until something else stands, and another is not', () => {
  const b = having({ move: NO_MOVE });
  moveAccepted(b, 'monday', 'm-1');
  moveDone(b);
  expect(b.state.move).toEqual({ asked: 'monday', id: 'm-1', isDone: true });
  moveOvertaken(b);
  expect(b.state.move.isDone).toBe(false);
  moveDone(b);
  moveAccepted(b, 'tuesday', null);
  expect(b.state.move).toEqual({ asked: 'tuesday', id: null, isDone: false });
});

test('a wait has its deadlines until it is over', () => {
  const b = having({ deadlines: deadlinesFrom(CREATED) });
  const own = { from: CREATED, limitMs: 1_000, heldBackMs: 0 };
  waitLimited(b, { own, settleBy: own });
  expect(b.state.deadlines.wait).toEqual({ own, settleBy: own });
  waitOver(b);
  expect(b.state.deadlines).toEqual(deadlinesFrom(CREATED));
});

test('a life goes on where it was cut off, and a reset is accepted by a person', () => {
  const b = having({ life: lifeFrom(CREATED) });
  resetAccepted(b, 'run-2');
  lifeTakenUp(b, '2025-12-31T00:00:00.000Z', true);
  expect(b.state.life).toEqual({
    createdAt: '2025-12-31T00:00:00.000Z',
    acceptedRunId: 'run-2',
    isAfterReset: true,
  });
});

describe('terms', () => {
  test.each<[input: unknown, provider: string | null, account: string | null]>([
    [{ provider: 'oliver', account: 'north' }, 'oliver', 'north'],
    [{ provider: 'oliver' }, 'oliver', 'default'],
    [{ provider: 'nobody', account: 'north' }, null, 'north'],
    [{ provider: 'oliver', account: 'no name at all' }, 'oliver', null],
    ['no request', null, null],
    [null, null, null],
  ])('of %j name %s and %s before they are read', (input, provider, account) => {
    expect(termsNamedIn(input).named).toEqual({ provider, account });
  });

  const request = { provider: 'oliver', account: 'north', preference: 'earliest' } as const;
  const read = { request, capabilities: CAPABILITIES.oliver, limits: DEFAULT_LIMITS };
  const unread = () => having<{ terms: TermsPart }>({ terms: termsNamedIn({ provider: 'oliver' }) });

  test('are what was read, and a move changes nothing of them but the request', () => {
    const b = unread();
    requestRead(b, read);
    expect(b.state.terms).toEqual({ ...read, named: { provider: 'oliver', account: 'north' } });
    wishesChanged(b, { ...request, preference: 'closest' });
    expect(b.state.terms).toEqual({
      ...read,
      named: { provider: 'oliver', account: 'north' },
      request: { ...request, preference: 'closest' },
    });
  });

  test('that were not read are not there to be changed', () => {
    const b = unread();
    wishesChanged(b, request);
    expect(b.state.terms).toEqual({
      named: { provider: 'oliver', account: 'default' },
      request: null,
      capabilities: null,
      limits: null,
    });
  });

  test('make a booking one that was read', () => {
    const b = newBooking('booking-1', CREATED, request);
    expect(isRead(b)).toBe(false);
    expect([viewOf(b.state).reference, tracesOf(b).opened]).toEqual([null, false]);
    requestRead(b, { ...read, request: { ...request, reference: 'ours-1' } });
    expect(isRead(b)).toBe(true);
    expect([viewOf(b.state).reference, tracesOf(b).opened]).toEqual(['ours-1', true]);
  });
});
