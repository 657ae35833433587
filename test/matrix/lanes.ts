import { pino } from 'pino';
import { createJunctionSandbox } from '../../src/sandbox/junction/server';
import { createOliverSandbox } from '../../src/sandbox/oliver/server';
import { installRuntime } from '../../src/temporal/runtime';
import { placeOf, type Place } from '../simulation/world/sandboxes';
import { ON, startRig, type On } from '../support/rigs';
import { QUICK_CAPABILITIES, QUICK_CLINIC, type RigOptions, type SagaRig } from '../support/saga';
import { clinicHand, type ClinicHand } from '../support/clinic';
import { sandboxHand, type SandboxHand } from '../support/sandbox';

/**
 * Many bookings at once that cannot disturb each other: each lane has stand-ins of its own, and each booking an account
 * of its own in some lane, because an adapter remembers things (cancellation reasons, a practice) by account.
 */
export interface Lanes {
  rig: SagaRig;
  /**
   * Runs every job, as many at a time as there are lanes, each in a lane that is empty when it begins. A job that
   * throws has failed; returns what each failed job said, by its name.
   */
  runAll(jobs: Job[]): Promise<string[]>;
  stop(): Promise<void>;
}

export interface Job {
  name: string;
  run(lane: Lane): Promise<void>;
}

export interface Lane {
  /** Its name at both stand-ins. */
  account: string;
  sandbox: SandboxHand;
  clinic: ClinicHand;
}

const LANES = 16;
const BOOKINGS_IN_A_LANE = 100;

/** The account of a lane's booking that has what `accounts` says beside the others. */
export function accountWith(name: string, { account }: Pick<Lane, 'account'>): string {
  return `${account}.${name}`;
}

/** Starts the lanes and the saga over them. Each of `accounts` is there for every booking, beside its own. */
export async function startLanes({ accounts = {}, ...options }: RigOptions, on: On = ON): Promise<Lanes> {
  const standIns = on === 'server' ? await overSockets() : inMemory();
  const lanes = standIns.places.map((place, lane) => ({
    sandbox: sandboxHand(place.junction),
    clinic: clinicHand(place.oliver),
    accounts: Array.from({ length: BOOKINGS_IN_A_LANE }, (_, n) => `lane-${lane}.${n}`),
  }));
  const settings = lanes.flatMap((lane) => lane.accounts.map((account) => ({ account, ...lane })));
  const env = {
    ...options.env,
    JUNCTION_ACCOUNTS: asJson(settings, (lane) => junctionAccounts(lane, options, accounts)),
    OLIVER_ACCOUNTS: asJson(settings, (lane) => oliverAccounts(lane, options)),
  };
  const rig = await startRig({ ...options, env }, on, standIns.places);
  return {
    rig,
    async runAll(jobs) {
      const waiting = [...jobs];
      const failures = await Promise.all(
        lanes.map(async ({ sandbox, clinic, accounts }) => {
          const failed: string[] = [];
          for (let job = waiting.shift(); job; job = waiting.shift()) {
            const account = accounts.shift();
            if (!account) throw new Error('a lane is out of accounts');
            await sandbox.control('reset', {});
            await clinic.control('reset', {});
            await job.run({ account, sandbox, clinic }).catch((err: unknown) => {
              failed.push(`${job.name}: ${err instanceof Error ? err.message : String(err)}`);
            });
          }
          return failed;
        }),
      );
      return failures.flat();
    },
    async stop() {
      await rig.stop();
      await standIns.close();
    },
  };
}

type Named = Record<string, object>;

function asJson<L>(lanes: readonly L[], accountsOf: (lane: L) => Named): string {
  return JSON.stringify(Object.assign({}, ...lanes.map(accountsOf)));
}

function junctionAccounts(
  lane: Lane,
  { capabilities }: RigOptions,
  accounts: NonNullable<RigOptions['accounts']>,
): Named {
  const account = (over: object) => ({
    ...{ apiKey: 'sk_us_test', baseUrl: lane.sandbox.url },
    capabilities: { ...QUICK_CAPABILITIES, ...capabilities, ...over },
  });
  const others = Object.entries(accounts).map(([name, over]) => [accountWith(name, lane), account(over)]);
  return { [lane.account]: account({}), ...Object.fromEntries(others) };
}

function oliverAccounts({ account, clinic }: Lane, { clinicCapabilities }: RigOptions): Named {
  return {
    [account]: {
      ...{ baseUrl: clinic.url, username: 'sandbox', password: 'sandbox' },
      ...{ locationId: '1', timezone: 'America/Chicago', listMaxAgeMs: 50 },
      capabilities: { ...QUICK_CLINIC, ...clinicCapabilities },
    },
  };
}

/** The stand-ins of all lanes. */
interface StandIns {
  places: Place[];
  close(): Promise<unknown>;
}

/** Those that the simulator makes, and ends with itself. */
function inMemory(): StandIns {
  return { places: Array.from({ length: LANES }, (_, n) => placeOf(n)), close: () => Promise.resolve() };
}

async function overSockets(): Promise<StandIns> {
  // What fails in lanes fails on purpose, some hundred times.
  installRuntime(pino({ level: 'silent' }));
  const running = await Promise.all(Array.from({ length: LANES }, startPair));
  return {
    places: running.map(({ junction, oliver }) => ({ junction: junction.url, oliver: oliver.url })),
    close: () => Promise.all(running.flatMap(({ junction, oliver }) => [junction.close(), oliver.close()])),
  };
}

async function startPair() {
  const junction = await createJunctionSandbox({
    ...{ port: 0, dataDir: null, timeScale: 1 / 600, webhookUrl: null },
    webhookSecret: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx',
  });
  return { junction, oliver: await createOliverSandbox({ port: 0, dataDir: null, timeScale: 1 / 600 }) };
}
