/**
 * Work that several callers wait for together. It is done once and kept for a while, and no single caller can stop it.
 */

/** How many values are kept at one time; beyond this the oldest goes. */
const MAX_KEPT = 10_000;

export interface SharedWork<T> {
  /**
   * Returns the kept value of a key, else the result of `work`. Concurrent callers share one run. Failures are not
   * kept.
   */
  get(key: string, work: () => Promise<T>): Promise<T>;
  /** Forgets a key's value if it still is this one, so that the next caller makes it anew. */
  drop(key: string, value: T): void;
}

interface Kept<T> {
  promise: Promise<T>;
  /** Null while the work runs. */
  done: { value: T; atMs: number } | null;
}

/** Keeps each value for `ttlMs` after it arrived. `now` is a clock for ages, in ms (clocks.ts). */
export function sharedWork<T>(ttlMs: number, now: () => number): SharedWork<T> {
  const kept = new Map<string, Kept<T>>();
  const isFresh = (atMs: number) => now() - atMs < ttlMs;
  return {
    get(key, work) {
      const known = kept.get(key);
      if (known && (known.done === null || isFresh(known.done.atMs))) return known.promise;
      const entry: Kept<T> = { promise: work(), done: null };
      kept.delete(key);
      kept.set(key, entry);
      for (const oldest of kept.keys()) {
        if (kept.size <= MAX_KEPT) break;
        kept.delete(oldest);
      }
      entry.promise.then(
        (value) => {
          entry.done = { value, atMs: now() };
        },
        () => {
          if (kept.get(key) === entry) kept.delete(key);
        },
      );
      return entry.promise;
    },
    drop(key, value) {
      if (kept.get(key)?.done?.value === value) kept.delete(key);
    },
  };
}

/** Waits for shared work, or throws the reason when the caller's own signal aborts. The work goes on. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // No caller may be left to handle a failure.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
