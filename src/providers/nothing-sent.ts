import { subscribe } from 'node:diagnostics_channel';
import { isNativeError } from 'node:util/types';

/**
 * Whether a call failed before any of it was sent. A broken handshake can't be told from a connection that broke later
 * by its code: resets and TLS errors come at any time. So fetch's own client is asked: it tells of every connection that
 * it failed to make (refused, no such name, timeout, TLS handshake and certificate, a proxy's CONNECT), with the error
 * that the calls which waited for that connection then end in.
 */
const CONNECT_FAILED = 'undici:client:connectError';

const connectErrors = new WeakSet<object>();

subscribe(CONNECT_FAILED, (message) => {
  // Documented: `{ error, socket, connectParams, connector }`.
  if (isObject(message) && 'error' in message && isObject(message.error)) connectErrors.add(message.error);
});

/** Whether the cause of a fetch that failed proves that nothing was sent. */
export function isNothingSent(cause: unknown): boolean {
  return isObject(cause) && (connectErrors.has(cause) || isConnecting(cause));
}

/** Steps that come before the first byte of a request. */
const BEFORE_SENDING: readonly unknown[] = ['connect', 'getaddrinfo'];

/** The same by the error alone, where it says so: for a fetch that does not tell. */
function isConnecting(cause: object): boolean {
  // `instanceof` fails for errors that fetch made in another realm, as under test runners.
  if (!isNativeError(cause)) return false;
  if ('errors' in cause && Array.isArray(cause.errors)) {
    return cause.errors.length > 0 && cause.errors.every(isNothingSent);
  }
  const isBefore = 'syscall' in cause && BEFORE_SENDING.includes(cause.syscall);
  return isBefore || ('code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
