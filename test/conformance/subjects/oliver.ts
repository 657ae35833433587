import { requestSchema, type BookingRequest } from '../../../src/booking/schema/request';
import { forVendors } from '../../../src/booking/vendors';
import { capabilitiesOf } from '../../../src/config';
import { createOliver } from '../../../src/providers/oliver';
import { type OliverAccount, SANDBOX } from '../../../src/providers/oliver/accounts';
import { ENDPOINTS } from '../../../src/providers/oliver/operations';
import { createOliverSandbox } from '../../../src/sandbox/oliver/server';
import { dayFromNow } from '../days';
import type { Hand, Plan, Subject } from '../subject';
import { sandboxed, type Paths, type Sandboxed } from './sandboxed';

/** Oliver before its sandbox, for the conformance kit. */

const ZONE = 'America/Chicago';

/** A sandbox minute takes 60 ms. */
const TIME_SCALE = 1 / 1_000;

/** In sandbox ms: longer than any case takes, so that sessions end only when the kit ends them. */
const TOKEN_LIFETIME_MS = 120_000_000;

/** How long the clinic takes to make up its mind, in real ms: longer than it takes to look once. */
const WORD_AFTER_MS = 300;

/** Ids of the sandbox's people: Ana Reyes with Biscuit, and Ben Okafor with Milo. */
const ANA = { client_id: '301', patient_id: '701' };
const BEN = { client_id: '302', patient_id: '703' };

export async function startOliverSubject(): Promise<Subject> {
  const sandbox = await createOliverSandbox({
    port: 0,
    dataDir: null,
    timeScale: TIME_SCALE,
    tokenLifetimeMs: TOKEN_LIFETIME_MS,
  });
  const behind = await sandboxed(sandbox, 'oliver', PATHS);
  await behind.control('clinic', { completesTasks: false });
  const practice: OliverAccount = {
    baseUrl: behind.url,
    ...SANDBOX.account,
    timezone: ZONE,
    // Every look reads the list: the kit judges what is there now.
    listMaxAgeMs: 0,
    lookBackDays: 1,
    capabilities: {},
  };
  const accounts = { default: practice };
  const capabilities = capabilitiesOf(
    { accounts: { ...forVendors(() => ({})), oliver: accounts } },
    'oliver',
    'default',
  );
  if (!capabilities) throw new Error('the account has no capabilities');
  return {
    provider: 'oliver',
    account: 'default',
    adapter: createOliver({ accounts, log: { warn: () => undefined } }),
    capabilities,
    get timezone() {
      return practice.timezone;
    },
    named: {
      request: requestOf({ client: { ...NAME, phone: '(602) 555-0123', email: 'ana@example.com' } }),
      texts: ['Ana', 'Reyes', 'ana@example.com', '602'],
    },
    request: requestOf,
    patience: {},
    ways: [
      { what: 'ids', request: requestOf({ client: { id: 301 }, patient: { id: 701 } }) },
      {
        what: 'a name and a phone number',
        request: requestOf({ client: { ...NAME, phone: '(602) 555-0123' } }),
      },
      { what: 'a name and an email', request: requestOf({ client: { ...NAME, email: 'ana@example.com' } }) },
    ],
    hopeless: [
      { what: 'a client nobody knows', request: requestOf({ client: NOBODY }), code: 'client_not_found' },
      {
        what: 'a patient the client does not have',
        request: requestOf({ patient: { id: 999_999 } }),
        code: 'patient_not_found',
      },
    ],
    nowhere: { orderId: null, request: requestOf({ client: NOBODY }) },
    errorBody: (message) => ({ success: false, message }),
    orders: null,
    visit: null,
    takesBookKey: false,
    hand: handOf(behind, practice),
    exchanges: behind.exchanges,
    checkContract: behind.checkContract,
    close: behind.close,
  };
}

const NAME = { firstName: 'Ana', lastName: 'Reyes' };
const NOBODY = { remoteId: 'C-9999' };

function requestOf(over: Partial<BookingRequest> = {}): BookingRequest {
  return requestSchema.parse({
    provider: 'oliver',
    appointmentType: 'wellness',
    client: { remoteId: 'C-1001' },
    patient: { remoteId: 'P-77' },
    windows: [{ from: dayFromNow(2), to: dayFromNow(8) }],
    ...over,
  });
}

const PATHS: Paths = {
  search: ENDPOINTS.open_times,
  book: ENDPOINTS.create_appointment,
  lookUp: ENDPOINTS.list_appointments,
  cancel: ENDPOINTS.create_task,
};

const PLANS: Readonly<Record<Plan, object>> = {
  confirm: { accept: 'auto' },
  pending: { accept: 'accept', afterMs: WORD_AFTER_MS },
  decline: { accept: 'decline', afterMs: WORD_AFTER_MS },
  never: { accept: 'leave' },
};

function handOf(behind: Sandboxed, practice: OliverAccount): Hand {
  const expireSession = () => behind.control('tokens', { expire: true });
  return {
    fault: behind.fault,
    live: behind.live,
    made: behind.made,
    snatch: () => behind.control('slots', { snatch: 1 }),
    plan: (plan) => behind.control('clinic', PLANS[plan]),
    staffActs: () => behind.control('clinic', { completesTasks: true, afterTaskMs: 0 }),
    async foreignAppointment({ startsAt, endsAt, of }) {
      const people = of === 'patient' ? ANA : BEN;
      await behind.control('appointments', { ...people, start_at: startsAt, end_at: endsAt });
    },
    async move(id, startsAt) {
      const endsAt = new Date(Date.parse(startsAt) + 20 * 60_000).toISOString();
      await behind.control(`appointments/${id}`, { start_at: startsAt, end_at: endsAt });
      return id;
    },
    hideNew: () => behind.control('clinic', { listsNew: false }),
    endVisit: (id) => behind.control(`appointments/${id}`, { status: 'DONE' }),
    crowd: () => crowdOf(behind),
    async goFar() {
      await behind.control('zone', { offset: '+14:00' });
      practice.timezone = FAR_ZONE;
      return FAR_ZONE;
    },
    pace: (limits) => void (practice.pace = limits),
    mishear: behind.mishear,
    async quirk() {
      behind.distrustAnswers();
      await behind.control('quirks', { unknownStatus: true });
    },
    async expireCredentials() {
      practice.password = 'no longer';
      await expireSession();
      return async () => void (practice.password = SANDBOX.account.password);
    },
    expireSession,
  };
}

const FAR_ZONE = 'Pacific/Kiritimati';

/** More than a page of the list, which holds 100. */
const STRANGERS = 110;

/** Appointments of somebody else, at times of their own. */
async function crowdOf({ control }: Sandboxed): Promise<void> {
  for (let n = 0; n < STRANGERS; n += 1) {
    const start = Date.now() + (20 * 24 + n) * 3_600_000;
    const [start_at, end_at] = [start, start + 20 * 60_000].map((at) => new Date(at).toISOString());
    await control('appointments', { ...BEN, start_at, end_at });
  }
}
