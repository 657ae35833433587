import type { ProviderName, Sighting } from './model';
import { isRefOf, makerOf } from './ref';
import type { Party } from './request-parts';
import type { BookingStatus, BookingView, UndoOutcome } from './schema/view';

/**
 * The audit compares what bookings believe with what providers show, in both directions. It only reads. This file is
 * pure: the comparison knows neither Temporal nor a provider.
 */

/** What is audited. */
export interface AuditScope {
  provider?: ProviderName;
  account?: string;
  /**
   * How far back the audit looks: at bookings that began in these days (and all open ones), and at orders of these
   * days.
   */
  days: number;
}

/** One account at one provider. */
export interface AuditPlace {
  provider: ProviderName;
  account: string;
  taskQueue: string;
  callTimeoutMs: number;
  hasOrders: boolean;
  refReturns: boolean;
}

/** A booking as it stands in Temporal, with only what the comparison needs, because many travel together. */
export interface AuditedBooking {
  id: string;
  createdAt: string;
  status: BookingStatus;
  open: boolean;
  /** Whether a person is asked already: then a mismatch is known. */
  waits: boolean;
  order: { id: string; origin: 'placed' | 'adopted' } | null;
  appointment: { id: string; status: string; startsAt: string | null } | null;
  /**
   * Start of the slot that was tried last; null when none was tried, or when the provider agrees the time with the
   * patient.
   */
  triedAt: string | null;
  /** What became of its undos. */
  undone: Partial<Record<'appointment' | 'order', UndoOutcome>>;
  /** The party by which its appointment is looked up; null where its order leads to the appointment. */
  party: Party | null;
}

export const FINDINGS = {
  appointment_missing: 'The booking has an appointment that the provider does not show.',
  time_differs: 'The provider shows the appointment at another time than the booking.',
  status_differs: 'The provider shows the appointment in another status than the booking.',
  order_gone: 'The booking is open, and its order has ended at the provider.',
  appointment_left: 'The booking has ended unbooked, and its appointment is live at the provider.',
  order_left:
    'The booking has ended, and the order that it placed is live at the provider, or the adopted one that it cancelled.',
  second_order: 'A live order carries the id of a booking that has another order.',
  order_unclaimed: 'A live order carries the id of a booking that does not know of it.',
  order_without_booking: 'A live order carries the id of a booking that Temporal does not know.',
  unreadable: 'The booking or order could not be read, so nobody can tell whether it fits.',
  account_unreadable:
    'The account, or a part of it, could not be audited: what does not fit there is not told.',
} as const;
export type FindingKind = keyof typeof FINDINGS;

/** One mismatch. It holds ids, times and status words only. */
export interface Finding {
  kind: FindingKind;
  provider: string | null;
  account: string | null;
  bookingId: string | null;
  orderId: string | null;
  appointmentId: string | null;
  /** What the booking says, and what the provider shows. */
  booking: string;
  shown: string;
}

export interface AuditReport {
  findings: Finding[];
  /** How many bookings and orders were looked at. */
  bookings: number;
  orders: number;
  /** Whether there were more bookings than one audit looks at, or more findings than it tells. */
  truncated: boolean;
}

/** A live order that may be a booking's: it carries a text where a booking puts its id. */
export interface TracedOrder {
  orderId: string;
  /**
   * The text that it carries. It is a booking's id only if it has the form of one, or Temporal knows a booking by it.
   */
  bookingId: string;
  status: string;
}

/** Where the list of an account's orders goes on. All orders that were created earlier have been seen. */
export interface OrderCursor {
  createdAt: string;
  /** Ids of the orders of that very moment that have been seen. */
  ids: string[];
}

/** A booking's id, as src/booking/ids.ts makes it. */
const ID_FORM = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** Returns true when a text has the form of our ids. Other systems' ids do not look like that. */
export function looksLikeBookingId(text: string): boolean {
  return ID_FORM.test(text);
}

/** A Temporal id of more bytes than this is refused, so no booking has it. */
const MAX_ID_BYTES = 900;

/** Returns true when a text could be a booking's id at all: clients other than ours may choose other ids. */
export function mayBeBookingId(text: string | null): text is string {
  return text !== null && text !== '' && new TextEncoder().encode(text).length <= MAX_ID_BYTES;
}

/** Returns what the comparison needs of a view. */
export function auditedBookingOf(view: BookingView, open: boolean, party: Party | null): AuditedBooking {
  const { order, appointment } = view;
  return {
    id: view.id,
    createdAt: view.createdAt,
    status: view.status,
    open,
    waits: view.attention !== null,
    order: order && { id: order.id, origin: order.origin },
    appointment: appointment && {
      id: appointment.id,
      status: appointment.status,
      startsAt: appointment.startsAt,
    },
    triedAt: view.attempts.at(-1)?.startsAt ?? null,
    undone: Object.fromEntries(view.compensation.map(({ step, outcome }) => [step, outcome])),
    party,
  };
}

/** Returns true when a booking never tried a slot: without orders, it then made nothing. */
export function hasTriedNothing({ attempts, attemptsLeftOut, appointment }: BookingView): boolean {
  return attempts.length === 0 && !attemptsLeftOut && appointment === null;
}

/** Returns the mismatches between a booking and a look at its provider. */
export function findingsOf(booking: AuditedBooking, seen: Sighting, place: AuditPlace): Finding[] {
  const own = ownIn(booking, seen, place.refReturns);
  return booking.open ? openFindings(booking, seen, own, place) : endedFindings(booking, seen, own, place);
}

type Said = Pick<Finding, 'booking' | 'shown'>;

/** A finding about a booking. */
export function findingAbout(
  kind: FindingKind,
  place: Pick<AuditPlace, 'provider' | 'account'>,
  { id, order, appointment }: Pick<AuditedBooking, 'id' | 'order' | 'appointment'>,
  said: Said & { appointmentId?: string },
): Finding {
  return finding(kind, place, {
    bookingId: id,
    orderId: order?.id ?? null,
    appointmentId: said.appointmentId ?? appointment?.id ?? null,
    booking: said.booking,
    shown: said.shown,
  });
}

/** A finding about a booking of which nothing can be read. */
export function unreadableBooking(
  place: Pick<AuditPlace, 'provider' | 'account'>,
  bookingId: string,
  orderId: string | null,
  why: string,
): Finding {
  return finding('unreadable', place, { bookingId, orderId, booking: 'not readable', shown: why });
}

/** A finding about an account: which part of it was not audited, and why. */
export function unreadableAccount(
  place: Pick<AuditPlace, 'provider' | 'account'>,
  part: string,
  why: string,
): Finding {
  return finding('account_unreadable', place, { booking: part, shown: why });
}

/** Longest text in a finding, in characters: a provider's words may be of any length. */
const MAX_TEXT_LENGTH = 128;

function finding(
  kind: FindingKind,
  { provider, account }: Pick<AuditPlace, 'provider' | 'account'>,
  facts: Partial<Finding> & Said,
): Finding {
  const short = (text?: string | null): string | null => (text ? text.slice(0, MAX_TEXT_LENGTH) : null);
  return {
    kind,
    provider,
    account,
    bookingId: short(facts.bookingId),
    orderId: short(facts.orderId),
    appointmentId: short(facts.appointmentId),
    booking: facts.booking.slice(0, MAX_TEXT_LENGTH),
    shown: facts.shown.slice(0, MAX_TEXT_LENGTH),
  };
}

type Own = Sighting['live'][number] | null;

/**
 * Returns the booking's own live appointment in a look. For an ended booking only the ref decides, where refs return:
 * an appointment that was taken over is not its to end.
 */
function ownIn(
  { id, createdAt, open, appointment }: AuditedBooking,
  seen: Sighting,
  refReturns: boolean,
): Own {
  const maker = makerOf(id, createdAt);
  const byId = open || !refReturns ? seen.live.find((one) => one.id === appointment?.id) : undefined;
  return byId ?? seen.live.find(({ ref }) => isRefOf(maker, ref)) ?? null;
}

/** Statuses in which the booking has an appointment that nothing is being done to. */
const STANDING: readonly string[] = ['awaiting_confirmation', 'confirmed', 'in_progress'];
const GONE: readonly string[] = ['cancelled', 'failed'];

function openFindings(booking: AuditedBooking, seen: Sighting, own: Own, place: AuditPlace): Finding[] {
  const { appointment } = booking;
  if (booking.waits || !STANDING.includes(booking.status) || !appointment) return [];
  const said = {
    booking: `${booking.status}, ${appointment.status} at ${appointment.startsAt ?? 'no time'}`,
  };
  const found = (kind: FindingKind, shown: string) => [
    findingAbout(kind, place, booking, { ...said, shown }),
  ];
  if (seen.order && GONE.includes(seen.order.phase)) return found('order_gone', seen.order.status);
  if (!own) return found('appointment_missing', 'no appointment');
  const shown = `${own.status} at ${own.startsAt ?? 'no time'}`;
  if (timeOf(own.startsAt) !== timeOf(appointment.startsAt)) return found('time_differs', shown);
  if (own.status !== appointment.status) return found('status_differs', shown);
  return [];
}

function endedFindings(booking: AuditedBooking, seen: Sighting, own: Own, place: AuditPlace): Finding[] {
  // After a visit, order and appointment stay as they are.
  if (booking.status === 'completed') return [];
  const found: Finding[] = [];
  if (own && own.phase !== 'completed' && booking.undone.appointment !== 'left_to_person') {
    const shown = `${own.status} at ${own.startsAt ?? 'no time'}`;
    const said = { booking: booking.status, shown, appointmentId: own.id };
    found.push(findingAbout('appointment_left', place, booking, said));
  }
  if (isToBeEnded(booking) && isLive(seen)) {
    const said = { booking: booking.status, shown: seen.order?.status ?? 'live' };
    found.push(findingAbout('order_left', place, booking, said));
  }
  return found;
}

/** Outcomes of an undo that explain a live order. */
const KNOWN_TO_STAND: readonly (string | undefined)[] = ['nothing_to_undo', 'left_to_person'];

/** Returns true when an ended booking's own order must not be live. */
function isToBeEnded({
  status,
  order,
  undone,
}: Pick<AuditedBooking, 'status' | 'order' | 'undone'>): boolean {
  if (status === 'completed') return false;
  if (undone.order === 'undone') return true;
  return order?.origin === 'placed' && !KNOWN_TO_STAND.includes(undone.order);
}

/** Returns true when the look shows a live order. A live appointment proves its order. */
function isLive({ order, live }: Sighting): boolean {
  if (!order) return live.length > 0;
  return isLiveOrder(order);
}

const OVER: readonly string[] = ['cancelled', 'failed', 'completed', 'with_lab'];

/** Returns true when an order may still bring about a visit. */
export function isLiveOrder({ phase }: { phase: string }): boolean {
  return !OVER.includes(phase);
}

/** What a booking says of its order, as far as it can be read. */
export type Claim = Pick<AuditedBooking, 'status' | 'open' | 'waits' | 'order' | 'undone'>;

/**
 * Returns what is wrong with a live order that carries a known booking's id, or null. A booking that is placing its
 * order, or undoing it, looks for the order by that id itself, and asks a person when it does not find it.
 */
export function strayKindOf({ orderId }: TracedOrder, claim: Claim): FindingKind | null {
  if (claim.order?.id === orderId) return !claim.open && isToBeEnded(claim) ? 'order_left' : null;
  if (claim.order) return 'second_order';
  const looksItself = claim.open && !claim.waits && LOOKING.includes(claim.status);
  return looksItself ? null : 'order_unclaimed';
}

const LOOKING: readonly string[] = ['ordering', 'compensating'];

/** A finding about a live order. */
export function strayOrder(
  kind: FindingKind,
  place: Pick<AuditPlace, 'provider' | 'account'>,
  { orderId, bookingId, status }: TracedOrder,
  booking: string,
): Finding {
  return finding(kind, place, { bookingId, orderId, booking, shown: status });
}

function timeOf(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}
