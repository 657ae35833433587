/**
 * The domain's nouns as every layer sees them. They are provider-neutral and plain JSON (they travel through Temporal).
 * Times are RFC 3339 in UTC ("…Z"), with IANA zone names beside them.
 */

export type { ProviderName } from './vendors';

export interface Location {
  lng: number;
  lat: number;
}

export interface PostalAddress {
  firstLine: string;
  secondLine?: string | null;
  city: string;
  state: string;
  zip: string;
  country?: string | null;
  accessNotes?: string | null;
}

/** A draw site or practice: where the appointment is, when it is not the patient's home. */
export interface Place {
  code: string | null;
  name: string | null;
  address: PostalAddress | null;
}

/** The offsets from UTC, `±HH:MM`, in which a provider wrote a start and an end. */
export interface WrittenOffsets {
  startsAt: string;
  endsAt: string;
}

/** A time on offer, with a key that expires. */
export interface Slot {
  key: string;
  startsAt: string;
  endsAt: string;
  /** When the key stops working; null when the provider does not say. */
  expiresAt: string | null;
  timezone: string | null;
  /** Only where they contradict our data of the zone: then the clock at the place follows them. */
  offsets?: WrittenOffsets;
  price: number | null;
  /** In the provider's unit; only for ordering by closeness. */
  distance: number | null;
  location: Location | null;
  place: Place | null;
}

/** What a search found. */
export interface FoundSlots {
  slots: Slot[];
  /**
   * Whether all wanted days were searched. A search that stopped at its limit of calls proves nothing about the rest.
   */
  complete: boolean;
}

/** What a provider's status means to the saga. `unknown` is carried and never moves a booking by itself. */
export type AppointmentPhase =
  'pending' | 'reserved' | 'confirmed' | 'in_progress' | 'completed' | 'cancelled' | 'unknown';

/** The provider's own record of a taken slot. */
export interface Appointment {
  id: string;
  orderId: string | null;
  /** Which vendor serves it, in the provider's words (`getlabs`, `quest`, …; unknown ones are carried). */
  provider: string;
  providerId: string | null;
  externalId: string | null;
  type: string;
  /** The provider's words, as they came. */
  status: string;
  eventStatus: string | null;
  /** What `status` and `eventStatus` mean together. */
  phase: AppointmentPhase;
  startsAt: string | null;
  endsAt: string | null;
  timezone: string | null;
  /** As a slot's. */
  offsets?: WrittenOffsets;
  address: PostalAddress | null;
  location: Location | null;
  place: Place | null;
  canReschedule: boolean | null;
  /** Our reference (see ref.ts), read back from where a book call puts it; null when it carries none of ours. */
  ref: string | null;
  /**
   * Set when the provider's list names its people only nearly as the request does (other accents, say), and no id
   * tells. The appointment may be this booking's or somebody else's, so looks report it, and it is never taken for
   * ours.
   */
  isNearMatch?: true;
  /** Why the provider did what it did last (its `event_data`, shortened); for the attempt's reason. */
  reason: string | null;
}

/** Where an order stands, as far as the saga needs to know. */
export type OrderPhase =
  'received' | 'ready' | 'collecting' | 'with_lab' | 'completed' | 'cancelled' | 'failed' | 'unknown';

/** What the appointment serves. */
export interface Order {
  id: string;
  /** The provider's full status words, e.g. `received.at_home_phlebotomy.requisition_created`. */
  status: string;
  phase: OrderPhase;
  /** The collection method, e.g. `at_home_phlebotomy`. */
  kind: string;
  /** The caller's string at the provider; holds the booking id of an order that a booking placed. */
  passthrough: string | null;
  /** The account's user that the order belongs to. */
  userId: string | null;
  address: PostalAddress | null;
  /** Date of birth, `YYYY-MM-DD`. */
  dob: string | null;
  createdAt: string | null;
  /**
   * Since when (RFC 3339, the provider's clock) the order's own newest status says that it has an appointment, pending
   * or scheduled; null when it says otherwise or nothing. It contradicts a look that shows none.
   */
  hasAppointmentSince: string | null;
}

/** What one look at the provider showed: the order (where there are orders) and its appointments. */
export interface Sighting {
  /**
   * Null at providers without orders, and beside a live appointment, which proves its order without a read. Where there
   * are orders, a look always reads the order or a live appointment of it.
   */
  order: Order | null;
  /** Appointments that occupy a slot (anything not cancelled). */
  live: Appointment[];
  /** Cancelled appointments that the provider still shows. */
  ended: Appointment[];
  /** Whether there may be more appointments, because part of the provider's list could not be read. */
  isPartial?: true;
}

/** A write's answer that does not tell whether it took effect. */
export interface Unanswered {
  is: 'unknown';
  /** What came as an answer, in short. */
  said: string;
  /**
   * Whether the provider refused the write in its own error form, in words that no row of the adapter's table names.
   * Then one fresh look and a person follow at once, instead of looks over the late-commit window.
   */
  isRefusal?: boolean;
}

/** The answer of a write: it took effect, or its effect is unknown. A write that had no effect throws a Failure. */
export type WriteAnswer<T> = { is: 'done'; value: T } | Unanswered;
