import { createHmac } from 'node:crypto';
import { adoptedBookingId, keyFingerprint, placedBookingId, requestFingerprint } from '../../src/booking/ids';
import { parseRequest } from '../../src/booking/schema/check-request';
import { notesWithRef } from '../../src/booking/notes';
import { bookRef, makerOf, refInNotes } from '../../src/booking/ref';
import { NOW, PLACED_AT_HOME, withValue } from './requests';

const KEY = Buffer.alloc(32, 1);
const OTHER_KEY = Buffer.alloc(32, 2);
const ORDER_ID = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';

test('ids are 26 letters that workflow ids, URLs and refs can carry', () => {
  const id = placedBookingId(KEY, 'key1', 'visit-8812');
  expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  const ref = bookRef(makerOf(id, NOW.toISOString()), 3);
  expect(refInNotes(notesWithRef('Left arm', ref))).toBe(ref);
});

test('the same parts give the same id, for ever', () => {
  // Worked out apart from the code: the low 130 bits of the HMAC, five at a time.
  const mac = createHmac('sha256', KEY).update('["booking/placed","key1","visit-8812"]').digest('hex');
  const bits = BigInt(`0x${mac}`).toString(2).padStart(256, '0').slice(-130);
  const letters = bits.match(/.{5}/g) ?? [];
  const expected = letters.map((letter) => '0123456789abcdefghjkmnpqrstvwxyz'.charAt(parseInt(letter, 2)));
  expect(placedBookingId(KEY, 'key1', 'visit-8812')).toBe(expected.reverse().join(''));
});

test('every part and every purpose counts, and parts do not run together', () => {
  const ids = [
    placedBookingId(KEY, 'a', 'bc'),
    placedBookingId(KEY, 'ab', 'c'),
    placedBookingId(KEY, 'a"', '"bc'),
    placedBookingId(OTHER_KEY, 'a', 'bc'),
    keyFingerprint(KEY, 'a', 'bc'),
    adoptedBookingId(KEY, 'junction', 'default', ORDER_ID),
    adoptedBookingId(KEY, 'junction', 'team-2', ORDER_ID),
    adoptedBookingId(KEY, 'oliver', 'default', ORDER_ID),
    adoptedBookingId(OTHER_KEY, 'junction', 'default', ORDER_ID),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test('an order has one id however it is cased', () => {
  expect(adoptedBookingId(KEY, 'junction', 'default', ORDER_ID.toUpperCase())).toBe(
    adoptedBookingId(KEY, 'junction', 'default', ORDER_ID),
  );
});

test('a request has one fingerprint whatever the order of its fields, another for any other value', () => {
  const fingerprint = (input: object): string => requestFingerprint(KEY, parseRequest(input, { now: NOW }));
  const turned = Object.fromEntries(Object.entries(PLACED_AT_HOME).reverse());
  expect(fingerprint(turned)).toBe(fingerprint(PLACED_AT_HOME));
  expect(fingerprint({ ...PLACED_AT_HOME, notes: undefined })).toBe(fingerprint(PLACED_AT_HOME));
  expect(fingerprint(withValue(PLACED_AT_HOME, 'patient.firstName', 'Eva'))).not.toBe(
    fingerprint(PLACED_AT_HOME),
  );
  expect(fingerprint(withValue(PLACED_AT_HOME, 'windows.0.days', ['thu', 'mon']))).not.toBe(
    fingerprint(PLACED_AT_HOME),
  );
  expect(fingerprint(PLACED_AT_HOME)).toMatch(/^[0-9a-z]{26}$/);
});
