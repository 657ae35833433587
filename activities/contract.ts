import type {
  AuditedBooking,
  AuditPlace,
  AuditScope,
  Finding,
  OrderCursor,
  TracedOrder,
} from '../src/booking/audit';
import type {
  IncidentFilter,
  LeftBehind,
  StuckReport,
  Resumed,
  Retrying,
  Swept,
  Waiting,
  WaitingCursor,
  WaitingSince,
} from '../src/booking/ops';
import type { OthersClaims } from '../src/booking/claims';
import type { AcceptedMove } from '../src/booking/messages';
import type { Capabilities } from '../src/booking/capabilities';
import type { Limits } from '../src/booking/limits';
import type { FoundSlots, Order, ProviderName, Sighting, Slot, AppointmentPhase } from '../src/booking/model';
import type { Party, ReferredParty } from '../src/booking/request-parts';
import type { BookingRequest } from '../src/booking/schema/request';
import type { OwnershipClue } from '../src/booking/sighting';
import type { LookedFor } from '../src/booking/explanation';
import type { AcceptedCancel } from '../src/booking/traces';
import type { Tier } from '../src/providers/provider';
import type { Ahead, AheadOf, OrderRead, PlaceAnswer } from './ahead-contract';
import type { BookAnswer, CancelAnswer, OrderCancelAnswer } from './answers';

export type { BookAnswer, CancelAnswer, OrderCancelAnswer } from './answers';
export type { Ahead, AheadOf, OrderRead, PlaceAnswer, ReadAhead, RefusedSearch } from './ahead-contract';

/**
 * What the saga asks of the world. Workflows import these as types only.
 *
 * Failures of the table cross as ApplicationFailures: their `type` is the code, and their first detail holds the facts.
 * The server retries reads (retryable codes only). Writes have one attempt, look first, and answer `unknown` when their
 * effect cannot be told.
 */

/** Which adapter and account a provider's activity uses, and within which limits. */
export interface Target {
  provider: ProviderName;
  account: string;
  bookingId: string;
  callTimeoutMs: number;
  /**
   * How long a failing read is tried before a person is asked, in ms (activities/patience.ts). Absent from earlier
   * builds, which limit the tries instead.
   */
  patienceMs?: number;
  /** Whether this is the last try of a write: a person is asked when it fails. */
  isLastTry?: boolean;
  /**
   * The runs that may write where refs do not return: the one in which the booking began (Temporal's
   * originalExecutionRunId, which a reset keeps), and one that a reset made and a person allowed to go on. A write of
   * any other run fails with `booking_reset`. Absent from earlier builds.
   */
  runIds?: readonly string[];
}

/** An opened booking: its parsed request, and the provider's table row resolved for the account. */
export interface OpenedBooking {
  request: BookingRequest;
  capabilities: Capabilities;
  limits: Limits;
}

/** Activities that run on the queue `bookings`. */
export interface CoreActivities {
  /**
   * Parses the request again (it may not have come through our client) and freezes capabilities and limits.
   * `afterwards`: for an ended booking, whose days may have passed, so only the form counts.
   */
  openBooking(input: { request: unknown; bookingId: string; afterwards?: boolean }): Promise<OpenedBooking>;
  /**
   * Returns the request with a reschedule's windows or slot instead of its own. Relative days are days at the place.
   */
  openReschedule(input: {
    request: BookingRequest;
    change: AcceptedMove;
    /** The zone of the appointment, where the provider gave one. Absent from earlier builds. */
    timezone?: string | null;
  }): Promise<BookingRequest>;
  /**
   * Decrypts the body of a message that another worker could not read. Fails with `message_unreadable` when it cannot
   * either.
   */
  readMessage(input: { body: unknown }): Promise<{ body: unknown }>;
  /** Fails with `booking_reset` in any other run than these (see Target). */
  refuseReset(input: Pick<Target, 'runIds'>): Promise<void>;
  /** Returns true when a booking with this id is open in Temporal, or is being cleaned up after. */
  isBookingOpen(input: { bookingId: string }): Promise<boolean>;
  /**
   * Returns what other bookings of this deployment know of appointments at a start, where refs do not return. It waits
   * out visibility's lag first. Then it lists the account's bookings and clean-ups, open and closed, whose
   * `BookingStartsAt` is that start ± 1 minute, and reads each one's memo. Fails with `ambiguous_match` when the list
   * does not show the asking booking after some tries, or when a memo cannot be read.
   */
  othersClaims(input: {
    provider: ProviderName;
    account: string;
    bookingId: string;
    startsAt: string;
    /**
     * Whether the asking booking publishes no start now: then the list cannot show it, and its absence proves nothing.
     */
    isUnlisted?: boolean;
    ids: readonly string[];
    /** Other starts among the appointments: bookings at these are listed too, for what they know as their own. */
    otherStarts?: readonly string[];
  }): Promise<OthersClaims>;
  /**
   * Returns true when an open booking other than the asking workflow has the order in use; a later run of the same one
   * counts.
   */
  isOrderUsedElsewhere(input: {
    provider: ProviderName;
    account: string;
    orderId: string;
    /** An ended booking counts too when it adopted the order after this time. Absent from earlier builds. */
    takenOnSince?: string;
  }): Promise<boolean>;
}

/** Activities that look after bookings from outside. They run on the queue `bookings`. */
export interface OpsActivities {
  /** Has every booking that was cut off cleaned up after. Safe to repeat. */
  sweepCutOff(): Promise<Swept>;
  /** Returns what a cut-off run published. Fails with `key_missing`, or with `booking_not_found` past the retention. */
  readLeftBehind(input: { bookingId: string; runId: string }): Promise<LeftBehind>;
  /** Finds the bookings that cannot report themselves, and logs them. */
  findStuckBookings(): Promise<StuckReport>;
  /**
   * Returns, a piece at a time, open bookings and clean-ups that began before then and wait for a person for this
   * reason.
   */
  waitingFor(input: {
    incident: IncidentFilter;
    before: string;
    after: WaitingCursor | null;
  }): Promise<Waiting>;
  /**
   * Tells the bookings to try again that still wait as they were listed, at a limited rate. A booking that cannot be
   * told is named in the result, and does not stop the others.
   */
  resume(
    input: { workflowIds: string[]; sinceOf?: WaitingSince; ratePerSecond: number } & Retrying,
  ): Promise<Resumed>;
}

/** Bookings as they stand, and a finding about each one that cannot be read. */
export interface ReadBookings {
  bookings: AuditedBooking[];
  unreadable: Finding[];
}

/** What the audit asks of Temporal and the settings. These activities run on the queue `bookings` and only read. */
export interface AuditActivities {
  /** Returns the accounts that the scope covers. */
  auditPlaces(input: { scope: AuditScope }): Promise<AuditPlace[]>;
  /** Returns a finding for each account that bookings name and the settings do not. */
  unknownAccounts(input: { scope: AuditScope; since: string }): Promise<Finding[]>;
  /** Returns a page of the place's bookings: open ones, and those that began since then. */
  auditedBookings(input: {
    place: AuditPlace;
    since: string;
    pageToken: string | null;
  }): Promise<ReadBookings & { seen: number; nextPageToken: string | null }>;
  /** Returns these bookings as they stand now. */
  readAgain(input: { place: AuditPlace; bookingIds: string[] }): Promise<ReadBookings>;
  /**
   * Returns a finding for each order that carries a booking's id but does not fit what that booking says of its order.
   */
  strayOrders(input: { place: AuditPlace; orders: TracedOrder[] }): Promise<Finding[]>;
}

/** What the audit asks of a provider. These activities run on the provider's queue, under its limits, and only read. */
export interface ProviderAuditActivities {
  /**
   * Compares each booking with the provider. A booking that cannot be read is a finding, and does not stop the others.
   * `gaveUp` says why no more were compared when the account as a whole did not answer.
   */
  compareBookings(input: {
    place: AuditPlace;
    bookings: AuditedBooking[];
  }): Promise<{ findings: Finding[]; gaveUp: string | null }>;
  /**
   * Returns the live orders since then that carry a text where a booking puts its id, how many orders there were, and
   * where the list goes on. `gaveUp` says why the list was not read to its end.
   */
  tracedOrders(input: { place: AuditPlace; since: string; after: OrderCursor | null }): Promise<{
    orders: TracedOrder[];
    seen: number;
    next: OrderCursor | null;
    gaveUp: string | null;
  }>;
  /** Returns the orders that are still live. */
  stillLive(input: { place: AuditPlace; orders: TracedOrder[] }): Promise<TracedOrder[]>;
}

/** What to look for, and where; see Where in src/providers/provider.ts. */
export interface LookUp {
  target: Target;
  request: Party;
  orderId: string | null;
  startsAt: string | null;
  /** What tells the booking's own appointments from others'. */
  clue: OwnershipClue;
  /**
   * Ids of its own appointments that were live when last seen. One that is not shown at all is `appointment_missing`.
   */
  liveIds: readonly string[];
  /** Our cancellations that the provider accepted: an appointment that is absent after one of these has ended. */
  acceptedCancels: readonly AcceptedCancel[];
  /** Whether the order is read even when an appointment stands: at a draw site the order may end alone. */
  withOrder?: boolean;
  /** Whether a list that is shared and kept for a while must have been read after this look began. */
  fresh?: boolean;
  /** As in Where. */
  mayBePartial?: boolean;
  /** What is looked for, only to be told by `explain`; no look depends on it. Left out: just how things stand. */
  lookedFor?: LookedFor;
}

/** What an undo may cost. */
export interface FeeTerms {
  /** Giving up an appointment closer to its start than this costs a fee, in ms; 0: no fee is known. */
  feeWindowMs: number;
  accepted: boolean;
}

/** A live appointment that explains why the provider accepts no other for the patient. */
export interface OtherVisit {
  appointmentId: string;
  orderId: string;
  startsAt: string | null;
  /** The booking of this deployment that it belongs to, where its order or ref says so. */
  bookingId: string | null;
}

/** A poll that follows a finding of the same wait. */
export interface Paced {
  /** How long the provider is left alone before the first look, in ms. */
  pauseMs?: number;
}

/** Activities that run on the provider's queue, under its limits. */
export interface ProviderActivities {
  /** Looks for the booking's order, then places it, then reads ahead what `ahead` asks for. */
  placeOrder(input: {
    target: Target;
    request: BookingRequest;
    key: string;
    createdSince: string;
    ahead?: Ahead;
  }): Promise<PlaceAnswer>;
  findOrder(input: { target: Target; userId: string; createdSince: string }): Promise<Order | null>;
  /** `isKnown`: the order was read before, so if it is not found, the request is not at fault. */
  readOrder(input: { target: Target; orderId: string; isKnown?: boolean } & AheadOf): Promise<OrderRead>;
  /**
   * Reads the order and its appointments, cancels the order, and reads it again. One attempt. It cancels nothing and
   * fails with `foreign_appointment` when that would take somebody else's appointment along, or the booking's own
   * without `mayTakeOwn`. It fails with `fee_window` or `visit_begun` when it would take along the booking's own at a
   * fee or during its visit.
   */
  cancelOrder(
    input: LookUp & { orderId: string; takesAppointment: boolean; mayTakeOwn: boolean; fees: FeeTerms },
  ): Promise<OrderCancelAnswer>;
  /** Returns once the order's status differs from `seenStatus`; until then it fails softly and is retried. */
  awaitOrderChange(
    input: { target: Target; orderId: string; seenStatus: string } & Paced & AheadOf,
  ): Promise<OrderRead>;
  /**
   * Returns slots that lie wholly inside the wanted windows, best first, at most `max`, without those `tried`
   * (slotMarks).
   */
  searchSlots(input: {
    target: Target;
    request: BookingRequest;
    /** The adopted order, which supplies the address and date of birth at home. */
    order: Order | null;
    capabilities: Capabilities;
    max: number;
    tried: readonly string[];
  }): Promise<FoundSlots>;
  /** Returns whether the place has slots to book, or a vendor that is asked and then calls the patient. */
  chooseTier(input: { target: Target; request: BookingRequest; order: Order | null }): Promise<Tier>;
  /** Looks whether the booking holds an appointment already, then asks the vendor for a visit. One attempt. */
  requestVisit(input: {
    target: Target;
    request: BookingRequest;
    order: Order;
    vendor: string;
    ref: string;
    clue: OwnershipClue;
    acceptedCancels: readonly AcceptedCancel[];
  }): Promise<BookAnswer>;
  /**
   * Looks whether the booking holds an appointment already, then books. One attempt. Where refs do not return, the
   * outcome is unknown if a new appointment (not in `clue.before`) shows at that start, before the call or after a
   * refusal. An own appointment in `clue.before` (the old one of a move) does not count as held.
   */
  bookSlot(input: {
    target: Target;
    request: BookingRequest;
    orderId: string | null;
    slot: Slot;
    ref: string;
    key: string | null;
    clue: OwnershipClue;
    acceptedCancels: readonly AcceptedCancel[];
    /** As in Where, for the look before the call. */
    mayBePartial?: boolean;
  }): Promise<BookAnswer>;
  /**
   * Looks whether the appointment is at the wanted time already, then moves it. One attempt. Fails with
   * `appointment_missing` when it is not shown, and with `appointment_gone` when it has ended.
   */
  moveAppointment(input: {
    target: Target;
    request: BookingRequest;
    orderId: string | null;
    appointmentId: string;
    slot: Slot;
    ref: string;
    clue: OwnershipClue;
    acceptedCancels: readonly AcceptedCancel[];
  }): Promise<BookAnswer>;
  lookUp(input: LookUp): Promise<Sighting>;
  /**
   * Returns once what is seen differs from `seen` (a sightingMark), or at `until`; it fails softly and is retried until
   * then. An own
   * appointment that stays missing for `missingForMs` fails it for good.
   */
  awaitAppointmentChange(
    input: LookUp &
      Paced & {
        seen: string;
        missingForMs: number;
        /** The pause after a look that saw no change, in ms; left out: as after one that failed. */
        everyMs?: number;
        /** When it looks and returns in any case, by the server's clock; left out: never. */
        until?: string;
      },
  ): Promise<Sighting>;
  /**
   * Looks, cancels the booking's own live appointment (the one with `appointmentId`, else whichever the look shows to
   * be ours), and reads again. One attempt. With nothing sent, it fails with `ambiguous_match`, `visit_begun` or
   * `fee_window`.
   */
  cancelAppointment(
    input: LookUp & {
      request: ReferredParty;
      /** The appointment to cancel; null: whichever is the booking's own. */
      appointmentId: string | null;
      reason: string | null;
      fees: FeeTerms;
      /** Phases in which it is left alone, unless a cancel of it was accepted. Left out: none. */
      sparedPhases?: readonly AppointmentPhase[];
      /** As in CancelCall. */
      isFirst?: boolean;
    },
  ): Promise<CancelAnswer>;
  /**
   * Returns the patient's live appointment on another order, to explain an unknown refusal; null when there is none.
   */
  findOtherVisit(input: { target: Target; orderId: string; userId: string }): Promise<OtherVisit | null>;
}
