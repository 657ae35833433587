import type { Capabilities } from '../src/booking/capabilities';
import type { FailureCode, FailureFacts } from '../src/booking/failures';
import type { FoundSlots, Order, Sighting, Unanswered } from '../src/booking/model';
import type { BookingRequest } from '../src/booking/schema/request';
import type { OwnershipClue } from '../src/booking/sighting';

/** What an activity that gets the order is asked to read ahead, and its answer. Part of contract.ts. */

/** What an activity that gets the order reads ahead, once an appointment can be booked for the order. */
export interface Ahead {
  capabilities: Capabilities;
  /** As in LookUp. */
  clue: OwnershipClue;
  /** As in searchSlots. */
  max: number;
}

/** What the steps after the order would read: whether the order already has an appointment, and the slots. */
export interface ReadAhead {
  sighting: Sighting;
  found: FoundSlots | RefusedSearch;
}

/** A search that was refused and would be refused again. */
export interface RefusedSearch {
  refused: FailureCode;
  facts: FailureFacts;
}

/** What to read ahead, and for which request. Without it nothing is read ahead. */
export interface AheadOf {
  ahead?: Ahead & { request: BookingRequest };
}

/** An order that was read, and the results of reading ahead. */
export interface OrderRead {
  order: Order;
  ahead: ReadAhead | null;
}

/** Whether an order was placed, and the results of reading ahead. */
export type PlaceAnswer = ({ is: 'done' } & OrderRead) | Unanswered;
