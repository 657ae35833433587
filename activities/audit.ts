import { Context } from '@temporalio/activity';
import {
  findingAbout,
  findingsOf,
  looksLikeBookingId,
  type AuditedBooking,
  type AuditPlace,
  type AuditScope,
  type Finding,
  type TracedOrder,
} from '../src/booking/audit';
import { Failure } from '../src/booking/failures';
import { PROVIDERS, type ProviderName } from '../src/booking/model';
import { capabilitiesOf, type Config } from '../src/config';
import type { Call, Provider } from '../src/providers/provider';
import type { AuditActivities, ProviderAuditActivities } from './contract';
import { crossing } from './failures';

/** What the audit needs of Temporal; src/client/audit.ts has it. */
export interface AuditWork {
  auditedBookings(
    place: AuditPlace,
    since: string,
    pageToken: string | null,
  ): Promise<{ bookings: AuditedBooking[]; nextPageToken: string | null }>;
  readAgain(bookingIds: string[]): Promise<AuditedBooking[]>;
  /** Those of the ids that Temporal knows no booking of. */
  unknownBookings(bookingIds: string[]): Promise<string[]>;
}

/** The audit's activities of the project's own queue. */
export function createAuditActivities(
  work: AuditWork,
  config: Pick<Config, 'junction' | 'oliver'>,
): AuditActivities {
  return {
    auditPlaces: ({ scope }) => crossing(async () => placesOf(scope, config)),
    auditedBookings: ({ place, since, pageToken }) =>
      crossing(() => work.auditedBookings(place, since, pageToken)),
    readAgain: ({ bookingIds }) => crossing(() => work.readAgain(bookingIds)),
    withoutBooking: ({ place, orders }) => crossing(() => withoutBooking(work, place, orders)),
  };
}

/** Every account of every provider that the scope covers. Throws `account_unknown` when there is none. */
function placesOf(scope: AuditScope, config: Pick<Config, 'junction' | 'oliver'>): AuditPlace[] {
  const places = PROVIDERS.filter((name) => (scope.provider ?? name) === name).flatMap((provider) =>
    accountsOf(config, provider)
      .filter((account) => (scope.account ?? account) === account)
      .flatMap((account) => placeOf(config, provider, account) ?? []),
  );
  if (places.length === 0) throw new Failure('account_unknown', { field: 'account' });
  return places;
}

function accountsOf(
  { junction, oliver }: Pick<Config, 'junction' | 'oliver'>,
  provider: ProviderName,
): string[] {
  return Object.keys(provider === 'oliver' ? oliver : junction);
}

function placeOf(
  config: Pick<Config, 'junction' | 'oliver'>,
  provider: ProviderName,
  account: string,
): AuditPlace | null {
  const capabilities = capabilitiesOf(config, provider, account);
  if (!capabilities) return null;
  const { taskQueue, callTimeoutMs, orderKind, refReturns } = capabilities;
  return { provider, account, taskQueue, callTimeoutMs, hasOrders: orderKind !== null, refReturns };
}

async function withoutBooking(work: AuditWork, place: AuditPlace, orders: TracedOrder[]): Promise<Finding[]> {
  const unknown = await work.unknownBookings([...new Set(orders.map(({ bookingId }) => bookingId))]);
  return orders
    .filter(({ bookingId }) => unknown.includes(bookingId))
    .map(({ orderId, bookingId, status }) => ({
      kind: 'order_without_booking',
      provider: place.provider,
      account: place.account,
      bookingId,
      orderId,
      appointmentId: null,
      booking: 'none',
      shown: status,
    }));
}

/** The audit's activities of a provider's queue. */
export function createProviderAuditActivities(
  providerFor: (name: ProviderName) => Provider,
): ProviderAuditActivities {
  return {
    compareBookings: ({ place, bookings }) =>
      crossing(async () => {
        const found: Finding[] = [];
        for (const booking of bookings) {
          found.push(...(await compared(providerFor(place.provider), place, booking)));
          Context.current().heartbeat();
        }
        return found;
      }),
    tracedOrders: ({ place, since }) =>
      crossing(() => tracedOrders(providerFor(place.provider), place, since)),
  };
}

async function compared(provider: Provider, place: AuditPlace, booking: AuditedBooking): Promise<Finding[]> {
  const { view, request } = booking;
  if (place.hasOrders && !view.order) return [];
  try {
    const seen = await provider.lookUp(callAt(place), {
      orderId: view.order?.id ?? null,
      request,
      startsAt: view.appointment?.startsAt ?? view.attempts.at(-1)?.startsAt ?? null,
      ownIds: view.appointment ? [view.appointment.id] : [],
      standingIds: booking.open && view.appointment ? [view.appointment.id] : [],
    });
    return findingsOf(booking, seen, place);
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    const kind = err.code === 'appointment_missing' ? err.code : 'unreadable';
    return [findingAbout(kind, booking, { booking: view.status, shown: err.code })];
  }
}

const ENDED: readonly string[] = ['cancelled', 'failed', 'completed', 'with_lab'];

async function tracedOrders(
  provider: Provider,
  place: AuditPlace,
  since: string,
): Promise<{ orders: TracedOrder[]; seen: number }> {
  const orders: TracedOrder[] = [];
  let seen = 0;
  for await (const order of provider.orders?.list(callAt(place), { createdSince: since }) ?? []) {
    seen += 1;
    if (seen % 100 === 0) Context.current().heartbeat();
    const { id, passthrough, phase, status } = order;
    if (looksLikeBookingId(passthrough) && !ENDED.includes(phase))
      orders.push({ orderId: id, bookingId: passthrough, status });
  }
  return { orders, seen };
}

function callAt({ account, callTimeoutMs }: AuditPlace): Call {
  return { account, timeoutMs: callTimeoutMs, signal: Context.current().cancellationSignal };
}
