import { MESSAGE_LIMITS } from '../../src/booking/messages';
import {
  readCancel,
  readReschedule,
  readResolve,
  readRetry,
  senderOf,
  type Read,
} from '../../workflows/guard';

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
