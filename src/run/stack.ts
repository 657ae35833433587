import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { listenApi } from '../api/listen';
import { temporalReadiness } from '../api/readiness';
import { forVendors, VENDOR_NAMES, type VendorName, vendorFacts, webhookPathOf } from '../booking/vendors';
import type { Config } from '../config';
import { startCodecServer } from '../temporal/codec-server';
import { clientOn, connectNative, type TemporalTarget } from '../temporal/connection';
import { dataConverterOf } from '../temporal/encryption';
import { checkKeys } from '../temporal/key-list';
import { loadKeys } from '../temporal/keys';
import { installRuntime } from '../temporal/runtime';
import { listening, portFor } from './ports';
import { startSandbox } from './sandboxes';
import { ownServer, useServer, type TemporalServer } from './temporal-server';
import { startWorkers } from './workers';

/**
 * Runs everything of this project on one machine, in one process, except our own Temporal server, which is another
 * process.
 */

export interface StackOptions {
  config: Config;
  /** Somebody else's Temporal server; null: our own, under the settings' data directory. */
  target: TemporalTarget | null;
  log: Logger;
  /** Ends the wait for somebody else's server when it is not there yet. */
  told: Promise<void>;
  /** Told about what takes long (the download of Temporal). */
  tell: (text: string) => void;
  /** False when the workers run in another process. */
  withWorkers: boolean;
  /**
   * Whether our own Temporal server ends with this process, even when this is killed; else the next start takes it
   * over.
   */
  leavesNothing: boolean;
}

export interface Stack {
  temporal: Pick<TemporalServer, 'target' | 'uiUrl' | 'adopted'>;
  apiUrl: string;
  codecUrl: string;
  /** Where the providers' sandboxes listen; null when the settings name the provider itself. */
  sandboxes: Record<VendorName, string | null>;
  /** Reads and writes what Temporal holds encrypted. */
  client: Client;
  /** Rejects when a part fails by itself; never resolves. */
  broken: Promise<never>;
  /** Stops each part before those that it needs, Temporal last. Safe to repeat. */
  stop(): Promise<void>;
}

/** How long a worker may take to show up at Temporal, in ms, and the pause between two looks. */
const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 100;

/**
 * Starts all parts, and resolves once they answer and bookings move. If a part does not start, those before it are
 * stopped. Throws a ConfigError that names the setting of a taken port.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const parts = noParts();
  try {
    return await startParts(options, parts);
  } catch (err) {
    await parts.stop();
    throw err;
  }
}

/** The running parts, in the order in which they were started. They stop in reverse order. */
interface Parts {
  add<T>(part: T, stop: (part: T) => Promise<void>): T;
  /** Safe to repeat. */
  stop(): Promise<void>;
}

function noParts(): Parts {
  const stops: (() => Promise<void>)[] = [];
  return {
    add(part, stop) {
      stops.push(() => stop(part));
      return part;
    },
    async stop() {
      for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
    },
  };
}

async function startParts(options: StackOptions, parts: Parts): Promise<Stack> {
  const { target, log, told, tell, withWorkers, leavesNothing: diesWithUs } = options;
  installRuntime(log);
  const config = await withPorts(options.config);
  const temporal = parts.add(
    await (target ? useServer(target, { log, told }) : ownServer(config, { tell, diesWithUs })),
    (server) => server.stop(),
  );
  const connection = parts.add(await connectNative(temporal.target), (open) => open.close());
  const place = { connection, namespace: temporal.target.namespace };
  await checkKeys(place, loadKeys(config).encryptionKeys, (text) => log.warn(text));
  const client = clientOn(connection, temporal.target, dataConverterOf(config));
  const codec = parts.add(await startCodec(config, temporal), (server) => server.stop());
  const sandboxes = await startSandboxes(config, log, parts);
  const workers = withWorkers
    ? parts.add(await startWorkers({ config, connection, client, log }), (running) => running.stop())
    : null;
  const api = parts.add(
    await listening('PORT', config.port, () => listenApi(config, client, log)),
    (server) => server.close(),
  );
  if (workers) await Promise.race([untilReady(client), workers.failed]);
  return {
    temporal,
    apiUrl: api.address,
    codecUrl: codec.url,
    sandboxes,
    client,
    broken: workers?.failed ?? new Promise(() => undefined),
    stop: () => parts.stop(),
  };
}

/** Chooses free ports (0 in the settings), because parts must know each other's ports before they start. */
async function withPorts(config: Config): Promise<Config> {
  return {
    ...config,
    port: await portFor(config.port),
    codecPort: await portFor(config.codecPort),
    temporalPort: await portFor(config.temporalPort),
    temporalUiPort: await portFor(config.temporalUiPort),
  };
}

function startCodec(config: Config, { uiUrl }: TemporalServer): ReturnType<typeof startCodecServer> {
  const { codecPort: port } = config;
  return listening('BOOKING_CODEC_PORT', port, () => startCodecServer({ config, uiUrl, port }));
}

async function startSandboxes(config: Config, log: Logger, parts: Parts): Promise<Stack['sandboxes']> {
  const { usesSandbox, host, port } = config;
  const urls: Stack['sandboxes'] = forVendors(() => null);
  for (const vendor of VENDOR_NAMES.filter((name) => usesSandbox[name])) {
    log.info(`no settings name an account: the sandbox of ${vendorFacts(vendor).label} is used`);
    const webhookUrl = `http://${reachable(host)}:${port}${webhookPathOf(vendor)}`;
    const sandbox = await startSandbox(vendor, config, { webhookUrl, log });
    urls[vendor] = parts.add(sandbox, (server) => server.close()).url;
  }
  return urls;
}

/** Returns the host to call: a server that listens everywhere is called on this machine. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function untilReady(client: Client): Promise<void> {
  const giveUpAtMs = performance.now() + READY_WITHIN_MS;
  while (!(await temporalReadiness(client)).worker) {
    if (performance.now() > giveUpAtMs) throw new Error('The worker does not show up at Temporal.');
    await pause(LOOK_AGAIN_MS);
  }
}
