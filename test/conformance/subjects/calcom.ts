import { requestSchema, type BookingRequest } from '../../../src/booking/schema/request';
import { forVendors } from '../../../src/booking/vendors';
import { capabilitiesOf } from '../../../src/config';
import { createCalcom } from '../../../src/providers/calcom';
import { type CalcomAccount, SANDBOX } from '../../../src/providers/calcom/accounts';
import { ENDPOINTS } from '../../../src/providers/calcom/operations';
import { createCalcomSandbox } from '../../../src/sandbox/calcom/server';
import { dayFromNow } from '../days';
import type { Hand, Plan, Subject } from '../subject';
import { sandboxed, type Paths, type Sandboxed } from './sandboxed';

/** Cal.com before its sandbox, for the conformance kit. */

/** A sandbox minute takes 60 ms. */
const TIME_SCALE = 1 / 1_000;

/** How long the host takes to make up its mind, in real ms: longer than it takes to look once. */
const WORD_AFTER_MS = 300;

const EVENT_TYPE = '1001';

const EMAIL = 'ana@example.com';

export async function startCalcomSubject(): Promise<Subject> {
  const sandbox = await createCalcomSandbox({
    port: 0,
    dataDir: null,
    timeScale: TIME_SCALE,
    webhookUrl: null,
    webhookSecret: SANDBOX.webhookSecret,
  });
  const behind = await sandboxed(sandbox, 'calcom', PATHS);
  // The kit looks more often than Cal.com's own pace allows.
  const pace = { inFlight: 50, perSecond: 1_000 };
  const account: CalcomAccount = { baseUrl: behind.url, ...SANDBOX.account, capabilities: {}, pace };
  const accounts = { default: account };
  const capabilities = capabilitiesOf(
    { accounts: { ...forVendors(() => ({})), calcom: accounts } },
    'calcom',
    'default',
  );
  if (!capabilities) throw new Error('the account has no capabilities');
  return {
    provider: 'calcom',
    account: 'default',
    adapter: createCalcom({ accounts, log: { warn: () => undefined } }),
    capabilities,
    get timezone() {
      return account.timezone;
    },
    named: { request: requestOf({ client: NAMES }), texts: Object.values(NAMES) },
    request: requestOf,
    patience: {},
    ways: [
      { what: 'a name and an e-mail', request: requestOf() },
      { what: 'with a phone number', request: requestOf({ client: { ...CLIENT, phone: '(602) 555-0123' } }) },
    ],
    hopeless: [
      {
        what: 'an event type that nobody knows',
        request: requestOf({ appointmentType: '999999' }),
        code: 'request_refused',
      },
    ],
    nowhere: { orderId: null, request: { ...requestOf(), client: { firstName: 'Ana', lastName: 'Reyes' } } },
    errorBody: (text) => ({
      status: 'error',
      timestamp: new Date().toISOString(),
      path: '/v2/bookings',
      // The kit's words in the vendor's own: what others call an appointment is a booking here.
      error: { code: 'BadRequestException', message: text.replace('appointment', 'booking') },
    }),
    orders: null,
    visit: null,
    takesBookKey: false,
    hand: handOf(behind, account),
    exchanges: behind.exchanges,
    checkContract: behind.checkContract,
    close: behind.close,
  };
}

const CLIENT = { firstName: 'Ana', lastName: 'Reyes', email: EMAIL };

/** Names and contacts that are in no other text. */
const NAMES = {
  firstName: 'Anamaria',
  lastName: 'Reyes-Quill',
  email: 'quill@example.com',
  phone: '+16025550123',
};

function requestOf(over: Partial<BookingRequest> = {}): BookingRequest {
  return requestSchema.parse({
    provider: 'calcom',
    appointmentType: EVENT_TYPE,
    client: CLIENT,
    windows: [{ from: dayFromNow(2), to: dayFromNow(8) }],
    ...over,
  });
}

const PATHS: Paths = {
  search: ENDPOINTS.slots,
  book: ENDPOINTS.book,
  lookUp: ENDPOINTS.bookings,
  cancel: ENDPOINTS.cancel,
  move: ENDPOINTS.reschedule,
};

/** What the host does with what has to be confirmed; null where nothing has to be. */
const PLANS: Readonly<Record<Plan, object | null>> = {
  confirm: null,
  pending: { acts: 'confirm', afterMs: WORD_AFTER_MS },
  decline: { acts: 'decline', afterMs: WORD_AFTER_MS },
  never: { acts: 'leave' },
};

function handOf(behind: Sandboxed, account: CalcomAccount): Hand {
  return {
    fault: behind.fault,
    live: behind.live,
    made: behind.made,
    snatch: () => behind.control('slots', { snatch: 1 }),
    async plan(plan) {
      const host = PLANS[plan];
      await behind.control(`event-types/${EVENT_TYPE}`, { requiresConfirmation: host !== null });
      if (host) await behind.control('host', host);
    },
    staffActs: () => Promise.reject(new Error('nobody cancels by hand here')),
    foreignAppointment: ({ startsAt, of }) =>
      behind.control('bookings', {
        start: startsAt,
        attendee: of === 'patient' ? { name: 'Ana Reyes', email: EMAIL } : {},
      }),
    move: (id, start) => moved(behind, id, start),
    hideNew: () => behind.control('copy', { listsNew: false }),
    // No status says that a visit is over.
    endVisit: null,
    crowd: () => crowdOf(behind),
    async goFar() {
      await behind.control(`event-types/${EVENT_TYPE}`, { timeZone: FAR_ZONE });
      account.timezone = FAR_ZONE;
      return FAR_ZONE;
    },
    pace: (limits) => void (account.pace = limits),
    mishear: behind.mishear,
    async quirk() {
      behind.distrustAnswers();
      await behind.control('quirks', { unknownStatus: true });
    },
    async expireCredentials() {
      account.apiKey = 'no_such_key';
      return async () => void (account.apiKey = SANDBOX.account.apiKey);
    },
    expireSession: null,
  };
}

const FAR_ZONE = 'Pacific/Kiritimati';

/** The host moves a booking: a new one takes its place. */
async function moved({ behindUrl }: Sandboxed, uid: string, start: string): Promise<string> {
  const answer = await fetch(`${behindUrl}/_sandbox/bookings/${uid}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ acts: 'move', start }),
  });
  // The control's answer is ours: a booking as the wire has it.
  return ((await answer.json()) as { uid: string }).uid;
}

/** More than a page of the list, which holds 250. */
const EARLIER_VISITS = 260;

/** Visits that the client had at times of their own. */
async function crowdOf({ control }: Sandboxed): Promise<void> {
  for (let n = 0; n < EARLIER_VISITS; n += 1) {
    const start = new Date(Date.now() + (20 * 24 + n) * 3_600_000).toISOString();
    await control('bookings', { start, status: 'cancelled', attendee: { name: 'Ana Reyes', email: EMAIL } });
  }
}
