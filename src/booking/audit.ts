import type { ProviderName, Sighting } from './model';
import { isRefOf, makerOf } from './ref';
import type { Party } from './request-parts';
import type { BookingView } from './schema/view';

/**
 * The audit: what bookings believe, held against what providers show, in both directions. Reading only. Pure: the
 * comparison knows neither Temporal nor a provider.
 */

/** What is audited. */
export interface AuditScope {
  provider?: ProviderName;
  account?: string;
  /** Open bookings, and those that began so many days ago at most; providers' orders as old as that. */
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

/** A booking as it stands in Temporal, down to what the comparison needs: many go in one payload. */
export interface AuditedBooking {
  /** With its last attempt only, and without what was tried before a person was asked. */
  view: BookingView;
  request: Party;
  open: boolean;
}

export const FINDINGS = {
  appointment_missing: 'The booking has an appointment that the provider does not show.',
  time_differs: 'The provider shows the appointment at another time than the booking.',
  status_differs: 'The provider shows the appointment in another status than the booking.',
  order_gone: 'The booking is open, and its order has ended at the provider.',
  appointment_left: 'The booking has ended unbooked, and its appointment is live at the provider.',
  order_left: 'The booking has ended, and the order that it placed is live at the provider.',
  order_without_booking: 'A live order carries the id of a booking that Temporal does not know.',
  unreadable: 'The booking could not be held against the provider.',
} as const;
export type FindingKind = keyof typeof FINDINGS;

/** One thing that does not fit. Holds ids, times and status words only. */
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
  /** Bookings and orders that were looked at. */
  bookings: number;
  orders: number;
  /** Whether there were more bookings than one audit looks at. */
  truncated: boolean;
}

/** An order at a provider that carries what looks like a booking's id. */
export interface TracedOrder {
  orderId: string;
  bookingId: string;
  status: string;
}

/** A booking's id, as src/booking/ids.ts makes it. */
const ID_FORM = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** Whether a string may be the id of one of our bookings. */
export function looksLikeBookingId(text: string | null): text is string {
  return text !== null && ID_FORM.test(text);
}

/** What does not fit between a booking and a look at its provider. */
export function findingsOf(
  booking: AuditedBooking,
  seen: Sighting,
  { refReturns }: Pick<AuditPlace, 'refReturns'>,
): Finding[] {
  const own = ownIn(booking, seen, refReturns);
  return booking.open ? openFindings(booking, seen, own) : endedFindings(booking, seen, own);
}

/** A finding about a booking. */
export function findingAbout(
  kind: FindingKind,
  { view }: AuditedBooking,
  facts: Pick<Finding, 'booking' | 'shown'> & { appointmentId?: string },
): Finding {
  return {
    kind,
    provider: view.provider,
    account: view.account,
    bookingId: view.id,
    orderId: view.order?.id ?? null,
    appointmentId: facts.appointmentId ?? view.appointment?.id ?? null,
    booking: facts.booking,
    shown: facts.shown,
  };
}

type Own = Sighting['live'][number] | null;

/** An ended booking's appointment is its own by its ref alone: one that was taken over is not its to end. */
function ownIn({ view, open }: AuditedBooking, seen: Sighting, refReturns: boolean): Own {
  const maker = makerOf(view.id, view.createdAt);
  const byId = open || !refReturns ? seen.live.find(({ id }) => id === view.appointment?.id) : undefined;
  return byId ?? seen.live.find(({ ref }) => isRefOf(maker, ref)) ?? null;
}

/** Statuses in which the booking has an appointment that nothing is being done to. */
const STANDING: readonly string[] = ['awaiting_confirmation', 'confirmed', 'in_progress'];
const GONE: readonly string[] = ['cancelled', 'failed'];

function openFindings(booking: AuditedBooking, seen: Sighting, own: Own): Finding[] {
  const { view } = booking;
  const { appointment } = view;
  // What waits for a person is known not to fit.
  if (view.attention || !STANDING.includes(view.status) || !appointment) return [];
  const said = { booking: `${view.status}, ${appointment.status} at ${appointment.startsAt ?? 'no time'}` };
  if (seen.order && GONE.includes(seen.order.phase))
    return [findingAbout('order_gone', booking, { ...said, shown: seen.order.status })];
  if (!own) return [findingAbout('appointment_missing', booking, { ...said, shown: 'no appointment' })];
  const shown = `${own.status} at ${own.startsAt ?? 'no time'}`;
  if (timeOf(own.startsAt) !== timeOf(appointment.startsAt))
    return [findingAbout('time_differs', booking, { ...said, shown })];
  if (own.status !== appointment.status) return [findingAbout('status_differs', booking, { ...said, shown })];
  return [];
}

/** Outcomes of an undo after which something may stand with everybody's knowledge. */
const KNOWN_TO_STAND: readonly (string | undefined)[] = ['nothing_to_undo', 'left_to_person'];

function endedFindings(booking: AuditedBooking, seen: Sighting, own: Own): Finding[] {
  const { view } = booking;
  // After a visit order and appointment live on, as they should.
  if (view.status === 'completed') return [];
  const outcomeOf = (step: string) => view.compensation.find((undo) => undo.step === step)?.outcome;
  const found: Finding[] = [];
  if (own && own.standing !== 'completed' && outcomeOf('appointment') !== 'left_to_person') {
    const shown = `${own.status} at ${own.startsAt ?? 'no time'}`;
    found.push(
      findingAbout('appointment_left', booking, { booking: view.status, shown, appointmentId: own.id }),
    );
  }
  const isOurs = view.order?.origin === 'placed' && !KNOWN_TO_STAND.includes(outcomeOf('order'));
  if (isOurs && isLive(seen)) {
    found.push(
      findingAbout('order_left', booking, { booking: view.status, shown: seen.order?.status ?? 'live' }),
    );
  }
  return found;
}

/** A live appointment proves its order. */
function isLive({ order, live }: Sighting): boolean {
  if (!order) return live.length > 0;
  return !GONE.includes(order.phase) && order.phase !== 'completed' && order.phase !== 'with_lab';
}

function timeOf(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}
