/** The two clocks of an adapter. The machine's may be wrong for a while and then jump; no age is measured by it. */
export interface Clocks {
  /** The date, in ms since 1970: for what goes out on the wire. */
  now: () => number;
  /** Never jumps, in ms from some moment: for ages within this process. */
  steady: () => number;
}

/** This machine's, unless a test sets them; one that sets `now` alone sets both. */
export function clocksOf({ now, steady }: Partial<Clocks>): Clocks {
  return { now: now ?? Date.now, steady: steady ?? now ?? (() => performance.now()) };
}
