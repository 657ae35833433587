import { AsyncLocalStorage } from 'node:async_hooks';

/** How calls to the model fail, and how long they may take: as those over gRPC do. */

const CODES = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  UNIMPLEMENTED: 12,
} as const;

export function grpcError(code: keyof typeof CODES, details: string): Error {
  const metadata = { get: () => [] };
  return Object.assign(new Error(`${CODES[code]} ${code}: ${details}`), {
    code: CODES[code],
    details,
    metadata,
  });
}

/** What a caller says of all the calls of a piece of work. */
export interface CallScope {
  deadlineMs?: number;
  signal?: AbortSignal;
}

export const callScope = new AsyncLocalStorage<CallScope>();

/** Lays what a caller says of a piece of work over what it said before. */
export function within<T>(scope: CallScope, work: () => Promise<T>): Promise<T> {
  return callScope.run({ ...callScope.getStore(), ...scope }, work);
}

/** How long the server holds a call that waits for something, in ms. */
const HELD_MS = 20_000;

/**
 * What a call waits for; null when the server holds it no longer. Throws when its deadline passes or its caller gives it up.
 * The timer is the caller's own: it dies with its worker, and so does the call.
 */
export function awaited<T>(what: Promise<T>): Promise<T | null> {
  const { deadlineMs = Infinity, signal } = callScope.getStore() ?? {};
  const leftMs = deadlineMs - Date.now();
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(grpcError('CANCELLED', 'the call was given up'));
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', giveUp);
        if (leftMs < HELD_MS) reject(grpcError('DEADLINE_EXCEEDED', 'the deadline has passed'));
        else resolve(null);
      },
      Math.min(leftMs, HELD_MS),
    );
    const settled = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    };
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
    what.then(resolve, reject).finally(settled);
  });
}

/** How long a call is on its way, in ms. */
export interface Way {
  /** A pause of the caller's own: it dies with its worker. */
  pass(): Promise<void>;
  /** How long a list may lag behind. */
  lag(): Promise<void>;
}
