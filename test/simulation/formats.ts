/**
 * Keeps every Intl.DateTimeFormat that was made: making one takes 0.1 ms or more, a search makes one for each slot, and they
 * never change. Returns what takes that back.
 */
export function keepDateFormats(): () => void {
  const Real = Intl.DateTimeFormat;
  const kept = new Map<string, Intl.DateTimeFormat>();
  Intl.DateTimeFormat = new Proxy(Real, {
    construct(_target, args: ConstructorParameters<typeof Real>) {
      const key = JSON.stringify(args);
      const known = kept.get(key) ?? new Real(...args);
      kept.set(key, known);
      return known;
    },
  });
  return () => {
    Intl.DateTimeFormat = Real;
  };
}
