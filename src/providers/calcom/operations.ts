/** Cal.com's operations. Source: docs/providers.md#operations-at-calcom. */

interface Endpoint {
  method: 'GET' | 'POST';
  /** `{uid}` is the booking's uid. */
  path: string;
  /** Each group of endpoints has its version; without it an older one answers, in other shapes. */
  version: string;
  effect: 'read' | 'write';
}

const SLOTS_VERSION = '2024-09-04';
const BOOKINGS_VERSION = '2024-08-13';

export const ENDPOINTS = {
  slots: { method: 'GET', path: '/v2/slots', version: SLOTS_VERSION, effect: 'read' },
  bookings: { method: 'GET', path: '/v2/bookings', version: BOOKINGS_VERSION, effect: 'read' },
  booking: { method: 'GET', path: '/v2/bookings/{uid}', version: BOOKINGS_VERSION, effect: 'read' },
  book: { method: 'POST', path: '/v2/bookings', version: BOOKINGS_VERSION, effect: 'write' },
  reschedule: {
    method: 'POST',
    path: '/v2/bookings/{uid}/reschedule',
    version: BOOKINGS_VERSION,
    effect: 'write',
  },
  cancel: { method: 'POST', path: '/v2/bookings/{uid}/cancel', version: BOOKINGS_VERSION, effect: 'write' },
} as const satisfies Record<string, Endpoint>;

export type Operation = keyof typeof ENDPOINTS;

export type Query = Readonly<Record<string, string>>;

/** Returns the URL of an operation at an account's base URL, with placeholder and query filled. */
export function urlOf(operation: Operation, baseUrl: string, uid: string, query: Query): string {
  const search = new URLSearchParams(query);
  const path = ENDPOINTS[operation].path.replace('{uid}', encodeURIComponent(uid));
  return `${baseUrl.replace(/\/+$/, '')}${path}${search.size === 0 ? '' : `?${search.toString()}`}`;
}
