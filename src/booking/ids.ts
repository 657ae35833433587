import { createHmac } from 'node:crypto';
import type { BookingRequest } from './schema/request';

/**
 * Opaque ids: nothing of what goes in can be read from them. They are made at the doors, which may use Node;
 * workflows are given their id and never import this file.
 */

/** Crockford's base 32, lower case: no letter that is taken for a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 26;
const BITS_A_LETTER = 5n;

/** The id of a booking that places its order or needs none: the same key name and Idempotency-Key, the same id. */
export function placedBookingId(idKey: Buffer, keyName: string, idempotencyKey: string): string {
  return opaque(idKey, 'booking/placed', [keyName, idempotencyKey]);
}

/** The id of a booking that adopts an order: one order, one id, however its letters are cased. */
export function adoptedBookingId(idKey: Buffer, vendor: string, account: string, orderId: string): string {
  return opaque(idKey, 'booking/adopted', [vendor, account, orderId.toLowerCase()]);
}

/** Tells a repeat from a new use of the id, in the memo; says nothing about the key. */
export function keyFingerprint(idKey: Buffer, keyName: string, idempotencyKey: string): string {
  return opaque(idKey, 'memo/key', [keyName, idempotencyKey]);
}

/**
 * Tells whether two parsed requests ask for the same, in the memo; the order of fields does not matter, and a
 * field that is undefined is one that is absent. Days are to be as they were sent (`+2d`).
 */
export function requestFingerprint(idKey: Buffer, request: BookingRequest): string {
  return opaque(idKey, 'memo/request', [canonicalJson(request)]);
}

/** The parts go in as JSON, so that no two lists of parts read the same; the purpose keeps the kinds apart. */
function opaque(idKey: Buffer, purpose: string, parts: readonly string[]): string {
  const mac = createHmac('sha256', idKey)
    .update(JSON.stringify([purpose, ...parts]))
    .digest();
  let bits = BigInt(`0x${mac.toString('hex')}`);
  let id = '';
  for (let n = 0; n < LENGTH; n++) {
    id += ALPHABET.charAt(Number(bits & 31n));
    bits >>= BITS_A_LETTER;
  }
  return id;
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
