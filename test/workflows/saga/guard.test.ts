import { MESSAGE_LIMITS } from '../../../src/booking/messages';
import {
  readCancel,
  readReschedule,
  readResolve,
  readRetry,
  senderOf,
  type Read,
} from '../../../workflows/saga/guard';

/** The guard takes what fits whole, refuses what is too long instead of cutting it, and names the field at fault. */

const { text, token, windows, json } = MESSAGE_LIMITS;
const long = (letters: number): string => 'x'.repeat(letters);
const days = (count: number) => Array.from({ length: count }, () => ({ from: '+1d', to: '+2d' }));

test.each<[string, (value: unknown) => Read<object>, (letters: number) => object, number]>([
  ['reason of a cancel', readCancel, (n) => ({ reason: long(n) }), text],
  ['reason of a retry', readRetry, (n) => ({ reason: long(n) }), token],
  ['reason of a decision', readResolve, (n) => ({ choice: 'end', why: 'no use', reason: long(n) }), token],
  ['why of a decision', readResolve, (n) => ({ choice: 'end', why: long(n) }), text],
  ['by', readCancel, (n) => ({ by: long(n) }), token],
  ['id', readRetry, (n) => ({ id: long(n) }), token],
  ['windows of a move', readReschedule, (n) => ({ windows: days(n) }), windows],
])('%s: as long as may be is taken whole, longer is malformed', (name, read, body, longest) => {
  expect(read(body(longest))).toEqual({ message: expect.objectContaining(body(longest)) as unknown });
  expect(read(body(longest + 1))).toEqual({ malformed: name.split(' ')[0] });
});

test('a slot, or windows, of any size is malformed', () => {
  expect(readReschedule({ slot: { key: 'k' } })).toMatchObject({ message: { slot: { key: 'k' } } });
  expect(readReschedule({ slot: { key: long(json) } })).toEqual({ malformed: 'slot' });
  expect(readReschedule({ windows: [{ from: long(json) }] })).toEqual({ malformed: 'windows' });
});

test('whose a malformed message was is shown as far as it goes', () => {
  expect(senderOf({ by: long(token + 1), id: 7 })).toEqual({ by: long(token), id: undefined });
});

const DECISION = { choice: 'end', why: 'no use' };

test.each<[string, (value: unknown) => Read<object>, unknown, string]>([
  ['a time that is no time', readRetry, { since: 'yesterday' }, 'since'],
  ['a time of no such month', readRetry, { since: '2026-13-01T00:00:00Z' }, 'since'],
  ['a time that is a number', readResolve, { ...DECISION, since: 1_764_597_840_000 }, 'since'],
  ['a reason that is no text', readResolve, { ...DECISION, reason: 7 }, 'reason'],
  ['a choice that nobody has', readResolve, { ...DECISION, choice: 'dance' }, 'choice'],
  ['no word of why', readResolve, { choice: 'end', why: '  ' }, 'why'],
  ['an order that is burnt', readCancel, { order: 'burn' }, 'order'],
  ['fees that are no yes or no', readReschedule, { windows: [], acceptFees: 'yes' }, 'acceptFees'],
  ['what is no message', readRetry, 'retry', 'message'],
])('%s is malformed, and the field is named', (_name, read, body, field) => {
  expect(read(body)).toEqual({ malformed: field });
});

test('a time in another zone is taken as it is', () => {
  const since = '2026-12-01T09:04:00.5-05:00';
  expect(readRetry({ since })).toMatchObject({ message: { since } });
});

describe('a message is read as its sender means it', () => {
  test.each<[string, (value: unknown) => Read<object>, object, object]>([
    ['a cancel', readCancel, { reason: null, order: null, acceptFees: null, id: null, by: null }, {}],
    ['a retry', readRetry, { reason: null, since: null }, {}],
    ['a decision', readResolve, { ...DECISION, reason: null, since: null }, DECISION],
    [
      'a move',
      readReschedule,
      { windows: [{ from: '+1d', to: '+2d', days: null }], slot: null },
      { windows: [{ from: '+1d', to: '+2d' }] },
    ],
  ])('%s: null is absent', (_name, read, body, meant) => {
    expect(read(body)).toEqual(read(meant));
    expect(read(body)).toHaveProperty('message');
  });

  test('length is counted in characters', () => {
    expect(readCancel({ reason: '👍'.repeat(text), id: '👍'.repeat(token) })).toHaveProperty('message');
    expect(readCancel({ reason: '👍'.repeat(text + 1) })).toEqual({ malformed: 'reason' });
    expect(senderOf({ by: '👍'.repeat(token + 1), id: 'a\uD83D' })).toEqual({
      by: '👍'.repeat(token),
      id: 'a\uFFFD',
    });
  });

  test.each<[string, (value: unknown) => Read<object>, object, string]>([
    ['half of a character', readCancel, { reason: 'a\uD83D' }, 'reason'],
    ['half of a character in a token', readRetry, { id: '\uDE00' }, 'id'],
    ['a control character', readResolve, { ...DECISION, why: 'a\u0000' }, 'why'],
    ['a line break in a token', readCancel, { by: 'a\nb' }, 'by'],
    ['nothing that is seen', readResolve, { ...DECISION, why: '\u200B\u00A0' }, 'why'],
    [
      'half of a character in a window',
      readReschedule,
      { windows: [{ from: '\uD83D', to: '+1d' }] },
      'windows',
    ],
    ['half of a character in a slot', readReschedule, { slot: { key: '\uD83D' } }, 'slot'],
  ])('%s is malformed', (_name, read, body, field) => {
    expect(read(body)).toEqual({ malformed: field });
  });

  test('a message that goes deeper than any does not stop the booking', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown;
    expect(readCancel({ reason: deep })).toEqual({ malformed: 'reason' });
  });
});
