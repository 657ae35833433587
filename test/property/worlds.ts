import type { Fault } from '../support/calls';
import type { Change, Point, Story } from './commands';

/** A provider as the property test sees it: made ready for one booking, changed by hand, and looked into. */
export interface World {
  /** Makes the provider ready, without any fault; the request of the story's booking. */
  ready(story: Story): Promise<Record<string, unknown>>;
  /** Does to the booking's live appointment (or order) what a provider does; nothing when there is none. */
  change(what: Change): Promise<void>;
  fault(at: Point, rule: Fault): Promise<void>;
  /** Every call is answered 401 until `mend`. */
  lockOut(): Promise<void>;
  mend(): Promise<void>;
  sample(): Promise<Sample>;
  /** How many live appointments a move may hold for a while; one at all other times. */
  readonly mostWhileMoving: number;
}

/** What there is of the one booking at a moment. */
export interface Sample {
  liveAppointments: number;
  liveOrders: number;
  /** When our calls cancelled appointments that had stood confirmed, in ms since the epoch. */
  undoneAt: number[];
  /** Whether our calls, and not the provider by itself, cancelled an order. */
  undidOrder: boolean;
}

export const DAY_MS = 86_400_000;

/** `time` so many days later; RFC 3339. */
export function daysAfter(time: string, days: number): string {
  return new Date(Date.parse(time) + days * DAY_MS).toISOString();
}
