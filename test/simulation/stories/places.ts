import { isRefOf, refInNotes } from '../../../src/booking/ref';
import type { Change } from '../../property/commands';
import type { Sample, World } from '../../property/worlds';
import type { Deed } from './ledger';
import type { Part } from './story';

/** Where the bookings of a story are played: the providers' side of it, which all of them share. */
export interface Venue {
  /** Makes the provider ready, without any fault. */
  ready(): Promise<void>;
  /** One booking's part of the world. Its id is known once it was started. */
  worldOf(part: Part, cast: Cast): SimulatedWorld;
  mend(): Promise<void>;
}

/** What a world has to know of a booking. */
export interface Cast {
  /** '' until it was started. */
  id: string;
  /** What its refs begin with: a later booking of the same order has the same id (src/booking/ref.ts). */
  maker: string;
  createdAt: string;
  /** When a later booking of the same order began, in ms since 1970: what was done from then on under the id is its. */
  untilMs: number;
  /** Whose patient (or client) it is: 0 for the first, 1 for another one. */
  patient: 0 | 1;
  /** The order that it adopts, placed by somebody else; null for the first to place it. */
  orderId: string | null;
}

/** A world as the real server's stories know it, and what the simulated ones look at besides. */
export interface SimulatedWorld extends World {
  /** Whether undoing a confirmed appointment costs a fee that the request does not accept. */
  readonly isDear: boolean;
  sample(): Promise<WideSample>;
  /** Somebody else books for the same client, or on the same order. */
  stranger(day: number): Promise<void>;
}

export interface WideSample extends Sample {
  /** The appointments that the booking's calls ended or moved, and whose they were. */
  touched: readonly Touched[];
  /** The live orders that are counted. */
  orders: readonly LiveOrder[];
}

/** An order that is live, and whether its sample was drawn: then it is the lab's, and no undo's. */
export interface LiveOrder {
  id: string;
  isDrawn: boolean;
}

/** What a booking's call did to an appointment or an order. */
export interface Touched {
  what: 'appointment' | 'order';
  id: string;
  /** Whether the booking had made it itself. */
  isOwn: boolean;
  madeAtMs: number;
  /** When the call took effect, and since when its attempt ran. */
  atMs: number;
  sinceMs: number;
  /** Start of an appointment that had stood confirmed; null for any other. */
  confirmedFor: string | null;
}

/** Whether a deed is the booking's own. */
export function isDeedOf({ id, createdAt, untilMs }: Cast, { by, atMs }: Deed): boolean {
  return by === id && atMs >= Date.parse(createdAt) && atMs < untilMs;
}

/** Whether the notes of an appointment end in a ref of the booking. */
export function isBy({ maker }: Pick<Cast, 'maker'>, notes: string | null): boolean {
  return maker !== '' && isRefOf(maker, refInNotes(notes));
}

export type { Change };
