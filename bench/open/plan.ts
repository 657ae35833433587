/** How many bookings wait at once, and how many of them are told of what. */
export interface OpenPlan {
  bookings: number;
  /** Clients that open them. */
  clients: number;
  /** How long all of them are left alone, in ms, before what they cost then is counted over as long a time again. */
  restMs: number;
  /** Webhooks a second, one after the other. */
  perSecond: number;
  /** So many bookings are told so; as many right after the worker was killed. */
  told: number;
}

const DEFAULTS = { clients: 20, restMs: 30_000, perSecond: 20, told: 200 };

/** A third is told at a steady rate and a third after the kill, where there are too few for the usual numbers. */
export function openPlan(bookings: number): OpenPlan {
  return { ...DEFAULTS, bookings, told: Math.min(DEFAULTS.told, Math.max(1, Math.floor(bookings / 3))) };
}
