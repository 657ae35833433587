import type { Fault } from '../provider';

/** How many workers share the work, and what is in the way of it. */
export interface ScalePlan {
  /** Worker processes, in this order; the last is as the first, so that a machine that got slower shows. */
  workers: readonly number[];
  clients: number;
  /** How long a round asks for bookings, in ms; its warm-up is shorter. */
  forMs: number;
  /** Rounds for each number of workers, and pairs for each trouble. */
  repeats: number;
  /** Bookings that are stuck at the other provider or account meanwhile. */
  stuck: number;
}

export function scalePlan(seconds: number): ScalePlan {
  return { workers: [1, 2, 4, 1], clients: 20, forMs: seconds * 1_000, repeats: 3, stuck: 200 };
}

/** Who does not answer while bookings of an account go on. */
export const TROUBLES = {
  'the other provider hangs (30 s)': { at: 'practice', fault: 'hangs' },
  'the other provider refuses (503)': { at: 'practice', fault: 'refuses' },
  'another account of the same provider hangs (30 s)': { at: 'paced', fault: 'hangs' },
  'the same, and its pace is unbounded': { at: 'slow', fault: 'hangs' },
} as const satisfies Readonly<Record<string, { at: 'practice' | 'paced' | 'slow'; fault: Fault }>>;
export type Trouble = keyof typeof TROUBLES;
