import type { PostalAddress, ProviderName } from '../../booking/model';
import type { SlotQuery } from '../provider';
import { Failure } from '../../booking/failures';

/**
 * Junction's operations, and how its two kinds of appointment differ in paths and bodies.
 * Source: docs/providers.md#operations-at-junction.
 */

interface Endpoint {
  method: 'GET' | 'POST' | 'PATCH';
  /** `{segment}` is the dialect's segment, `{order_id}` the order's id. */
  path: string;
  effect: 'read' | 'write';
}

export const ENDPOINTS = {
  place_order: { method: 'POST', path: '/v3/order', effect: 'write' },
  list_orders: { method: 'GET', path: '/v3/orders', effect: 'read' },
  read_order: { method: 'GET', path: '/v3/order/{order_id}', effect: 'read' },
  cancel_order: { method: 'POST', path: '/v3/order/{order_id}/cancel', effect: 'write' },
  availability: { method: 'POST', path: '/v3/order/{segment}/appointment/availability', effect: 'read' },
  reasons: { method: 'GET', path: '/v3/order/{segment}/appointment/cancellation-reasons', effect: 'read' },
  appointment: { method: 'GET', path: '/v3/order/{order_id}/{segment}/appointment', effect: 'read' },
  book: { method: 'POST', path: '/v3/order/{order_id}/{segment}/appointment/book', effect: 'write' },
  reschedule: {
    method: 'PATCH',
    path: '/v3/order/{order_id}/{segment}/appointment/reschedule',
    effect: 'write',
  },
  area_info: { method: 'GET', path: '/v3/order/area/info', effect: 'read' },
  request_visit: {
    method: 'POST',
    path: '/v3/order/{order_id}/{segment}/appointment/request',
    effect: 'write',
  },
  cancel_appointment: {
    method: 'PATCH',
    path: '/v3/order/{order_id}/{segment}/appointment/cancel',
    effect: 'write',
  },
} as const satisfies Record<string, Endpoint>;

export type Operation = keyof typeof ENDPOINTS;

export type Query = Record<string, string | readonly string[] | undefined>;

/** How one kind of Junction appointment differs from the other. */
export interface Dialect {
  name: ProviderName;
  /** The path segment of its endpoints. */
  segment: 'phlebotomy' | 'psc';
  /** The collection method that an order must be created with, and the `details.type` that it comes back with. */
  collectionMethod: string;
  /** How many days one availability call covers from its start date on. */
  coverageDays: number;
  /** Whether the book call takes an idempotency key at all (the account's setting decides whether one is given). */
  bookTakesKey: boolean;
  /** Where to look for slots, besides the start date. Throws `invalid_request` when the request does not say. */
  availability(query: SlotQuery): { query: Query; body?: unknown };
  cancelBody(reasonId: string, note: string | undefined): unknown;
}

const PHLEBOTOMY: Dialect = {
  name: 'junction-phlebotomy',
  segment: 'phlebotomy',
  collectionMethod: 'at_home_phlebotomy',
  coverageDays: 14,
  bookTakesKey: false,
  availability: ({ address }) => ({ query: {}, body: usAddress(address) }),
  cancelBody: (reasonId, note) => ({ cancellation_reason_id: reasonId, notes: note }),
};

const PSC: Dialect = {
  name: 'junction-psc',
  segment: 'psc',
  collectionMethod: 'walk_in_test',
  coverageDays: 21,
  bookTakesKey: true,
  availability: ({ request: { site } }) => {
    if (!site)
      throw new Failure('invalid_request', { field: 'site', hint: 'Say where to look for draw sites.' });
    return {
      query: {
        lab: site.lab,
        site_codes: site.siteCodes,
        // The contract takes five digits here, unlike in addresses.
        zip_code: site.zip?.slice(0, 5),
        radius: site.zip && String(site.radiusMiles ?? DEFAULT_RADIUS_MILES),
      },
    };
  },
  cancelBody: (reasonId, note) => ({ cancellationReasonId: reasonId, note }),
};

/**
 * The contract's default. It is sent anyway, because Junction may answer "radius must be provided when using zip_code".
 */
const DEFAULT_RADIUS_MILES = 25;

export const DIALECTS = { 'junction-phlebotomy': PHLEBOTOMY, 'junction-psc': PSC } as const;
export type JunctionName = keyof typeof DIALECTS;

/** Returns the path of an operation with its placeholders filled. */
export function pathOf(operation: Operation, dialect: Dialect, orderId: string): string {
  return ENDPOINTS[operation].path
    .replace('{segment}', dialect.segment)
    .replace('{order_id}', encodeURIComponent(orderId));
}

/** Returns the contract's USAddress. Throws `invalid_request` without an address. */
export function usAddress(address: PostalAddress | null): unknown {
  if (!address) {
    throw new Failure('invalid_request', {
      field: 'patient.address',
      hint: 'A visit at home needs an address.',
    });
  }
  return {
    first_line: address.firstLine,
    second_line: address.secondLine ?? undefined,
    city: address.city,
    state: address.state,
    zip_code: address.zip,
    access_notes: address.accessNotes ?? undefined,
  };
}
