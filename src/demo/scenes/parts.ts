import type { Instruction } from '../stand-in';

/** What scenes have in common. */

export const BOOKED = { appointments: 1, orders: 1 };
export const NOTHING = { appointments: 0, orders: 0 };

/** Lets the provider confirm later, not in its answer. */
export const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1_000 } };
export const WORD_AFTER_MS = 1_500;

/** Returns an instruction to a sandbox. */
export function tell(route: Instruction['route'], body: object): Instruction {
  return { route, body };
}

/** The time limit of a call that is never answered. The scene waits for its end. */
export const SILENCE_MS = 6_000;
