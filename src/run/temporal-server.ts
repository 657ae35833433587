import type { Logger } from 'pino';
import type { Config } from '../config';
import { connectNative, localTarget, type TemporalTarget } from '../temporal/connection';
import { prepareNamespace } from '../temporal/search-attributes';
import { startEmbeddedServer, type EmbeddedServer } from '../temporal/server/embedded';
import { runningServer } from '../temporal/server/embedded-record';
import { isFree, taken } from './ports';
import { reachTemporal } from './reach-temporal';

/** Provides the Temporal server of a stack: the one that the settings name, or our own. */

export interface TemporalServer {
  target: TemporalTarget;
  /** Null for somebody else's server, whose UI we do not know. */
  uiUrl: string | null;
  /** Whether it was taken over from an earlier stack that was killed. */
  adopted: boolean;
  /** Stops our own server; leaves another's alone. */
  stop(): Promise<void>;
}

/** Thrown when a start was told to stop while it waited for Temporal. */
export class StoppedWaiting extends Error {
  override readonly name = 'StoppedWaiting';
}

/**
 * Prepares somebody else's server for bookings, and waits for it when it is not there yet. Throws when its namespace
 * can't be prepared, and StoppedWaiting when `told` resolves first.
 */
export async function useServer(
  target: TemporalTarget,
  { log, told }: { log: Logger; told: Promise<void> },
): Promise<TemporalServer> {
  const reach = async (): Promise<true> => {
    const connection = await connectNative(target);
    try {
      await prepareNamespace(connection, target.namespace, (text) => log.warn(text));
      return true;
    } finally {
      await connection.close();
    }
  };
  if (!(await reachTemporal(target, reach, { log, told }))) throw new StoppedWaiting(target.address);
  return { target, uiUrl: null, adopted: false, stop: () => Promise.resolve() };
}

export interface OwnServerOptions {
  /** Told about a download's progress. */
  tell: (text: string) => void;
  /** Whether the server ends with this process even when this is killed. */
  diesWithUs: boolean;
}

/**
 * Starts our own server, or takes over the one that a killed stack left on the same data. Throws a ConfigError that
 * names the setting of a taken port.
 */
export async function ownServer(
  config: Config,
  { tell, diesWithUs }: OwnServerOptions,
): Promise<TemporalServer> {
  const { dataDir, codecPort, temporalPort: port, temporalUiPort: uiPort } = config;
  if (!(await runningServer(dataDir))) await refuseTaken(config);
  const server = await startEmbeddedServer({
    dataDir,
    port,
    uiPort,
    codecPort,
    diesWithUs,
    find: { onProgress: tell },
  });
  return { ...parts(server), stop: () => server.stop() };
}

function parts(server: EmbeddedServer): Omit<TemporalServer, 'stop'> {
  const { address, namespace, uiUrl, adopted } = server;
  return { target: localTarget(address, namespace), uiUrl, adopted };
}

/** Refuses taken ports before the start, because the server itself would not name our setting. */
async function refuseTaken({ temporalPort, temporalUiPort }: Config): Promise<void> {
  const wanted = { BOOKING_TEMPORAL_PORT: temporalPort, BOOKING_TEMPORAL_UI_PORT: temporalUiPort };
  for (const [setting, port] of Object.entries(wanted)) {
    if (!(await isFree(port))) throw taken(setting, port);
  }
}
