import { Context, log } from '@temporalio/activity';
import {
  findingAbout,
  findingsOf,
  isLiveOrder,
  mayBeBookingId,
  unreadableAccount,
  type AuditedBooking,
  type AuditPlace,
  type AuditScope,
  type Finding,
  type OrderCursor,
  type TracedOrder,
} from '../src/booking/audit';
import { Failure, failureRow, type FailureCode } from '../src/booking/failures';
import type { Order } from '../src/booking/model';
import { PROVIDERS, type ProviderName, vendorOf } from '../src/booking/vendors';
import { makerOf } from '../src/booking/ref';
import { capabilitiesOf, type Config } from '../src/config';
import type { Call, OrderCalls, Provider } from '../src/providers/provider';
import { beating } from './beating';
import type { AuditActivities, ProviderAuditActivities, ReadBookings } from './contract';
import { asActivity } from './failures';

/** What the audit needs of Temporal; src/client/ops/audit.ts implements it. */
export interface AuditWork {
  auditedBookings(
    place: AuditPlace,
    since: string,
    pageToken: string | null,
  ): Promise<ReadBookings & { seen: number; nextPageToken: string | null }>;
  readAgain(place: AuditPlace, bookingIds: string[]): Promise<ReadBookings>;
  strayOrders(place: AuditPlace, orders: TracedOrder[]): Promise<Finding[]>;
  /**
   * Counts, by account, the bookings that made something at an account of the provider that is not among the known
   * ones.
   */
  otherAccounts(
    provider: ProviderName,
    known: readonly string[],
    since: string,
  ): Promise<{ account: string; bookings: number }[]>;
}

type Settings = Pick<Config, 'accounts'>;

/** The audit's activities of the project's own queue. */
export function createAuditActivities(work: AuditWork, config: Settings): AuditActivities {
  return {
    auditPlaces: ({ scope }) => asActivity(async () => placesOf(scope, config)),
    unknownAccounts: ({ scope, since }) =>
      asActivity(() => beating(() => unknownAccounts(work, config, scope, since))),
    auditedBookings: ({ place, since, pageToken }) =>
      asActivity(() => beating(() => work.auditedBookings(place, since, pageToken))),
    readAgain: ({ place, bookingIds }) => asActivity(() => beating(() => work.readAgain(place, bookingIds))),
    strayOrders: ({ place, orders }) => asActivity(() => beating(() => work.strayOrders(place, orders))),
  };
}

/** Returns every account of every provider that the scope covers. Throws `account_unknown` when there is none. */
function placesOf(scope: AuditScope, config: Settings): AuditPlace[] {
  const places = providersOf(scope).flatMap((provider) =>
    accountsOf(config, provider)
      .filter((account) => (scope.account ?? account) === account)
      .flatMap((account) => placeOf(config, provider, account) ?? []),
  );
  if (places.length === 0) throw new Failure('account_unknown', { field: 'account' });
  return places;
}

function providersOf(scope: AuditScope): readonly ProviderName[] {
  return PROVIDERS.filter((name) => (scope.provider ?? name) === name);
}

function accountsOf({ accounts }: Settings, provider: ProviderName): string[] {
  return Object.keys(accounts[vendorOf(provider)]);
}

function placeOf(config: Settings, provider: ProviderName, account: string): AuditPlace | null {
  const capabilities = capabilitiesOf(config, provider, account);
  if (!capabilities) return null;
  const { taskQueue, callTimeoutMs, orderKind, refReturns } = capabilities;
  return { provider, account, taskQueue, callTimeoutMs, hasOrders: orderKind !== null, refReturns };
}

/** Finds accounts whose settings were removed: what bookings made there still stands, and cannot be looked at. */
async function unknownAccounts(
  work: AuditWork,
  config: Settings,
  scope: AuditScope,
  since: string,
): Promise<Finding[]> {
  if (scope.account !== undefined) return [];
  const found: Finding[] = [];
  for (const provider of providersOf(scope)) {
    for (const { account, bookings } of await work.otherAccounts(
      provider,
      accountsOf(config, provider),
      since,
    ))
      found.push(unreadableAccount({ provider, account }, `${bookings} bookings`, 'account_unknown'));
  }
  return found;
}

/** The audit's activities of a provider's queue. */
export function createProviderAuditActivities(
  providerFor: (name: ProviderName) => Provider,
): ProviderAuditActivities {
  return {
    compareBookings: ({ place, bookings }) =>
      asActivity(() => beating(() => compareAll(providerFor(place.provider), place, bookings))),
    tracedOrders: ({ place, since, after }) =>
      asActivity(() => beating(() => tracedOrders(ordersAt(providerFor, place), place, since, after))),
    stillLive: ({ place, orders }) =>
      asActivity(() => beating(() => stillLive(ordersAt(providerFor, place), place, orders))),
  };
}

/** Failures that may concern the whole account and not one booking. */
const ACCOUNT_WIDE: readonly FailureCode[] = [
  'provider_unavailable',
  'rate_limited',
  'credentials_rejected',
  'cannot_be_sent',
  'account_unknown',
];

/** How many of them in a row show that it is the account: going on would only time out booking by booking. */
const MAX_FAILED_IN_A_ROW = 10;

async function compareAll(
  provider: Provider,
  place: AuditPlace,
  bookings: readonly AuditedBooking[],
): Promise<{ findings: Finding[]; gaveUp: string | null }> {
  const findings: Finding[] = [];
  let failedInARow = 0;
  for (const booking of bookings) {
    const { found, failed } = await compared(provider, place, booking);
    findings.push(...found);
    failedInARow = failed && ACCOUNT_WIDE.includes(failed) ? failedInARow + 1 : 0;
    // The account's one finding stands for the bookings that could not be read because of it.
    if (failedInARow === MAX_FAILED_IN_A_ROW)
      return { findings: findings.slice(0, -MAX_FAILED_IN_A_ROW), gaveUp: failed };
  }
  return { findings, gaveUp: null };
}

async function compared(
  provider: Provider,
  place: AuditPlace,
  booking: AuditedBooking,
): Promise<{ found: Finding[]; failed: FailureCode | null }> {
  if (place.hasOrders && !booking.order) return { found: [], failed: null };
  const { order, appointment, triedAt } = booking;
  try {
    const seen = await provider.lookUp(callAt(place), {
      orderId: order?.id ?? null,
      request: booking.party ?? {},
      startsAt: appointment?.startsAt ?? triedAt,
      ownIds: appointment ? [appointment.id] : [],
      maker: makerOf(booking.id, booking.createdAt),
    });
    return { found: findingsOf(booking, seen, place), failed: null };
  } catch (err) {
    const failed = causeOf(err, 'a booking could not be audited');
    const kind = failed === 'appointment_missing' ? failed : 'unreadable';
    const said = { booking: booking.status, shown: failed };
    return { found: [findingAbout(kind, place, booking, said)], failed };
  }
}

/** Returns the code that one item failed with. A bug in reading it is logged and costs only that item. */
function causeOf(err: unknown, what: string): FailureCode {
  if (Context.current().cancellationSignal.aborted) throw err;
  if (err instanceof Failure) return err.code;
  log.error(what, { cause: err instanceof Error ? err.name : typeof err });
  return 'activity_failed';
}

/** How many orders go to the project's own queue in one piece: each may carry some hundred bytes of text. */
const MAX_TRACED = 300;

/**
 * How often listing orders is tried. After the last try what was listed counts, and `gaveUp` says why the rest is
 * missing.
 */
const LIST_TRIES = 3;

async function tracedOrders(
  calls: OrderCalls,
  place: AuditPlace,
  since: string,
  after: OrderCursor | null,
): ReturnType<ProviderAuditActivities['tracedOrders']> {
  const orders: TracedOrder[] = [];
  let seen = 0;
  let next = after;
  try {
    for await (const order of calls.list(callAt(place), { createdSince: after?.createdAt ?? since })) {
      if (wasSeen(order, after)) continue;
      seen += 1;
      if (!mayBeBookingId(order.passthrough) || !isLiveOrder(order)) continue;
      orders.push(traced(order, order.passthrough));
      next = advanced(next, order);
      if (orders.length >= MAX_TRACED)
        return { orders, seen, next, gaveUp: next ? null : 'unexpected_answer' };
    }
    return { orders, seen, next: null, gaveUp: null };
  } catch (err) {
    if (!(err instanceof Failure) || isTriedAgain(err)) throw err;
    return { orders, seen, next: null, gaveUp: err.code };
  }
}

function isTriedAgain({ code }: Failure): boolean {
  return failureRow(code).owner === 'provider' && Context.current().info.attempt < LIST_TRIES;
}

/** Returns true when the piece before had the order already: a list begins a little before its start. */
function wasSeen({ id, createdAt }: Order, after: OrderCursor | null): boolean {
  if (!after) return false;
  const isOlder = createdAt !== null && Date.parse(createdAt) < Date.parse(after.createdAt);
  return isOlder || after.ids.includes(id);
}

/**
 * Returns the cursor after an order, or null while no order has said when it was created: then the list cannot go on.
 */
function advanced(cursor: OrderCursor | null, { id, createdAt }: Order): OrderCursor | null {
  if (createdAt === null || createdAt === cursor?.createdAt)
    return cursor && { ...cursor, ids: [...cursor.ids, id] };
  return { createdAt, ids: [id] };
}

async function stillLive(
  calls: OrderCalls,
  place: AuditPlace,
  orders: readonly TracedOrder[],
): Promise<TracedOrder[]> {
  const live: TracedOrder[] = [];
  for (const one of orders) {
    try {
      const order = await calls.read(callAt(place), one.orderId);
      if (isLiveOrder(order)) live.push(traced(order, one.bookingId));
    } catch (err) {
      // An order that cannot be read now is told as the list showed it: live.
      causeOf(err, 'an order could not be audited');
      live.push(one);
    }
  }
  return live;
}

function traced({ id, status }: Order, bookingId: string): TracedOrder {
  return { orderId: id, bookingId, status: status.slice(0, MAX_STATUS_LENGTH) };
}

const MAX_STATUS_LENGTH = 200;

/** Returns the order calls of a place. Only call it for places with orders. */
function ordersAt(providerFor: (name: ProviderName) => Provider, { provider }: AuditPlace): OrderCalls {
  const { orders } = providerFor(provider);
  if (!orders) throw new Error(`${provider} has no orders`);
  return orders;
}

function callAt({ account, callTimeoutMs }: AuditPlace): Call {
  return { account, timeoutMs: callTimeoutMs, signal: Context.current().cancellationSignal };
}
