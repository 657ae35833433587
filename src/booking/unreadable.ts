import { UNREADABLE_MARK } from './names';

/** Payloads that cannot be decrypted here: what stands in their place, and what is thrown where one is needed. */

/** A payload that the codec could not decrypt. */
export interface Unreadable {
  /** The key that the payload names. Anybody may have written it, so it is cut to what an id can hold. */
  keyId: string;
  /** The payload as it came, ciphertext and metadata: the bytes of its message in base64. */
  payload: string;
}

/** The error's name: across the workflow sandbox nothing else is left of its class. */
export const ENCRYPTION_KEY_ERROR = 'EncryptionKeyError';

/** A key is missing or wrong. The message names the key's id and nothing else, so it may be logged. */
export class EncryptionKeyError extends Error {
  override readonly name = ENCRYPTION_KEY_ERROR;
}

/** The value that stands in the place of an unreadable payload. */
export function markOf(unreadable: Unreadable): Record<string, Unreadable> {
  return { [UNREADABLE_MARK]: unreadable };
}

/** What is unreadable about a decoded value; null for one that could be read. */
export function unreadableIn(value: unknown): Unreadable | null {
  const mark = field(value, UNREADABLE_MARK);
  const keyId = field(mark, 'keyId');
  const payload = field(mark, 'payload');
  return typeof keyId === 'string' && typeof payload === 'string' ? { keyId, payload } : null;
}

/** The error of whoever cannot go on without an unreadable payload. `what` is its subject: "The input of an activity". */
export function lacksKey(what: string, { keyId }: Unreadable): EncryptionKeyError {
  return new EncryptionKeyError(
    `${what} is encrypted with the key "${keyId}", which this process does not have or has otherwise (BOOKING_ENCRYPTION_KEYS).`,
  );
}

const NO_ID = /[^\w.-]/g;

/** A key's id as it may be shown and logged. */
export function shownKeyId(id: string): string {
  return id.replace(NO_ID, '?').slice(0, 64);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
