import { spoiling, type LoggedCall, type Spoiling } from './spoiling';

/** A typed hand on a Cal.com sandbox's `/_sandbox` controls, for tests. */

const CALLS = {
  slots: { method: 'GET', path: '/v2/slots' },
  bookings: { method: 'GET', path: '/v2/bookings' },
  booking: { method: 'GET', path: '/v2/bookings/{uid}' },
  book: { method: 'POST', path: '/v2/bookings' },
  reschedule: { method: 'POST', path: '/v2/bookings/{uid}/reschedule' },
  cancel: { method: 'POST', path: '/v2/bookings/{uid}/cancel' },
} as const;

export interface CalcomState {
  bookings: {
    uid: string;
    status: string;
    start: string;
    metadata: Record<string, unknown>;
    bookingFieldsResponses: Record<string, unknown>;
    [field: string]: unknown;
  }[];
  live: { appointments: string[] };
  calls: LoggedCall[];
}

export interface CalcomHand extends Spoiling<keyof typeof CALLS, CalcomState> {
  url: string;
  state(): Promise<CalcomState>;
  control(path: string, body: unknown): Promise<unknown>;
}

export function calcomHand(url: string): CalcomHand {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`sandbox ${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  // The sandbox is ours and its state's shape is tested in test/sandbox.
  const state = async (): Promise<CalcomState> => (await call('GET', 'state')) as CalcomState;
  const control = (path: string, body: unknown): Promise<unknown> => call('POST', path, body);
  return { ...spoiling({ url, state, control }, CALLS), url, state, control };
}

/** A request for half an hour with a host at Cal.com. */
export function atCalcom(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    provider: 'calcom',
    reference: 'visit-2203',
    appointmentType: '1001',
    client: { firstName: 'Ana', lastName: 'Reyes', email: 'ana@example.com' },
    windows: [{ from: '+2d', to: '+9d' }],
    notes: 'First visit',
    ...overrides,
  };
}
