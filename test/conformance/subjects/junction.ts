import { randomUUID } from 'node:crypto';
import { requestSchema, type BookingRequest } from '../../../src/booking/schema/request';
import { forVendors } from '../../../src/booking/vendors';
import { capabilitiesOf } from '../../../src/config';
import { createJunction } from '../../../src/providers/junction';
import type { JunctionAccount } from '../../../src/providers/junction/accounts';
import { DIALECTS, ENDPOINTS, type JunctionName } from '../../../src/providers/junction/operations';
import { createJunctionSandbox, type JunctionSandboxOptions } from '../../../src/sandbox/junction/server';
import { dayFromNow } from '../days';
import type { Hand, Plan, Subject } from '../subject';
import { sandboxed, type Paths, type Sandboxed } from './sandboxed';

/** Junction's two providers before their sandbox, for the conformance kit. */

export const AT_HOME_TEST = '5b41f610-ebc5-4803-8f0c-a61c3bdc7faf';
export const WALK_IN_TEST = 'c1d6b2f4-6c58-4b57-8a3e-0f5a4c9d2e11';
const GOOD_KEY = 'sk_us_conformance';

/** A sandbox minute takes 60 ms: orders and confirmations come when the kit says so, deadlines far too late. */
const TIME_SCALE = 1 / 1_000;

/** How long the provider takes to make up its mind, in real ms: longer than it takes to look once. */
const WORD_AFTER_MS = 300;

export async function startJunctionSubject(
  name: JunctionName,
  options: Partial<JunctionSandboxOptions> = {},
): Promise<Subject> {
  const sandbox = await createJunctionSandbox({
    port: 0,
    dataDir: null,
    timeScale: TIME_SCALE,
    webhookUrl: null,
    webhookSecret: 'whsec_Y29uZm9ybWFuY2Uta2l0LXNlY3JldC0wMDAx',
    advanceOrders: false,
    ...options,
  });
  const behind = await sandboxed(sandbox, 'junction', pathsOf(name));
  const account: JunctionAccount = { apiKey: GOOD_KEY, baseUrl: behind.url, capabilities: {} };
  return {
    ...junctionSubject(name, account, REQUESTS[name]),
    orders: { ready: (id) => advance(behind, id) },
    hand: handOf(behind, name, account),
    exchanges: behind.exchanges,
    checkContract: behind.checkContract,
    close: behind.close,
  };
}

/** What does not depend on who stands behind the account: the adapter and what is asked of it. */
export function junctionSubject(
  name: JunctionName,
  account: JunctionAccount,
  tests: { labTestId: string; userId?: string },
): Omit<Subject, 'orders' | 'hand' | 'exchanges' | 'checkContract' | 'close'> {
  const accounts = { default: account };
  const capabilities = capabilitiesOf(
    { accounts: { ...forVendors(() => ({})), junction: accounts } },
    name,
    'default',
  );
  if (!capabilities) throw new Error('the account has no capabilities');
  const request = (over: Partial<BookingRequest> = {}): BookingRequest => requestOf(name, tests, over);
  return {
    provider: name,
    account: 'default',
    adapter: createJunction(name, { accounts, log: { warn: () => undefined } }),
    capabilities,
    timezone: null,
    named: { request: request({ patient: { ...patientAt('85004'), ...NAMES } }), texts: TEXTS },
    request,
    patience: { confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 172_800_000 } },
    ways: WAYS[name].map(({ what, over }) => ({ what, request: request(over) })),
    hopeless: HOPELESS[name].map(({ what, over, code }) => ({ what, request: request(over), code })),
    nowhere: { orderId: randomUUID(), request: request() },
    errorBody: (detail) => ({ detail }),
    visit: name === 'junction-phlebotomy' ? request({ patient: patientAt('54650') }) : null,
    takesBookKey: name === 'junction-psc',
  };
}

const REQUESTS = {
  'junction-phlebotomy': { labTestId: AT_HOME_TEST },
  'junction-psc': { labTestId: WALK_IN_TEST },
} as const;

function requestOf(
  name: JunctionName,
  { labTestId, userId = randomUUID() }: { labTestId: string; userId?: string },
  over: Partial<BookingRequest>,
): BookingRequest {
  const { patient = patientAt('85004'), ...rest } = over;
  return requestSchema.parse({
    provider: name,
    patient: { userId, ...patient },
    order: { labTestIds: [labTestId] },
    windows: [{ from: dayFromNow(3), to: dayFromNow(9) }],
    ...(name === 'junction-psc' && { site: { lab: 'quest', siteCodes: ['AAA'] } }),
    ...rest,
  });
}

function patientAt(zip: string): NonNullable<BookingRequest['patient']> {
  return {
    firstName: 'Ana',
    lastName: 'Reyes',
    dob: '1984-03-09',
    gender: 'female',
    phone: '+16025550123',
    email: 'ana@example.com',
    address: { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip, country: 'US' },
  };
}

/** Names and contacts that are in no other text. */
const NAMES = { firstName: 'Anamaria', lastName: 'Reyes-Quill', email: 'quill@example.com' };
const TEXTS = [...Object.values(NAMES), '+16025550123', 'West Lincoln Street'];

const WAYS: Readonly<Record<JunctionName, readonly Pick<Hopeless, 'what' | 'over'>[]>> = {
  'junction-phlebotomy': [
    { what: 'a ZIP with four more digits', over: { patient: patientAt('85004-1234') } },
  ],
  'junction-psc': [
    { what: 'a ZIP and a radius', over: { site: { lab: 'quest', zip: '10001', radiusMiles: 10 } } },
    { what: 'a ZIP alone', over: { site: { lab: 'quest', zip: '10001' } } },
    { what: 'three sites', over: { site: { lab: 'quest', siteCodes: ['AAA', 'BBB', 'CCC'] } } },
  ],
};

type Hopeless = { what: string; over: Partial<BookingRequest>; code: Subject['hopeless'][number]['code'] };

const HOPELESS: Readonly<Record<JunctionName, readonly Hopeless[]>> = {
  'junction-phlebotomy': [
    { what: 'a ZIP that nobody serves', over: { patient: patientAt('99999') }, code: 'area_not_served' },
  ],
  'junction-psc': [
    { what: 'no site nearby', over: { site: { lab: 'quest', zip: '99999' } }, code: 'area_not_served' },
    {
      what: 'a site that is closed',
      over: { site: { lab: 'quest', siteCodes: ['DDD'] } },
      code: 'request_refused',
    },
  ],
};

function pathsOf(name: JunctionName): Paths {
  const { segment: at } = DIALECTS[name];
  const pathOf = (operation: keyof typeof ENDPOINTS) => {
    const { method, path } = ENDPOINTS[operation];
    return { method, path: path.replace('{segment}', at) };
  };
  return {
    search: pathOf('availability'),
    book: pathOf('book'),
    lookUp: pathOf('appointment'),
    cancel: pathOf('cancel_appointment'),
    move: pathOf('reschedule'),
    visit: pathOf('request_visit'),
    placeOrder: pathOf('place_order'),
    cancelOrder: pathOf('cancel_order'),
  };
}

const PLANS: Readonly<Record<Plan, object>> = {
  confirm: { mode: 'sync' },
  pending: { mode: 'async', afterMs: WORD_AFTER_MS },
  decline: { mode: 'decline', afterMs: WORD_AFTER_MS },
  never: { mode: 'never' },
};

function handOf(behind: Sandboxed, name: JunctionName, account: JunctionAccount): Hand {
  return {
    fault: behind.fault,
    live: behind.live,
    made: behind.made,
    snatch: () => behind.control('slots', { snatch: 1 }),
    plan: (plan) => behind.control('confirmation', PLANS[plan]),
    staffActs: () => Promise.reject(new Error('nobody cancels by hand here')),
    async foreignAppointment({ orderId, startsAt, endsAt, of }) {
      const order = of === 'patient' ? orderId : await strangersOrder(behind, name);
      await behind.control('appointments', { order_id: order, start_at: startsAt, end_at: endsAt });
    },
    async move(id, startsAt) {
      await behind.control(`appointments/${id}`, { start_at: startsAt, end_at: startsAt });
      return id;
    },
    // What an order's read does not show is played by the cases of orders.
    hideNew: null,
    endVisit: (id) => behind.control(`appointments/${id}`, { status: 'completed' }),
    crowd: () => placeMore(behind),
    async goFar() {
      await behind.control('zone', { offset: '+14:00', name: FAR_ZONE });
      return FAR_ZONE;
    },
    pace: (limits) => void (account.pace = limits),
    mishear: behind.mishear,
    async quirk() {
      behind.distrustAnswers();
      await behind.control('quirks', { unknownEnums: true });
    },
    async expireCredentials() {
      account.apiKey = 'no_such_key';
      return async () => void (account.apiKey = GOOD_KEY);
    },
    expireSession: null,
  };
}

function advance({ control }: Sandboxed, orderId: string): Promise<void> {
  return control(`orders/${orderId}`, { status: 'requisition_created' });
}

const FAR_ZONE = 'Pacific/Kiritimati';

/** More than a page of the list, which holds 100. */
const MORE_ORDERS = 110;

/** Places more orders like the last one, as somebody else of the team would. */
async function placeMore({ behindUrl, made }: Sandboxed): Promise<void> {
  const body: unknown = made('placeOrder').at(-1)?.body;
  for (let n = 0; n < MORE_ORDERS; n += 1) {
    const answer = await fetch(`${behindUrl}/v3/order`, {
      method: 'POST',
      headers: { 'x-vital-api-key': GOOD_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ ...Object(body), passthrough: `somebody-${n}` }),
    });
    if (!answer.ok) throw new Error(`an order was refused: ${await answer.text()}`);
  }
}

async function strangersOrder(behind: Sandboxed, name: JunctionName): Promise<string> {
  const { adapter, account, request } = junctionSubject(
    name,
    { apiKey: GOOD_KEY, baseUrl: behind.url, capabilities: {} },
    REQUESTS[name],
  );
  const call = { account, timeoutMs: 10_000, signal: new AbortController().signal };
  const order = await adapter.orders?.place(call, {
    bookingId: 'bk_stranger',
    key: randomUUID(),
    request: request(),
  });
  if (!order) throw new Error('the stranger has no order');
  await advance(behind, order.id);
  return order.id;
}
