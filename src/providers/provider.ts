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
 * What the activities ask of a provider. Each adapter has a folder, and nothing of a provider's wire format leaves it.
 *
 * Every method makes the calls it needs once (no hidden retries), each under `call.timeoutMs` and `call.signal`, and
 * either returns or throws a `Failure` of the table in src/booking/failures.ts:
 * - for a write that had no effect: the row that names it (`slot_gone`, `rate_limited`, `credentials_rejected`, …),
 *   because the answer says so in that row's words, or because nothing was sent (`sent: "no"`);
 * - for a write whose effect cannot be told, which is every other answer: `outcome_unknown`, with `isRefusal` when
 *   the vendor refused it in its own error form, in words that no row names;
 * - for a read that did not come through: `provider_unavailable`;
 * - for a read's answer that no row names: `unexpected_answer`, with `said`. Any other error is a bug. answer.ts
 *   decides for all adapters what an answer means.
 */
export interface Provider {
  readonly name: ProviderName;
  /** Orders; null at providers without them. */
  readonly orders: OrderCalls | null;
  /** Visits without slots, agreed between provider and patient; null at providers without them. */
  readonly tiers: TierCalls | null;
  /** Returns the bookable slots for the days that the query's windows touch, unranked and unfiltered. */
  searchSlots(call: Call, query: SlotQuery): Promise<FoundSlots>;
  /** Takes a slot. Does not look first: the activity does. */
  book(call: Call, booking: BookCall): Promise<Appointment>;
  /**
   * Moves an appointment to another slot; null if the provider cannot. Does not look first: the activity does. Returns the
   * appointment as it stands then, under whichever id (the trait `moveKeepsId`).
   */
  readonly reschedule: ((call: Call, move: MoveCall) => Promise<Appointment>) | null;
  /**
   * Reads the order and its appointments. If no appointment is live, the order itself was read. The caller decides what
   * an absence means.
   */
  lookUp(call: Call, where: Where): Promise<Sighting>;
  /**
   * Cancels an appointment. Neither looks first nor reads after: the activity does. Returns the appointment as the
   * answer shows it, or null when it shows none; "already cancelled" counts as an accepted cancel too.
   */
  cancelAppointment(call: Call, cancel: CancelCall): Promise<Appointment | null>;
}

/** How an area is served: by slots to book, or by a vendor that is asked and calls the patient. */
export type Tier = { tier: 'book' } | { tier: 'request'; vendor: string };

export interface TierCalls {
  /** Returns how the address is served, slots before requests. Throws `area_not_served` when it is not served. */
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
  /** Returns the order that carries this booking id in `passthrough`, live ones first; null when the user has none. */
  find(call: Call, where: { bookingId: string; userId: string; createdSince: string }): Promise<Order | null>;
  /** Yields all of the account's orders of this provider's kind since then, oldest first, for the audit. */
  list(call: Call, where: { createdSince: string }): AsyncIterable<Order>;
  read(call: Call, orderId: string): Promise<Order>;
  /** Cancels the order. Neither looks first nor reads after: the activity does. */
  cancel(call: Call, orderId: string): Promise<void>;
  /** Returns the user's live orders of this provider's kind, newest first, at most `max`, to explain a refusal. */
  ofUser(call: Call, where: { userId: string; max: number }): Promise<Order[]>;
}

/** The circumstances of one call. */
export interface Call {
  account: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Whether a person is asked when it fails: then it is made even while the provider asks for a pause. */
  isLastTry?: boolean;
  /**
   * Asked right before each request that may change something, after the request has waited for its turn. When it
   * throws, the request is not sent. Left out for reads.
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
  /** The slot's key as the search gave it. Where a provider has none, its start is its key. */
  slotKey: string;
  /** The slot's start, RFC 3339. */
  startsAt: string;
  /** Ids that were live in the look before the write: where refs do not return, any other appointment is new. */
  before: readonly string[];
  /**
   * Our ref (src/booking/ref.ts). It goes into a field that comes back: one that the provider keeps for callers, such as
   * metadata, or else the end of the notes.
   */
  ref: string;
  request: BookingRequest;
  /** Idempotency key; null when keys do not count. */
  key: string | null;
}

export interface MoveCall {
  orderId: string | null;
  appointmentId: string;
  slotKey: string;
  /** The slot's start, RFC 3339. An answer that still shows another time does not prove the move. */
  startsAt: string;
  ref: string;
  request: BookingRequest;
}

/** Where to look: by the order if there are orders, else by the request's client and patient around `startsAt`. */
export interface Where {
  orderId: string | null;
  request: Party;
  startsAt: string | null;
  /** The booking's own appointments. They are shown wherever in time they are, and whatever names they carry by now. */
  ownIds: readonly string[];
  /** The maker in this booking's refs (src/booking/ref.ts), which tells its own from a patient's other visits. */
  maker: string;
  /** Whether a list that is shared and kept for a while must have been read after this call began. */
  fresh?: boolean;
  /**
   * Whether a list with unreadable rows will do. It does before a booking's first write, when nothing of its own can be
   * there. After an unanswered write, an absence must be proven.
   */
  mayBePartial?: boolean;
}

export interface CancelCall {
  orderId: string | null;
  appointmentId: string;
  request: ReferredParty;
  /** Told to people at the provider, if a cancellation is a task for them. */
  bookingId?: string;
  /** The appointment as the look before the call showed it. */
  seen: Appointment;
  /**
   * The caller's reason: a name or id of the provider's list where it has one, else any text. Null takes the account's
   * default; where the provider demands a text, the adapter has one.
   */
  reason: string | null;
  /** Whether this is the booking's first cancel: then no list can hold an earlier request of its own. */
  isFirst?: boolean;
}
