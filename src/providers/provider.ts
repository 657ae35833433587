import type {
  Appointment,
  FoundSlots,
  Location,
  Order,
  PostalAddress,
  ProviderName,
  Sighting,
} from '../booking/model';
import type { Party, ReferredParty } from '../booking/request-parts';
import type { BookingRequest } from '../booking/schema/request';
import type { DayRange } from '../booking/windows';
import type { Fence } from './fence';

export type { DayRange } from '../booking/windows';
export type { Fence } from './fence';

/**
 * What the activities ask of a provider. One folder an adapter; nothing of a provider's wire leaks out of it.
 *
 * Every method makes the calls it needs once (no hidden retries), each under `call.timeoutMs` and `call.signal`,
 * and either returns or throws a `Failure` of the table in src/booking/failures.ts:
 * - a write that certainly had no effect: the row that names it (`slot_gone`, `rate_limited`, `credentials_rejected`, …),
 *   because the answer says so in that row's words, or because nothing was sent (`sent: "no"`);
 * - a write whose effect cannot be told, which is every other answer: `outcome_unknown`, with `isRefusal` where the vendor
 *   refused it in its own error form, in words that no row names;
 * - a read that did not come through: `provider_unavailable`;
 * - a read's answer that no row names: `unexpected_answer`, with `said`.
 * Anything else thrown is a bug. What an answer means is decided in answer.ts, for all adapters.
 */
export interface Provider {
  readonly name: ProviderName;
  /** Orders; null at providers without them. */
  readonly orders: OrderCalls | null;
  /** Visits without slots, agreed between provider and patient; null where there are none. */
  readonly tiers: TierCalls | null;
  /** Slots on offer for the days that the query's windows touch, unranked and unfiltered, bookable ones only. */
  searchSlots(call: Call, query: SlotQuery): Promise<FoundSlots>;
  /** Takes a slot. Does not look first: the activity does. */
  book(call: Call, booking: BookCall): Promise<Appointment>;
  /** Moves an appointment to another slot; null where the provider does not. Does not look first: the activity does. */
  readonly reschedule: ((call: Call, move: MoveCall) => Promise<Appointment>) | null;
  /**
   * Reads the order and its appointments. An empty answer means that the order itself was read. What an absence means is
   * not decided here.
   */
  lookUp(call: Call, where: Where): Promise<Sighting>;
  /**
   * Has an appointment cancelled. Neither looks first nor reads after: the activity does. Returns the appointment as the
   * answer shows it, null where it shows none; "already cancelled" is an accepted cancel too.
   */
  cancelAppointment(call: Call, cancel: CancelCall): Promise<Appointment | null>;
}

/** How an area is served: by slots to book, or by a vendor that is asked and calls the patient. */
export type Tier = { tier: 'book' } | { tier: 'request'; vendor: string };

export interface TierCalls {
  /** How the address is served; `area_not_served` when it is not. Prefers slots where both are had. */
  choose(call: Call, where: { address: PostalAddress; wanted: 'book' | 'request' | null }): Promise<Tier>;
  /** Asks the vendor for a visit. Does not look first: the activity does. */
  request(call: Call, visit: VisitCall): Promise<Appointment>;
}

export interface VisitCall {
  orderId: string;
  vendor: string;
  address: PostalAddress;
  ref: string;
  request: BookingRequest;
}

export interface OrderCalls {
  /** Places the order with `passthrough` = booking id. `key` is the idempotency key. */
  place(call: Call, order: PlaceCall): Promise<Order>;
  /** The order that carries this booking id in `passthrough`; null when the account's user has none. Live ones first. */
  find(call: Call, where: { bookingId: string; userId: string; createdSince: string }): Promise<Order | null>;
  /** All of the account's orders of this provider's kind since then, oldest first; for the audit. */
  list(call: Call, where: { createdSince: string }): AsyncIterable<Order>;
  read(call: Call, orderId: string): Promise<Order>;
  /** Cancels it. Neither looks first nor reads after: the activity does. */
  cancel(call: Call, orderId: string): Promise<void>;
  /** The user's live orders of this provider's kind, newest first, at most so many; to explain a refusal. */
  ofUser(call: Call, where: { userId: string; max: number }): Promise<Order[]>;
}

/** The circumstances of one call. */
export interface Call {
  account: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Whether a person is asked when it fails: then it is made although the provider has asked for a pause. */
  isLastTry?: boolean;
  /**
   * Asked right before each request that may change something is sent, after it has waited for its turn. What it throws
   * keeps the request from being sent. Left out for reads.
   */
  fence?: Fence;
}

export interface SlotQuery {
  days: DayRange[];
  /** The patient's address, for visits at home. */
  address: PostalAddress | null;
  location: Location | null;
  request: BookingRequest;
}

export interface PlaceCall {
  bookingId: string;
  key: string;
  request: BookingRequest;
}

export interface BookCall {
  orderId: string | null;
  slotKey: string;
  /** The slot's start, RFC 3339. */
  startsAt: string;
  /** Ids that were live in the look before the write: where refs do not return, anything else there is new. */
  before: readonly string[];
  /** Our ref (src/booking/ref.ts); goes in at the end of the notes. */
  ref: string;
  request: BookingRequest;
  /** Idempotency key; null where keys do not count. */
  key: string | null;
}

export interface MoveCall {
  orderId: string | null;
  appointmentId: string;
  slotKey: string;
  /** The slot's start, RFC 3339: an answer that still shows another time does not say that it moved. */
  startsAt: string;
  ref: string;
  request: BookingRequest;
}

/** Where to look: by order where there are orders; else by the request's client and patient around `startsAt`. */
export interface Where {
  orderId: string | null;
  request: Party;
  startsAt: string | null;
  /** Appointments that the booking knows as its own: shown wherever in time they are, and whoever they name by now. */
  ownIds: readonly string[];
  /** Who this booking is in its refs (src/booking/ref.ts): its own can be told among a patient's other visits. */
  maker: string;
  /** Whether a list that is shared and kept for a while must have been read after this call began. */
  fresh?: boolean;
  /**
   * Whether a list serves that could not be read to its last row. So it does before a booking's first write, of which
   * nothing can be there; after one that was not answered, an absence must be proven.
   */
  mayBePartial?: boolean;
}

export interface CancelCall {
  orderId: string | null;
  appointmentId: string;
  request: ReferredParty;
  /** For people at the provider, where a cancellation is a task for them. */
  bookingId?: string;
  /** The appointment as the look before the call showed it. */
  seen: Appointment;
  /** The caller's reason, one of the provider's list by name or id; null takes the account's default. */
  reason: string | null;
  /** Whether the booking has had nothing cancelled yet: then no list can hold an earlier request of its own for that. */
  isFirst?: boolean;
}
