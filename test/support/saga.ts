import { Worker, type NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import type { CoreActivities, ProviderActivities } from '../../activities/contract';
import type { Limits } from '../../src/booking/limits';
import { forVendors, queueOf, type VendorName } from '../../src/booking/vendors';
import type { BookingView } from '../../src/booking/schema/view';
import { createBookingClient, type BookingClient } from '../../src/client/booking-client';
import { accountsSetting, type Config } from '../../src/config';
import type { RunningSandbox } from '../../src/providers/vendor';
import { createJunctionSandbox } from '../../src/sandbox/junction/server';
import { createOliverSandbox } from '../../src/sandbox/oliver/server';
import { loadKeys } from '../../src/temporal/keys';
import { createWorkers, workflowBundle, type Workers } from '../../src/temporal/worker';
import { vendorAt } from '../../src/vendors';
import { clientOn } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { testActivities } from './activities';
import { clinicHand, type ClinicHand } from './clinic';
import { replayEverything } from './replays';
import { AT_HOME_TEST, AT_SITE_TEST, sandboxHand, USER_ID, type SandboxHand } from './sandbox';
import { startTestServer, testConfig, type TestServer } from './temporal';

/** The whole saga for a test file: a real Temporal server, the sandbox over sockets, real workers. */
export interface SagaRig {
  server: TestServer;
  config: Config;
  bookings: BookingClient;
  sandbox: SandboxHand;
  /** The Oliver sandbox. */
  clinic: ClinicHand;
  /** A hand on the sandbox of another vendor, which the rig was asked for (`also`). */
  at<T extends object>(vendor: VendorName, handOn: (url: string) => T): T;
  /** Stops the workers; `startWorkers` starts them anew, with other settings if given. */
  stopWorkers(): Promise<void>;
  startWorkers(config?: Config): Promise<void>;
  /** Stops and starts those of the providers, where they are apart. */
  restartProviders(): Promise<void>;
  /** More workers beside them, on this connection of their own; whoever asks for them ends them. */
  createWorkers(config: Config, connection: NativeConnection): Promise<Workers>;
  /** Waits until the view fits, then returns it. Fails with the view when it does not in time. */
  until(id: string, fits: (view: BookingView) => boolean, timeoutMs?: number): Promise<BookingView>;
  /** Stops everything, after every history that came about has been replayed. */
  stop(): Promise<void>;
}

/** Short waits, so that a test sees the end of them; each test may lay its own over these in its request. */
export const QUICK_LIMITS: Partial<Limits> = {
  pollFirstMs: 100,
  pollMaxMs: 300,
  keepPollMs: 300,
  patienceMs: 1_500,
  undoPatienceMs: 5_000,
  lookUps: 3,
};

export const QUICK_CAPABILITIES = { lateCommitWindowMs: 1_500, callTimeoutMs: 700, feeWindowMs: 0 };
export const QUICK_CLINIC = { lateCommitWindowMs: 1_500, callTimeoutMs: 700 };

export interface RigOptions {
  /** False: other builds of the workflows run here, so not every history replays on this one. */
  replays?: boolean;
  /** True: `stopWorkers` stops those that run the workflows only; the providers' go on and answer. */
  providersApart?: boolean;
  /** Another bundle than the project's own. */
  bundle?: WorkflowBundleOption;
  limits?: Partial<Limits>;
  capabilities?: Record<string, unknown>;
  clinicCapabilities?: Record<string, unknown>;
  /** Other vendors of the registry whose sandboxes are there too, each with the account `default`. */
  also?: readonly VendorName[];
  env?: Record<string, string>;
  /** More accounts at the same sandbox: what their capabilities have over the quick ones. */
  accounts?: Record<string, Record<string, unknown>>;
  /** Lays test doubles over activities, to fail one at a chosen moment. */
  wrap?: (activities: { core: CoreActivities; junction: ProviderActivities }) => {
    core: CoreActivities;
    junction: ProviderActivities;
  };
}

export async function startSaga(options: RigOptions = {}): Promise<SagaRig> {
  const running = await createJunctionSandbox({
    port: 0,
    dataDir: null,
    timeScale: 1 / 600,
    webhookUrl: null,
    webhookSecret: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx',
  });
  const clinic = await createOliverSandbox({ port: 0, dataDir: null, timeScale: 1 / 600 });
  const also = new Map<VendorName, RunningSandbox>();
  for (const vendor of options.also ?? []) {
    const started = { port: 0, dataDir: null, timeScale: 1 / 600, webhookUrl: null };
    also.set(vendor, await vendorAt(vendor).sandbox.start(started));
  }
  const urlOf = (vendor: VendorName) => also.get(vendor)?.url ?? 'http://nowhere.invalid';
  const config = rigConfig(options, { junction: running.url, oliver: clinic.url }, urlOf);
  const server = await startTestServer(config);
  return assemble(
    options,
    { junction: running, clinic, also },
    config,
    server,
    options.bundle ?? (await workflowBundle()),
  );
}

/** The settings of a rig whose stand-ins are there. */
export function rigConfig(
  options: RigOptions,
  urls: { junction: string; oliver: string },
  urlOf: (vendor: VendorName) => string = () => 'http://nowhere.invalid',
): Config {
  return testConfig({
    OLIVER_BASE_URL: urls.oliver,
    OLIVER_USERNAME: 'sandbox',
    OLIVER_PASSWORD: 'sandbox',
    OLIVER_PRACTICES: 'practice-1=1@America/Chicago',
    OLIVER_LIST_MAX_AGE_MS: '50',
    OLIVER_CAPABILITIES: JSON.stringify({ ...QUICK_CLINIC, ...options.clinicCapabilities }),
    JUNCTION_API_KEY: 'sk_us_test',
    JUNCTION_BASE_URL: urls.junction,
    JUNCTION_CAPABILITIES: JSON.stringify({ ...QUICK_CAPABILITIES, ...options.capabilities }),
    ...(options.accounts
      ? { JUNCTION_ACCOUNTS: JSON.stringify(accountsAt(urls.junction, options.accounts)) }
      : {}),
    ...Object.fromEntries((options.also ?? []).map((vendor) => accountAt(vendor, urlOf(vendor)))),
    BOOKING_LIMITS: JSON.stringify({ ...QUICK_LIMITS, ...options.limits }),
    ...options.env,
  });
}

/** Tests look more often than a vendor's own pace may allow. */
const QUICK_PACE = { inFlight: 50, perSecond: 1_000 };

/** The setting of a vendor's accounts, with one at its sandbox. */
function accountAt(vendor: VendorName, baseUrl: string): [name: string, json: string] {
  const { account } = vendorAt(vendor).sandbox;
  const own = { ...account, baseUrl, capabilities: QUICK_CLINIC, pace: QUICK_PACE };
  return [accountsSetting(vendor), JSON.stringify({ default: own })];
}

function accountsAt(baseUrl: string, accounts: NonNullable<RigOptions['accounts']>): object {
  const entries = Object.entries(accounts).map(([name, capabilities]) => {
    const account = {
      apiKey: 'sk_us_test',
      baseUrl,
      capabilities: { ...QUICK_CAPABILITIES, ...capabilities },
    };
    return [name, account] as const;
  });
  return Object.fromEntries(entries);
}

async function assemble(
  options: RigOptions,
  sandboxes: {
    junction: RunningSandbox;
    clinic: RunningSandbox;
    also: ReadonlyMap<VendorName, RunningSandbox>;
  },
  config: Config,
  server: TestServer,
  bundle: WorkflowBundleOption,
): Promise<SagaRig> {
  const bookings = createBookingClient({ client: server.client, idKey: loadKeys(config).idKey });
  let workers: { workers: Workers; ended: Promise<void> } | null = null;
  const wrapped = (settings: Config) => {
    const plain = activitiesOf(settings, server);
    return { ...forVendors(() => plain.junction), ...(options.wrap?.(plain) ?? plain) };
  };
  const startApart = () => providersApart(server, config, wrapped(config));
  let apart = options.providersApart ? await startApart() : null;
  const workersWith = (settings: Config, connection: NativeConnection) => {
    const { core, ...providers } = wrapped(settings);
    return createWorkers({
      config: settings,
      connection,
      namespace: server.target.namespace,
      activities: { core, ...(apart ? {} : providers) },
      workflowBundle: bundle,
    });
  };
  const startWorkers = async (settings: Config = config) => {
    const created = await workersWith(settings, server.connection);
    workers = { workers: created, ended: created.run() };
  };
  const stopWorkers = async () => {
    const stopping = workers;
    workers = null; // also when they end badly: others can be started then
    stopping?.workers.shutdown();
    await stopping?.ended;
  };
  await startWorkers();
  return {
    server,
    config,
    bookings,
    sandbox: sandboxHand(sandboxes.junction.url),
    clinic: clinicHand(sandboxes.clinic.url),
    at: (vendor, handOn) => handOn(sandboxes.also.get(vendor)?.url ?? 'http://nowhere.invalid'),
    startWorkers,
    stopWorkers,
    async restartProviders() {
      await apart?.stop();
      if (apart) apart = await startApart();
    },
    createWorkers: workersWith,
    until: (id, fits, timeoutMs = 20_000) => untilFits(bookings, id, fits, timeoutMs),
    async stop() {
      await inTime('the workers end', stopWorkers());
      await inTime('the providers’ workers end', apart?.stop() ?? Promise.resolve());
      const replays = () => replayEverything(server.client, dataConverterOf(config), bundle);
      try {
        if (options.replays !== false) await inTime('the histories replay', replays());
      } finally {
        await sandboxes.junction.close();
        await sandboxes.clinic.close();
        for (const sandbox of sandboxes.also.values()) await sandbox.close();
        await inTime('the server stops', server.stop());
      }
    },
  };
}

/** Workers of the providers' queues alone, which outlive those of the workflows. */
async function providersApart(
  server: TestServer,
  config: Config,
  { junction, oliver }: { junction: ProviderActivities; oliver: ProviderActivities },
): Promise<{ stop(): Promise<void> }> {
  const queues = { [queueOf('junction')]: junction, [queueOf('oliver')]: oliver };
  const workers = await Promise.all(
    Object.entries(queues).map(([taskQueue, activities]) =>
      Worker.create({
        connection: server.connection,
        namespace: server.target.namespace,
        dataConverter: dataConverterOf(config),
        taskQueue,
        activities,
      }),
    ),
  );
  const ended = Promise.all(workers.map((worker) => worker.run()));
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await ended;
    },
  };
}

/** Longest that each part of stopping may take, in ms: a suite of hundreds of bookings replays them all. */
const STOP_MS = 200_000;

/** Longest that all of stopping may take, for the hook that waits for it, in ms. */
export const STOPPED_WITHIN_MS = 400_000;

/** Names the part that does not come to its end: a hook that is out of time tells nothing. */
function inTime<T>(what: string, part: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it took over ${STOP_MS} ms until ${what}`)), STOP_MS);
  });
  return Promise.race([part, late]).finally(() => clearTimeout(timer));
}

function activitiesOf(config: Config, server: TestServer): ReturnType<typeof testActivities> {
  // With the workers' own keys, which need not be the rig's.
  return testActivities(config, clientOn(server.connection, server.target, dataConverterOf(config)));
}

async function untilFits(
  bookings: BookingClient,
  id: string,
  fits: (view: BookingView) => boolean,
  timeoutMs: number,
): Promise<BookingView> {
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), timeoutMs);
  let last: BookingView | null = null;
  try {
    for await (const view of bookings.watch(id, { signal: timeUp.signal })) {
      last = view;
      if (fits(view)) return view;
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`the booking did not get there; it stands at ${JSON.stringify(last, null, 1)}`);
}

/** A request for a visit at home, with an order to place. */
export function atHome(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    provider: 'junction-phlebotomy',
    reference: 'visit-8812',
    patient: {
      userId: USER_ID,
      firstName: 'Ana',
      lastName: 'Reyes',
      dob: '1984-03-09',
      gender: 'female',
      phone: '+16025550123',
      email: 'ana@example.com',
      address: {
        firstLine: 'West Lincoln Street',
        city: 'Phoenix',
        state: 'AZ',
        zip: '85004',
        country: 'US',
      },
    },
    order: { labTestIds: [AT_HOME_TEST] },
    windows: [{ from: '+2d', to: '+9d' }],
    ...overrides,
  };
}

/** A request for an appointment at a draw site near Manhattan, with an order to place. */
export function atSite(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...atHome(),
    provider: 'junction-psc',
    order: { labTestIds: [AT_SITE_TEST] },
    site: { lab: 'quest', zip: '10001', radiusMiles: 10 },
    ...overrides,
  };
}

/** A request for a visit at a practice. */
export function atPractice(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    provider: 'oliver',
    account: 'practice-1',
    reference: 'recall-77',
    appointmentType: 'wellness',
    client: { remoteId: 'C-1001' },
    patient: { remoteId: 'P-77' },
    windows: [{ from: '+2d', to: '+9d' }],
    notes: 'Annual vaccines',
    ...overrides,
  };
}

/** A request that adopts an order. */
export function adopting(
  orderId: string,
  onFailure: 'cancel' | 'keep',
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  const { patient: _patient, ...rest } = atHome();
  return { ...rest, order: { id: orderId, onFailure }, ...overrides };
}
