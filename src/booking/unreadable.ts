import { UNREADABLE_MARK } from './names';

/** Payloads that cannot be decrypted here: the mark that replaces them, and the error when one is needed. */

/** A payload that the codec could not decrypt. */
export interface Unreadable {
  /** The key that the payload names. Anybody may have written it, so it is cut to what an id can hold. */
  keyId: string;
  /** The payload as it came, ciphertext and metadata: the bytes of its message in base64. */
  payload: string;
}

/** The error's name. Across the workflow sandbox only the name is left of its class. */
export const ENCRYPTION_KEY_ERROR = 'EncryptionKeyError';

/** Thrown when a key is missing or wrong. The message names only the key's id, so it may be logged. */
export class EncryptionKeyError extends Error {
  override readonly name = ENCRYPTION_KEY_ERROR;
}

/** Returns the value that replaces an unreadable payload. */
export function markOf(unreadable: Unreadable): Record<string, Unreadable> {
  return { [UNREADABLE_MARK]: unreadable };
}

/** Returns the unreadable payload that a decoded value stands for; null when the value could be read. */
export function unreadableIn(value: unknown): Unreadable | null {
  const mark = field(value, UNREADABLE_MARK);
  const keyId = field(mark, 'keyId');
  const payload = field(mark, 'payload');
  return typeof keyId === 'string' && typeof payload === 'string' ? { keyId, payload } : null;
}

/**
 * Returns the error for code that cannot go on without an unreadable payload. `what` names it: "The input of an
 * activity".
 */
export function lacksKey(what: string, { keyId }: Unreadable): EncryptionKeyError {
  return new EncryptionKeyError(
    `${what} is encrypted with the key "${keyId}", which this process does not have or has otherwise (BOOKING_ENCRYPTION_KEYS).`,
  );
}

const NO_ID = /[^\w.-]/g;

/** Returns a key's id as it may be shown and logged. */
export function shownKeyId(id: string): string {
  return id.replace(NO_ID, '?').slice(0, 64);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
