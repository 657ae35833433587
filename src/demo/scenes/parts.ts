import type { Instruction } from '../stand-in';

/** What scenes have in common. */

export const BOOKED = { appointments: 1, orders: 1 };
export const NOTHING = { appointments: 0, orders: 0 };

/** The provider gives its word later, not in the answer. */
export const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1_000 } };
export const WORD_AFTER_MS = 1_500;

/** Something that a stand-in is told. */
export function tell(route: Instruction['route'], body: object): Instruction {
  return { route, body };
}

/** How long a call may take that is never answered: the scene waits for its end. */
export const SILENCE_MS = 6_000;
