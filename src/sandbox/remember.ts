/** How many results are kept at most: a sandbox may run for months, and each day has its own slots. */
const MOST = 20_000;

/**
 * Works each key's answer out once. The answer must follow from the key alone; it is shared, so nobody may change it.
 */
export function remembering<T extends object | null>(): (key: string, workOut: () => T) => T {
  const known = new Map<string, T>();
  return (key, workOut) => {
    const had = known.get(key);
    if (had !== undefined) return had;
    if (known.size >= MOST) known.clear();
    const answer = workOut();
    known.set(key, answer);
    return answer;
  };
}
