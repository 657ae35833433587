import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { isNativeError } from 'node:util/types';

/**
 * Whether anything of a call was sent, as fetch's own client tells it (Node's documented diagnostics channels of undici).
 * By the error alone it can't be told: resets and TLS errors come before the request as well as after it. Where a fetch
 * tells nothing, less counts as not sent, and never more.
 */

/** Of connections that were not made (refused, no such name, TLS, a proxy's CONNECT): what waited for one fails with its error. */
const connectErrors = new WeakSet<object>();

subscribe('undici:client:connectError', (message) => {
  const { error } = fieldsOf(message);
  if (isObject(error)) connectErrors.add(error);
});

/** Whether the cause of a fetch that failed proves that nothing was sent. */
export function isNothingSent(cause: unknown): boolean {
  return isObject(cause) && (connectErrors.has(cause) || isConnecting(cause));
}

/** Steps that come before the first byte of a request. */
const BEFORE_SENDING: readonly unknown[] = ['connect', 'getaddrinfo'];

/** The same by the error alone, where that says so. */
function isConnecting(cause: object): boolean {
  // `instanceof` fails for errors that fetch made in another realm, as under test runners.
  if (!isNativeError(cause)) return false;
  if ('errors' in cause && Array.isArray(cause.errors)) {
    return cause.errors.length > 0 && cause.errors.every(isNothingSent);
  }
  const isBefore = 'syscall' in cause && BEFORE_SENDING.includes(cause.syscall);
  return isBefore || ('code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT');
}

/** A call that is held back when it may no longer go by the time that its first byte is due. */
interface Sending {
  mayGo: () => boolean;
  hold: () => void;
  isHeld: boolean;
}

const current = new AsyncLocalStorage<Sending>();
const sendings = new WeakMap<object, Sending>();

subscribe('undici:request:create', (message) => {
  const { request } = fieldsOf(message);
  const sending = current.getStore();
  if (sending && isObject(request)) sendings.set(request, sending);
});

/** Told right before the first byte, when a connection is there: what is written to a destroyed socket is not sent. */
subscribe('undici:client:sendHeaders', (message) => {
  const { request, socket } = fieldsOf(message);
  const sending = isObject(request) ? sendings.get(request) : undefined;
  if (!sending || sending.mayGo()) return;
  sending.hold();
  sending.isHeld = isObject(socket) && 'destroyed' in socket && socket.destroyed === true;
});

/**
 * Sends, and returns `held` when `mayGo` no longer held by the time that the first byte was due: connecting takes its time,
 * and a process may be frozen meanwhile. Then nothing was sent.
 */
export async function unlessHeld<T>(
  mayGo: () => boolean,
  limit: AbortSignal,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'held'> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(limit.reason);
  const sending: Sending = { mayGo, hold: stop, isHeld: false };
  limit.addEventListener('abort', stop, { once: true });
  try {
    return await current.run(sending, () => send(controller.signal));
  } catch (err) {
    if (sending.isHeld) return 'held';
    throw err;
  } finally {
    limit.removeEventListener('abort', stop);
  }
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return isObject(message) ? { ...message } : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
