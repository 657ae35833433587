import type { Client } from '@temporalio/client';

/**
 * Temporal's time as a client knows it: no earlier than this. Every time that Temporal told has passed when it is heard, and
 * a monotonic clock goes on from there, so this machine's own clock may be as wrong as it likes. It is late by as long as
 * the newest event that was heard of was old then: little, once a client has read bookings that move.
 */

interface Heard {
  /** Temporal's time at the zero of this process's monotonic clock, at the earliest; in ms since 1970. */
  zeroMs: number;
  /** When the first was heard, by the monotonic clock. */
  sinceMs: number;
}

/** Of each client's, so that one server's times are not taken for another's. */
const heardBy = new WeakMap<Client, Heard>();

/** Hears of moments that have passed by Temporal's clock, in ms since 1970. */
export function hearTimes(client: Client, passedMs: readonly number[]): void {
  const monotonicMs = performance.now();
  const heard = heardBy.get(client) ?? { zeroMs: -Infinity, sinceMs: monotonicMs };
  heardBy.set(client, {
    ...heard,
    zeroMs: Math.max(heard.zeroMs, ...passedMs.map((ms) => ms - monotonicMs)),
  });
}

/** Temporal's time at the earliest, in ms since 1970; -Infinity before anything was heard. */
export function earliestNowMs(client: Client): number {
  return (heardBy.get(client)?.zeroMs ?? -Infinity) + performance.now();
}

/** For how long this process has heard from that Temporal, in ms. */
export function heardForMs(client: Client): number {
  const heard = heardBy.get(client);
  return heard ? performance.now() - heard.sinceMs : 0;
}
