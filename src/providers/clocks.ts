/**
 * The two clocks of an adapter. The machine's clock may be wrong for a while and then jump, so no age is measured by
 * it.
 */
export interface Clocks {
  /** The date, in ms since 1970, for what goes out on the wire. */
  now: () => number;
  /** A clock that never jumps, in ms from some moment, for ages within this process. */
  steady: () => number;
}

/** Returns this machine's clocks unless a test sets them. A test that sets only `now` sets both. */
export function clocksOf({ now, steady }: Partial<Clocks>): Clocks {
  return { now: now ?? Date.now, steady: steady ?? now ?? (() => performance.now()) };
}
