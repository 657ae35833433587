import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { isNativeError } from 'node:util/types';

/**
 * Tells whether any of a call was sent, by the documented diagnostics channels of undici. The error alone does not tell:
 * resets, TLS errors and time limits come before the request as well as after it. If undici reports nothing, fewer calls
 * count as not sent, never more. (It must speak HTTP/1.1; its client of HTTP/2 does not report.)
 */

/** One call on its way. */
export interface Sending {
  /** Sends; `signal` aborts with the call's limit, and when the call is held back. */
  run<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Returns true when the call was handed to a client. A call that never was is one that cannot be sent. */
  isMade(): boolean;
  /** Returns true when the call was held back, so that nothing was sent. */
  isHeld(): boolean;
  /** Returns true when it is certain, after the call failed with this error, that nothing was sent. */
  isNothingSent(err: unknown): boolean;
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
    isNothingSent: (err) => !track.isBegun && (track.isMade || isConnecting(err)),
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
function isConnecting(err: unknown): boolean {
  // `instanceof` fails for errors that were made in another realm, as under test runners.
  if (!isNativeError(err)) return false;
  if ('errors' in err && Array.isArray(err.errors)) {
    return err.errors.length > 0 && err.errors.every(isConnecting);
  }
  const isBefore = 'syscall' in err && BEFORE_SENDING.includes(err.syscall);
  return isBefore || ('code' in err && err.code === 'UND_ERR_CONNECT_TIMEOUT');
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return isObject(message) ? { ...message } : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
