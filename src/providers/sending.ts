import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { isNativeError } from 'node:util/types';

/**
 * Tells whether any of a call was sent, by fetch's own client (Node's documented diagnostics channels of undici). The
 * error alone does not tell: resets, TLS errors and time limits come before the request as well as after it. If a fetch
 * reports nothing, fewer calls count as not sent, never more. (Its client must speak HTTP/1.1; that of HTTP/2 does not
 * report.)
 */

/** One call on its way. */
export interface Sending {
  /** Sends; `signal` aborts with the call's limit, and when the call is held back. */
  run<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Returns true when the call was handed to a client. A call that never was is one that cannot be sent. */
  isMade(): boolean;
  /** Returns true when the call was held back, so that nothing was sent. */
  isHeld(): boolean;
  /** Returns true when it is certain, after the call failed with this cause, that nothing was sent. */
  isNothingSent(cause: unknown): boolean;
}

interface Track {
  isMade: boolean;
  isBegun: boolean;
  isHeld: boolean;
  mayGo: () => boolean;
  stop: () => void;
}

/**
 * Creates a call that is held back if `mayGo` returns false when its first byte is due: connecting takes time, and the
 * process may freeze meanwhile.
 */
export function sendingWithin(limit: AbortSignal, mayGo: () => boolean = () => true): Sending {
  const controller = new AbortController();
  const stop = (): void => controller.abort(limit.reason);
  const track: Track = { isMade: false, isBegun: false, isHeld: false, mayGo, stop };
  return {
    async run(send) {
      if (limit.aborted) stop();
      limit.addEventListener('abort', stop, { once: true });
      try {
        return await current.run(track, () => send(controller.signal));
      } finally {
        limit.removeEventListener('abort', stop);
      }
    },
    isMade: () => track.isMade,
    isHeld: () => track.isHeld,
    isNothingSent: (cause) => !track.isBegun && (track.isMade || isConnecting(cause)),
  };
}

const current = new AsyncLocalStorage<Track>();
const tracks = new WeakMap<object, Track>();

/** Published when a client takes a request. A proxy's CONNECT comes before the call and does not count. */
subscribe('undici:request:create', (message) => {
  const { request } = fieldsOf(message);
  const track = current.getStore();
  if (!track || !isObject(request) || ('method' in request && request.method === 'CONNECT')) return;
  track.isMade = true;
  tracks.set(request, track);
});

/** Published right before the first byte, once connected. Bytes written to a destroyed socket are not sent. */
subscribe('undici:client:sendHeaders', (message) => {
  const { request, socket } = fieldsOf(message);
  const track = isObject(request) ? tracks.get(request) : undefined;
  if (!track) return;
  if (!track.mayGo()) {
    track.stop();
    track.isHeld = isObject(socket) && 'destroyed' in socket && socket.destroyed === true;
  }
  track.isBegun ||= !track.isHeld;
});

/** System calls that come before the first byte of a request. */
const BEFORE_SENDING: readonly unknown[] = ['connect', 'getaddrinfo'];

/** Returns true when an error itself shows that there was no connection. */
function isConnecting(cause: unknown): boolean {
  // `instanceof` fails for errors that fetch made in another realm, as under test runners.
  if (!isNativeError(cause)) return false;
  if ('errors' in cause && Array.isArray(cause.errors)) {
    return cause.errors.length > 0 && cause.errors.every(isConnecting);
  }
  const isBefore = 'syscall' in cause && BEFORE_SENDING.includes(cause.syscall);
  return isBefore || ('code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT');
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return isObject(message) ? { ...message } : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
