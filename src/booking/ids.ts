import { createHmac } from 'node:crypto';
import type { BookingRequest } from './schema/request';

/**
 * Opaque ids: nothing that goes in can be read from them. They are made where requests come in, which may use Node.
 * Workflows are given their id and never import this file.
 */

/** Crockford's base 32, lower case: it has no letter that looks like a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 26;
const BITS_A_LETTER = 5n;

/**
 * Returns the id of a booking that places its order or needs none. The same key name and Idempotency-Key give the same
 * id.
 */
export function placedBookingId(idKey: Buffer, keyName: string, idempotencyKey: string): string {
  return opaque(idKey, 'booking/placed', [keyName, idempotencyKey]);
}

/** Returns the id of a booking that adopts an order. One order has one id, whatever the case of its letters. */
export function adoptedBookingId(idKey: Buffer, vendor: string, account: string, orderId: string): string {
  return opaque(idKey, 'booking/adopted', [vendor, account, orderId.toLowerCase()]);
}

/**
 * Returns the memo's fingerprint of a key, which tells a repeat from a new use of the id and does not reveal the key.
 */
export function keyFingerprint(idKey: Buffer, keyName: string, idempotencyKey: string): string {
  return opaque(idKey, 'memo/key', [keyName, idempotencyKey]);
}

/**
 * Returns the memo's fingerprint of a parsed request, which is equal for requests that ask for the same. The order of
 * fields does not matter, and an undefined field counts as absent. Pass the days as they were sent (`+2d`).
 */
export function requestFingerprint(idKey: Buffer, request: BookingRequest): string {
  return opaque(idKey, 'memo/request', [canonicalJson(request)]);
}

/**
 * Returns an id of the parts. They go in as JSON, so that no two lists read the same; the purpose keeps the kinds
 * apart.
 */
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
