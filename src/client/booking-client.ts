import type { Client } from '@temporalio/client';
import { cancelBooking, resolveBooking, retryBooking } from '../../workflows/messages';
import type { AuditReport } from '../booking/audit';
import type { CancelMessage, RescheduleMessage, ResolveMessage, RetryMessage } from '../booking/messages';
import type { FoundSlots, Slot } from '../booking/model';
import type { Incident, StuckReport } from '../booking/ops';
import type { BookingSummary } from '../booking/schema/summary';
import type { BookingView } from '../booking/schema/view';
import { bulkStatus, resumeIncident, type Bulk, type Resume } from './bulk';
import { changeBooking, wakeBooking, type NewsKind } from './change';
import type { ClientContext } from './executions/client-context';
import { glanceAtBooking, readBooking, type Glance } from './executions/read';
import { explainBooking, type Explanation } from './explain';
import { bookingsOfOrders, listBookings, type BookingFilter, type BookingPage } from './list';
import { auditBookings, type AuditOptions } from './ops/audit';
import { cleanUpBooking } from './ops/clean-up';
import { listIncidents } from './ops/incidents';
import { findStuckBookings } from './ops/stuck';
import { moveBooking } from './reschedule';
import { findSlots } from './slots';
import { startBooking, type StartOptions, type Started } from './start';
import { settledBooking, watchBooking, type SettledOptions, type WatchOptions } from './watch';

export type { AuditOptions } from './ops/audit';
export type { Bulk, Resume } from './bulk';
export type { NewsKind } from './change';
export type { Glance } from './executions/read';
export type { ExplainedStep, Explanation } from './explain';
export type { BookingFilter, BookingPage } from './list';
export type { Started, StartOptions } from './start';

/**
 * Bookings, for another service or for the HTTP app. Every method throws only Failures of the table in
 * src/booking/failures.ts, such as `temporal_unavailable`; any other error is a bug.
 */
export interface BookingClient {
  /**
   * Starts a booking, or finds the one that the same key and request started, open or closed. A new booking is returned
   * as it begins (revision 0), without waiting for a worker. Refuses with `invalid_request`, `idempotency_key_reused`,
   * and `order_in_use`, whose hint is the id of the booking that uses the order.
   */
  start(request: unknown, options?: StartOptions): Promise<Started>;
  /** Returns the booking as it stands; the newest if several bookings adopted the order. Throws `booking_not_found`. */
  get(id: string): Promise<BookingView>;
  /** Returns a page of bookings, newest first. It may lag by a second or two. */
  list(filter?: BookingFilter): Promise<BookingPage>;
  /** Yields the booking now and at each change, until it has ended or the signal aborts. */
  watch(id: string, options?: WatchOptions): AsyncIterable<BookingView>;
  /** Returns the booking once it is settled (see isSettled), or as it stands when the time is up. */
  settled(id: string, options?: SettledOptions): Promise<BookingView>;
  /** These return the booking once the message is accepted, and throw the code of a refusal. */
  cancel(id: string, message: CancelMessage): Promise<BookingView>;
  retry(id: string, message: RetryMessage): Promise<BookingView>;
  resolve(id: string, message: ResolveMessage): Promise<BookingView>;
  /** Refuses invalid windows or an invalid slot with `invalid_request`, naming the field. */
  reschedule(id: string, message: RescheduleMessage): Promise<BookingView>;
  /** Returns whether the booking is open, and its last view, by one call; null when there is no such booking. */
  glance(id: string): Promise<Glance | null>;
  /** Returns all bookings of these orders, by one query. It may lag by a second or two. */
  ofOrders(orderIds: readonly string[]): Promise<BookingSummary[]>;
  /** Has the booking read the provider once. Returns false when the booking is closed or absent. */
  wake(id: string, kind: NewsKind): Promise<boolean>;
  /** Starts the clean-up of an ended booking that could not account for a call. Returns false when none is needed. */
  cleanUp(id: string): Promise<boolean>;
  /**
   * Returns the slots that a booking with this request would try, best first, and whether all wanted days were
   * searched.
   */
  findSlots(request: unknown): Promise<FoundSlots>;
  /** Returns only the slots of findSlots, for callers that need not know whether the search was complete. */
  searchSlots(request: unknown): Promise<Slot[]>;
  /** Returns the incidents: open bookings that wait for a person, by reason, provider and account. */
  incidents(): Promise<Incident[]>;
  /** Begins to resume an incident's bookings at a limited rate, or asks a resumption under way to list them anew. */
  resume(incident: Resume, by: string): Promise<Bulk>;
  /** Returns how far a resumption has come. */
  resumption(bulkId: string): Promise<Bulk>;
  /** Returns the bookings that cannot report themselves. */
  stuckBookings(): Promise<StuckReport>;
  /** Returns the mismatches between bookings and providers. Reads only. */
  audit(options: AuditOptions): Promise<AuditReport>;
  /** Returns each call of the booking in order, its evidence, and why the booking went on as it did. */
  explain(id: string): Promise<Explanation>;
}

export interface BookingClientOptions {
  /** Made with the data converter of src/temporal/encryption.ts; names the namespace. */
  client: Client;
  /** 32 bytes, the same in every client of a deployment: ids and idempotency depend on it. */
  idKey: Buffer;
}

/** Creates a client of a deployment's bookings. It holds no state, so you can create many. */
export function createBookingClient({ client, idKey }: BookingClientOptions): BookingClient {
  const context: ClientContext = { client, idKey };
  return {
    start: (request, options) => startBooking(context, request, options),
    get: (id) => readBooking(context, id),
    list: (filter) => listBookings(context, filter),
    watch: (id, options) => watchBooking(context, id, options),
    settled: (id, options) => settledBooking(context, id, options),
    cancel: (id, message) => changeBooking(context, id, cancelBooking, message),
    retry: (id, message) => changeBooking(context, id, retryBooking, message),
    resolve: (id, message) => changeBooking(context, id, resolveBooking, message),
    reschedule: (id, message) => moveBooking(context, id, message),
    glance: (id) => glanceAtBooking(context, id),
    ofOrders: (orderIds) => bookingsOfOrders(context, orderIds),
    wake: (id, kind) => wakeBooking(context, id, kind),
    cleanUp: (id) => cleanUpBooking(context, id),
    findSlots: (request) => findSlots(context, request),
    searchSlots: async (request) => (await findSlots(context, request)).slots,
    incidents: () => listIncidents(context),
    resume: (incident, by) => resumeIncident(context, incident, by),
    resumption: (bulkId) => bulkStatus(context, bulkId),
    stuckBookings: () => findStuckBookings(context),
    audit: (options) => auditBookings(context, options),
    explain: (id) => explainBooking(context, id),
  };
}
