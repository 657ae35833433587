import { MESSAGE_LIMITS } from '../../src/booking/messages';
import { readCancel, readReschedule, readResolve, readRetry, senderOf } from '../../workflows/guard';

/** The guard takes what fits whole, and refuses what is too long instead of cutting it. */

const { text, token, windows, json } = MESSAGE_LIMITS;
const long = (letters: number): string => 'x'.repeat(letters);
const days = (count: number) => Array.from({ length: count }, () => ({ from: '+1d', to: '+2d' }));

test.each<[string, (value: unknown) => unknown, (letters: number) => object, number]>([
  ['reason of a cancel', readCancel, (n) => ({ reason: long(n) }), text],
  ['reason of a retry', readRetry, (n) => ({ reason: long(n) }), token],
  ['why of a decision', readResolve, (n) => ({ choice: 'end', why: long(n) }), text],
  ['by', readCancel, (n) => ({ by: long(n) }), token],
  ['id', readRetry, (n) => ({ id: long(n) }), token],
  ['windows of a move', readReschedule, (n) => ({ windows: days(n) }), windows],
])('%s: as long as may be is taken whole, longer is malformed', (_name, read, body, longest) => {
  expect(read(body(longest))).toEqual(expect.objectContaining(body(longest)));
  expect(read(body(longest + 1))).toBeNull();
});

test('a slot, or windows, of any size is malformed', () => {
  expect(readReschedule({ slot: { key: 'k' } })).not.toBeNull();
  expect(readReschedule({ slot: { key: long(json) } })).toBeNull();
  expect(readReschedule({ windows: [{ from: long(json) }] })).toBeNull();
});

test('whose a malformed message was is shown as far as it goes', () => {
  expect(senderOf({ by: long(token + 1), id: 7 })).toEqual({ by: long(token), id: undefined });
});
