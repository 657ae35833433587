/** Seeded chance: the same seed gives the same numbers, on every machine. */
export interface Chance {
  /** At least 0 and below 1. */
  next(): number;
  /** From `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** At least `min` and below `max`. */
  between(min: number, max: number): number;
  /** Whether something of this probability (0 to 1) happens. */
  happens(probability: number): boolean;
  pick<T>(of: readonly [T, ...T[]]): T;
  /** A stream of its own: what is drawn from it moves nothing in this one. */
  stream(name: string): Chance;
}

export function chanceOf(seed: number, name = ''): Chance {
  let state = mixed(`${seed}/${name}`);
  const next = (): number => {
    // Mulberry32: small, quick, and good enough to spread choices.
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number): number => min + next() * (max - min);
  return {
    next,
    between,
    int: (min, max) => Math.floor(between(min, max + 1)),
    happens: (probability) => next() < probability,
    pick: (of) => of[Math.floor(next() * of.length)] ?? of[0],
    stream: (inner) => chanceOf(seed, `${name}/${inner}`),
  };
}

/** FNV-1a, 32 bits. */
function mixed(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}
