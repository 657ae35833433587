/**
 * Remembers the last value of each key, up to a limit of keys. Beyond it the key that was unused longest is dropped.
 */
export interface Recent<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/** Creates a memory of at most `limit` keys. */
export function rememberRecent<T>(limit: number): Recent<T> {
  const kept = new Map<string, T>();
  const set = (key: string, value: T): void => {
    kept.delete(key);
    kept.set(key, value);
    if (kept.size <= limit) return;
    const [longestUnused] = kept.keys();
    if (longestUnused !== undefined) kept.delete(longestUnused);
  };
  return {
    get(key) {
      const value = kept.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
  };
}
