import type { Capabilities } from '../src/booking/capabilities';
import type { FailureCode, FailureFacts } from '../src/booking/failures';
import type { FoundSlots, Order, Sighting, Unanswered } from '../src/booking/model';
import type { BookingRequest } from '../src/booking/schema/request';
import type { OwnershipClue } from '../src/booking/sighting';

/** Reading ahead: what an activity that comes by the order is asked for, and answers, besides. Part of contract.ts. */

/** What an activity that comes by the order is to read ahead, once an appointment can be booked for it. */
export interface Ahead {
  capabilities: Capabilities;
  /** As in LookUp. */
  clue: OwnershipClue;
  /** As in searchSlots. */
  max: number;
}

/** What the steps after the order would read: whether an appointment stands there already, and the slots. */
export interface ReadAhead {
  sighting: Sighting;
  found: FoundSlots | RefusedSearch;
}

/** A search that was refused, and would be again. */
export interface RefusedSearch {
  refused: FailureCode;
  facts: FailureFacts;
}

/** What to read ahead, and for whom. Left out: nothing. */
export interface AheadOf {
  ahead?: Ahead & { request: BookingRequest };
}

/** An order that was read, and what was read ahead. */
export interface OrderRead {
  order: Order;
  ahead: ReadAhead | null;
}

/** Whether an order was placed, and what was read ahead. */
export type PlaceAnswer = ({ is: 'done' } & OrderRead) | Unanswered;
