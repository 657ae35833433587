import { JUNCTION_CALLS, type JunctionCall } from './calls';
import { spoiling, type LoggedCall, type Spoiling } from './spoiling';

/** A typed hand on a Junction sandbox's `/_sandbox` controls and on its wire, for tests. */

export interface SandboxState {
  orders: { id: string; passthrough: string | null; last_event: { status: string } }[];
  appointments: {
    id: string;
    order_id: string;
    status: string;
    start_at: string | null;
    appointment_notes: string | null;
  }[];
  live: { orders: string[]; appointments: string[] };
  calls: LoggedCall[];
}

export interface SandboxHand extends Spoiling<JunctionCall, SandboxState> {
  url: string;
  state(): Promise<SandboxState>;
  /** Posts to a control, e.g. `control('account', {...})`. */
  control(path: string, body: unknown): Promise<unknown>;
  /** Places an order as the account's owner would, to be adopted. */
  placeOrder(overrides?: Record<string, unknown>): Promise<string>;
  /** Places one and waits until it can be booked on: a booking whose polls are rare looks once. */
  placeReadyOrder(overrides?: Record<string, unknown>): Promise<string>;
  /** What is live of one order: counts, for assertions. */
  live(orderId: string): Promise<{ order: boolean; appointments: number }>;
}

const KEY = 'sk_us_test';
const READY = '.requisition_created';

export const USER_ID = '94e2d9f2-d600-4a23-9f08-536df378e2c7';
export const AT_HOME_TEST = '5b41f610-ebc5-4803-8f0c-a61c3bdc7faf';
export const AT_SITE_TEST = 'c1d6b2f4-6c58-4b57-8a3e-0f5a4c9d2e11';

/** An order as the account's owner would place it, for a visit at home. */
export const AT_HOME_ORDER = {
  user_id: USER_ID,
  patient_details: {
    first_name: 'Ana',
    last_name: 'Reyes',
    dob: '1984-03-09',
    gender: 'female',
    phone_number: '+16025550123',
    email: 'ana@example.com',
  },
  patient_address: {
    first_line: 'West Lincoln Street',
    city: 'Phoenix',
    state: 'AZ',
    zip: '85004',
    country: 'US',
  },
  order_set: { lab_test_ids: [AT_HOME_TEST] },
} as const;

export function sandboxHand(url: string): SandboxHand {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-vital-api-key': KEY, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`sandbox ${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  // The sandbox is ours and its state's shape is tested in test/sandbox.
  const state = async (): Promise<SandboxState> => (await call('GET', '/_sandbox/state')) as SandboxState;
  const control = (path: string, body: unknown): Promise<unknown> => call('POST', `/_sandbox/${path}`, body);
  const placeOrder = async (overrides: Record<string, unknown> = {}): Promise<string> => {
    const answer = await call('POST', '/v3/order', { ...AT_HOME_ORDER, ...overrides });
    return (answer as { order: { id: string } }).order.id;
  };
  const spoils = spoiling({ url, state, control }, JUNCTION_CALLS);
  return {
    ...spoils,
    url,
    state,
    control,
    placeOrder,
    async placeReadyOrder(overrides) {
      const orderId = await placeOrder(overrides);
      await spoils.until(({ orders }) =>
        orders.some(({ id, last_event }) => id === orderId && last_event.status.endsWith(READY)),
      );
      return orderId;
    },
    async live(orderId) {
      const { live, appointments } = await state();
      return {
        order: live.orders.includes(orderId),
        appointments: appointments.filter(
          ({ id, order_id }) => order_id === orderId && live.appointments.includes(id),
        ).length,
      };
    },
  };
}
