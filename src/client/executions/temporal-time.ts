import type { Client } from '@temporalio/client';

/**
 * A lower bound of Temporal's time, as a client knows it. Every time that Temporal told had passed when it was heard,
 * and a monotonic clock goes on from there, so this machine's own clock does not matter. The bound is late by the age
 * of the newest event when it was heard: not much, once a client has read bookings that move.
 */

interface Heard {
  /**
   * The earliest that Temporal's time can have been at the zero of this process's monotonic clock, in ms since 1970.
   */
  zeroMs: number;
  /** When the first time was heard, by the monotonic clock. */
  sinceMs: number;
}

/** Kept for each client, because servers may differ in their times. */
const heardBy = new WeakMap<Client, Heard>();

/** Records moments that have passed by Temporal's clock, in ms since 1970. */
export function hearTimes(client: Client, passedMs: readonly number[]): void {
  const monotonicMs = performance.now();
  const heard = heardBy.get(client) ?? { zeroMs: -Infinity, sinceMs: monotonicMs };
  heardBy.set(client, {
    ...heard,
    zeroMs: Math.max(heard.zeroMs, ...passedMs.map((ms) => ms - monotonicMs)),
  });
}

/** Returns the earliest that Temporal's time can be now, in ms since 1970; -Infinity before anything was heard. */
export function earliestNowMs(client: Client): number {
  return (heardBy.get(client)?.zeroMs ?? -Infinity) + performance.now();
}

/** Returns for how long this process has heard times from this client's server, in ms. */
export function heardForMs(client: Client): number {
  const heard = heardBy.get(client);
  return heard ? performance.now() - heard.sinceMs : 0;
}
