import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import {
  createAuditActivities,
  createOpsActivities,
  createClaimActivities,
  createCoreActivities,
  createProviderActivities,
} from '../../activities';
import { forVendors } from '../booking/vendors';
import { createOpsBackEnd } from '../client/ops/back-end';
import { createBookingClaims } from '../client/ops/claims';
import { timezoneOf, type Config } from '../config';
import { createProviders, providerFor } from '../providers';
import { loadKeys } from '../temporal/keys';
import { ensureSweepSchedule } from '../temporal/schedules';
import { createWorkers } from '../temporal/worker';

export interface RunningWorkers {
  /** Takes no new tasks and resolves once running ones have ended. Safe to repeat. */
  stop(): Promise<void>;
  /** Rejects when a worker fails by itself; never resolves. */
  failed: Promise<never>;
}

export interface WorkersOn {
  config: Config;
  connection: NativeConnection;
  /** The client by which activities ask Temporal. It names the namespace. */
  client: Client;
  log: Logger;
}

/** Starts this project's workers with the accounts of the settings. Resolves when they take tasks. */
export async function startWorkers({ config, connection, client, log }: WorkersOn): Promise<RunningWorkers> {
  const providers = createProviders(config, log);
  const atProviders = createProviderActivities({
    providerFor: (name) => providerFor(providers, name),
    timezoneOf: (provider, account) => timezoneOf(config, provider, account),
  });
  const context = { client, idKey: loadKeys(config).idKey };
  const backEnd = createOpsBackEnd(context);
  const claims = createBookingClaims(context);
  const workers = await createWorkers({
    config,
    connection,
    namespace: client.options.namespace,
    activities: {
      core: {
        ...createCoreActivities({ config, client }),
        ...createOpsActivities(backEnd),
        ...createClaimActivities(claims, config),
        ...createAuditActivities(backEnd, config),
      },
      // A vendor without accounts has a worker too: what is open there says so, and goes on once it is set.
      ...forVendors(() => atProviders),
    },
  });
  await ensureSweepSchedule(client, config.sweepMinutes).catch((err: unknown) => {
    // Bookings move without the sweep, and the next start tries again.
    log.warn({ error: err instanceof Error ? err.name : typeof err }, 'the sweep could not be scheduled');
  });
  const run = workers.run();
  return {
    failed: run.then(() => new Promise<never>(() => undefined)),
    stop() {
      workers.shutdown();
      // `failed` tells when it did not end well.
      return run.catch(() => undefined);
    },
  };
}
