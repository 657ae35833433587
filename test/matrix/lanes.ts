import { createJunctionSandbox } from '../../src/sandbox/junction/server';
import { QUICK_CAPABILITIES, startSaga, type RigOptions, type SagaRig } from '../support/saga';
import { sandboxHand, type SandboxHand } from '../support/sandbox';

/**
 * Many bookings at once that cannot disturb each other: each lane has a sandbox of its own, and each booking an
 * account of its own in some lane, because an adapter remembers things (cancellation reasons) by account.
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
  account: string;
  sandbox: SandboxHand;
}

const LANES = 16;
const BOOKINGS_IN_A_LANE = 100;

/** Starts the lanes and the saga over them. */
export async function startLanes(options: RigOptions): Promise<Lanes> {
  const sandboxes = await Promise.all(Array.from({ length: LANES }, startSandbox));
  const lanes = sandboxes.map(({ url }, lane) => ({
    sandbox: sandboxHand(url),
    accounts: Array.from({ length: BOOKINGS_IN_A_LANE }, (_, n) => `lane-${lane}.${n}`),
  }));
  const capabilities = { ...QUICK_CAPABILITIES, ...options.capabilities };
  const settings = lanes.flatMap(({ sandbox, accounts }) =>
    accounts.map((name) => [name, { apiKey: 'sk_us_test', baseUrl: sandbox.url, capabilities }]),
  );
  const env = { ...options.env, JUNCTION_ACCOUNTS: JSON.stringify(Object.fromEntries(settings)) };
  const rig = await startSaga({ ...options, env });
  return {
    rig,
    async runAll(jobs) {
      const waiting = [...jobs];
      const failures = await Promise.all(
        lanes.map(async ({ sandbox, accounts }) => {
          const failed: string[] = [];
          for (let job = waiting.shift(); job; job = waiting.shift()) {
            const account = accounts.shift();
            if (!account) throw new Error('a lane is out of accounts');
            await sandbox.control('reset', {});
            await job.run({ account, sandbox }).catch((err: unknown) => {
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
      await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    },
  };
}

function startSandbox() {
  return createJunctionSandbox({
    port: 0,
    dataDir: null,
    timeScale: 1 / 600,
    webhookUrl: null,
    webhookSecret: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx',
  });
}
