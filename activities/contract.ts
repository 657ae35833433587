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
import type {
  Appointment,
  FoundSlots,
  Order,
  ProviderName,
  Sighting,
  Slot,
  AppointmentPhase,
  Unanswered,
  WriteAnswer,
} from '../src/booking/model';
import type { Party, ReferredParty } from '../src/booking/request-parts';
import type { BookingRequest } from '../src/booking/schema/request';
import type { OwnershipClue } from '../src/booking/sighting';
import type { LookedFor } from '../src/booking/explanation';
import type { AcceptedCancel } from '../src/booking/traces';
import type { Tier } from '../src/providers/provider';

/**
 * What the saga asks of the world. Workflows import these as types only.
 *
 * Failures of the table cross as ApplicationFailures whose `type` is the code and whose first detail holds the
 * facts. Reads are retried by the server (retryable codes only). Writes have one attempt, look first, and
 * answer `unknown` when their effect cannot be told.
 */

/** Where a provider's activities find their way: which adapter, which account. */
export interface Target {
  provider: ProviderName;
  account: string;
  bookingId: string;
  callTimeoutMs: number;
  /**
   * How long a failing read is tried before a person is asked, in ms (activities/patience.ts). Not there where an earlier
   * build asks: that one limits the tries.
   */
  patienceMs?: number;
  /** Whether a person is asked when this write fails: the last of its tries. */
  isLastTry?: boolean;
  /**
   * The runs that may write where refs do not return: the one in which the booking began (Temporal's
   * originalExecutionRunId, which a reset keeps), and one made by a reset that a person had go on. A write of another is
   * `booking_reset`. Not there where an earlier build asks.
   */
  runIds?: readonly string[];
}

/** A booking, opened: the request parsed, the provider's table row resolved for the account. */
export interface OpenedBooking {
  request: BookingRequest;
  capabilities: Capabilities;
  limits: Limits;
}

/** Runs on the queue `bookings`. */
export interface CoreActivities {
  /**
   * Parses the request again (the door may not have been ours) and freezes capabilities and limits. `afterwards`:
   * for a booking that has ended, whose days may have passed; only the form counts then.
   */
  openBooking(input: { request: unknown; bookingId: string; afterwards?: boolean }): Promise<OpenedBooking>;
  /** The request with a reschedule's windows or slot in the place of its own; relative days are days at the place. */
  openReschedule(input: {
    request: BookingRequest;
    change: AcceptedMove;
    /** The zone of the appointment, where the provider gave one. Not there where an earlier build asks. */
    timezone?: string | null;
  }): Promise<BookingRequest>;
  /** The body of a message that a worker could not decrypt, if this one can; else `message_unreadable`. */
  readMessage(input: { body: unknown }): Promise<{ body: unknown }>;
  /** Fails with `booking_reset` in another run than these (see Target). */
  refuseReset(input: Pick<Target, 'runIds'>): Promise<void>;
  /** Whether another booking with this id is open in Temporal, or being cleaned up after. */
  isBookingOpen(input: { bookingId: string }): Promise<boolean>;
  /**
   * What other bookings of this deployment know of appointments that showed at a start, where refs do not return. Waits
   * out visibility's lag first; lists the account's bookings and clean-ups whose `BookingStartsAt` is that start ± 1
   * minute, open and closed, and reads each one's memo. Fails with `ambiguous_match` when the asking booking is not in its
   * own list (after some tries), or a memo cannot be read.
   */
  othersClaims(input: {
    provider: ProviderName;
    account: string;
    bookingId: string;
    startsAt: string;
    /** Whether the asking booking publishes no start now: then it is in no list, and its absence proves nothing. */
    isUnlisted?: boolean;
    ids: readonly string[];
    /** Starts of those that are not there: bookings at these are listed too, for what they know as their own. */
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
    /** One that has taken it on from then on counts, though it has ended. Not there where an earlier build asks. */
    takenOnSince?: string;
  }): Promise<boolean>;
}

/** Looking after bookings from outside; runs on the queue `bookings`. */
export interface OpsActivities {
  /** Has every booking that was cut off cleaned up after. Safe to repeat. */
  sweepCutOff(): Promise<Swept>;
  /** What a run that was cut off left to be known by. Fails with `key_missing`, or `booking_not_found` past the retention. */
  readLeftBehind(input: { bookingId: string; runId: string }): Promise<LeftBehind>;
  /** Finds the bookings that cannot report themselves, and tells the log. */
  findStuckBookings(): Promise<StuckReport>;
  /** Open bookings and clean-ups that began before then and wait for a person for this reason, a piece at a time. */
  waitingFor(input: {
    incident: IncidentFilter;
    before: string;
    after: WaitingCursor | null;
  }): Promise<Waiting>;
  /**
   * Has those try again that still wait as they were listed, at most so many a second. One that cannot be told is
   * named, and stops no other.
   */
  resume(
    input: { workflowIds: string[]; sinceOf?: WaitingSince; ratePerSecond: number } & Retrying,
  ): Promise<Resumed>;
}

/** Bookings as they stand, and a finding about each one that cannot be read: it stops no other. */
export interface ReadBookings {
  bookings: AuditedBooking[];
  unreadable: Finding[];
}

/** What the audit asks of Temporal and the settings; runs on the queue `bookings`. Reading only. */
export interface AuditActivities {
  /** The accounts that the scope covers. */
  auditPlaces(input: { scope: AuditScope }): Promise<AuditPlace[]>;
  /** A finding for each account that bookings name and the settings do not. */
  unknownAccounts(input: { scope: AuditScope; since: string }): Promise<Finding[]>;
  /** A page of the place's bookings: open ones, and those that began since. */
  auditedBookings(input: {
    place: AuditPlace;
    since: string;
    pageToken: string | null;
  }): Promise<ReadBookings & { seen: number; nextPageToken: string | null }>;
  /** These bookings as they stand now. */
  readAgain(input: { place: AuditPlace; bookingIds: string[] }): Promise<ReadBookings>;
  /** Those of the orders that are not what the booking whose id they carry says of its order. */
  strayOrders(input: { place: AuditPlace; orders: TracedOrder[] }): Promise<Finding[]>;
}

/** What the audit asks of a provider; runs on the provider's queue, under its limits. Reading only. */
export interface ProviderAuditActivities {
  /**
   * Holds each booking against the provider. One that cannot be read is a finding, and stops no other; `gaveUp` says
   * why no more were looked at, when the account as a whole did not answer.
   */
  compareBookings(input: {
    place: AuditPlace;
    bookings: AuditedBooking[];
  }): Promise<{ findings: Finding[]; gaveUp: string | null }>;
  /**
   * Live orders since then that carry a text where a booking puts its id, how many orders there were, and where the
   * list goes on. `gaveUp` says why it ended before its end.
   */
  tracedOrders(input: { place: AuditPlace; since: string; after: OrderCursor | null }): Promise<{
    orders: TracedOrder[];
    seen: number;
    next: OrderCursor | null;
    gaveUp: string | null;
  }>;
  /** Those of the orders that are still live. */
  stillLive(input: { place: AuditPlace; orders: TracedOrder[] }): Promise<TracedOrder[]>;
}

export type BookAnswer =
  /** It is held: by this call, or (`earlier`) by one of this booking's earlier calls that surfaced. */
  | { is: 'held'; appointment: Appointment; earlier: boolean }
  /** The slot cannot be had. `searchAgain`: its key is bad, so others of the same search may be too. */
  | { is: 'gone'; reason: string; searchAgain: boolean }
  /** `isUnsent`: nothing was sent, as something new stood at that start already: an earlier call's effect, or anybody's. */
  | (Unanswered & { isUnsent?: boolean });

/** What to look for, and where; see Where in src/providers/provider.ts. */
export interface LookUp {
  target: Target;
  request: Party;
  orderId: string | null;
  startsAt: string | null;
  /** What tells the booking's own appointments from others'. */
  clue: OwnershipClue;
  /** Those of its own that stood when they were last seen: one that is not shown at all is `appointment_missing`. */
  liveIds: readonly string[];
  /** Our cancellations of appointments that the provider accepted: what is absent after one of these has ended. */
  acceptedCancels: readonly AcceptedCancel[];
  /** Whether the order is read as well where an appointment stands: at a draw site it may have ended alone. */
  withOrder?: boolean;
  /** Whether a list that is shared and kept for a while must have been read after this look began. */
  fresh?: boolean;
  /** As in Where. */
  mayBePartial?: boolean;
  /** What is looked for, told to whoever explains the booking; no look goes by it. Left out: nothing but how things stand. */
  lookedFor?: LookedFor;
}

/** What an undo may cost. */
export interface FeeTerms {
  /** Giving an appointment up closer to its start than this costs a fee, in ms; 0: no fee known. */
  feeWindowMs: number;
  accepted: boolean;
}

/** What became of an appointment that was to be cancelled. Looked at before the call and read after it. */
export type CancelAnswer =
  /** A read shows it ended, or it is absent after a cancel of ours that was accepted. `byUs`: such a cancel was made. */
  | { is: 'ended'; appointment: Appointment; byUs: boolean }
  /** The look showed nothing live of the booking's own, and no call was made. */
  | { is: 'nothing_there'; sighting: Sighting }
  /** The look showed it in one of `sparedPhases`, and no call was made. */
  | { is: 'spared'; appointment: Appointment }
  /** The provider's staff is asked: it stands until they have done it. */
  | { is: 'asked'; appointment: Appointment }
  /** It may still take effect late. `accepted`: the provider accepted it, and no read has shown that it ended. */
  | (Unanswered & { appointment: Appointment; accepted: boolean });

/** What became of an order that was to be cancelled. */
export type OrderCancelAnswer =
  /** A read shows it ended. `byUs`: after this very call, and not before it. */
  { is: 'ended'; order: Order; byUs: boolean } | (Unanswered & { order: Order });

/** Somebody's live appointment that explains why the provider takes no other for the patient. */
export interface OtherVisit {
  appointmentId: string;
  orderId: string;
  startsAt: string | null;
  /** The booking of this deployment whose it is, where its order or ref says so. */
  bookingId: string | null;
}

/** A poll that follows a finding of the same wait. */
export interface Paced {
  /** How long the provider is left alone before the first look, in ms. */
  pauseMs?: number;
}

/** Run on the provider's queue, under its limits. */
export interface ProviderActivities {
  /** Looks for the booking's order, then places it. */
  placeOrder(input: {
    target: Target;
    request: BookingRequest;
    key: string;
    createdSince: string;
  }): Promise<WriteAnswer<Order>>;
  findOrder(input: { target: Target; userId: string; createdSince: string }): Promise<Order | null>;
  /** `isKnown`: it was read before, so that not finding it is no fault of the request. */
  readOrder(input: { target: Target; orderId: string; isKnown?: boolean }): Promise<Order>;
  /**
   * Reads the order and what it carries, cancels it, and reads it again. One attempt. Cancels nothing and fails with
   * `foreign_appointment` where that would take somebody else's appointment along, or (not `mayTakeOwn`) the booking's own;
   * with `fee_window` or `visit_begun` where it would take along the booking's own at a fee or in its visit.
   */
  cancelOrder(
    input: LookUp & { orderId: string; takesAppointment: boolean; mayTakeOwn: boolean; fees: FeeTerms },
  ): Promise<OrderCancelAnswer>;
  /** Returns once the order's status differs from `seenStatus`; until then it fails softly and is retried. */
  awaitOrderChange(input: { target: Target; orderId: string; seenStatus: string } & Paced): Promise<Order>;
  /**
   * Slots in the wanted windows, wholly inside, best first, at most `max`, without those that were `tried` (slotMarks).
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
  /** Whether the place has slots to book, or a vendor that is asked and calls the patient. */
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
   * Looks whether the booking holds an appointment already, then books. One attempt. Where refs do not return, anything at
   * that start that was not there in the look before (`clue.before`) makes it unknown, before the call and after a refusal.
   * One of its own that is in `clue.before` (the old one of a move) is not what this call is to take.
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
   * Looks whether the appointment is there already, then moves it. One attempt. `appointment_missing` where it is not
   * shown, `appointment_gone` where it has ended.
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
   * Returns once what is seen differs from `seen` (a sightingMark); until then it fails softly and is retried. An own
   * appointment that stays missing for `missingForMs` fails it for good.
   */
  awaitAppointmentChange(input: LookUp & Paced & { seen: string; missingForMs: number }): Promise<Sighting>;
  /**
   * Looks, has the booking's own live appointment cancelled (the one that is meant, else whichever the look shows to be
   * ours), and reads again. One attempt. Fails, with nothing sent, with `ambiguous_match`, `visit_begun` or `fee_window`.
   */
  cancelAppointment(
    input: LookUp & {
      request: ReferredParty;
      /** The one that is meant; null: whichever is the booking's own. */
      appointmentId: string | null;
      reason: string | null;
      fees: FeeTerms;
      /** Phases in which the look leaves it alone, unless a cancel of it was accepted. Left out: none. */
      sparedPhases?: readonly AppointmentPhase[];
      /** As in CancelCall. */
      isFirst?: boolean;
    },
  ): Promise<CancelAnswer>;
  /** A live appointment of the patient's on another order, after a refusal that nobody understands; null: none explains it. */
  findOtherVisit(input: { target: Target; orderId: string; userId: string }): Promise<OtherVisit | null>;
}
