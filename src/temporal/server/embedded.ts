import { mkdir } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../booking/names';
import { findTemporalCli, type FindOptions } from './download';
import { forgetServer, recordServer, runningServer } from './embedded-record';
import { launch, type ServerProcess } from './embedded-process';
import { channelArgsTo } from '../grpc';
import { ensureSearchAttributes, RETENTION_DAYS, setRetention } from '../search-attributes';

/** Runs a Temporal server beside the project on one machine, as a child process of the Temporal CLI. */

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;
const ADOPT_TIMEOUT_MS = 15_000;
const POLL_MS = 50;
/** How long one try to reach a server may take that may not listen yet. */
const TRY_TIMEOUT_MS = 2_000;

export interface EmbeddedOptions {
  /** Where the database and the record of the process are kept; unused when `inMemory`. */
  dataDir: string;
  /** Port for gRPC; 0 takes a free one. */
  port: number;
  /** Port for the Temporal UI; 0 takes a free one. */
  uiPort: number;
  /** Port for Prometheus. When left out, the server chooses one. */
  metricsPort?: number;
  /** Where the codec server listens, so that the UI shows payloads decoded. */
  codecPort?: number;
  namespace?: string;
  /** For tests: no file, no UI, no take-over, and the server ends with this process. */
  inMemory?: boolean;
  /** Whether the server ends with this process even when this is killed; else the next start takes it over. */
  diesWithUs?: boolean;
  find?: FindOptions;
}

export interface EmbeddedServer {
  /** `host:port` for gRPC. */
  address: string;
  /** Null when there is no UI. */
  uiUrl: string | null;
  namespace: string;
  pid: number;
  /** Whether it was taken over from a parent that was killed. */
  adopted: boolean;
  /** Resolves once the process has ended. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts the server, or takes over the one that a killed parent left running on the same data. Resolves when it serves,
 * with namespace, 30 days of retention and search attributes in place. Throws when no Temporal binary can be found or
 * fetched, when the port is taken, and when another process of ours uses the same data.
 */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const namespace = options.namespace ?? 'default';
  const server = (await adopted(options, namespace)) ?? (await started(options, namespace));
  await prepare(server.address, namespace).catch(async (err: unknown) => {
    await server.stop();
    throw err;
  });
  return server;
}

/** Returns a free port of this machine. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, failed) => probe.once('error', failed).listen(0, HOST, done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('The machine gave no port.');
  return address.port;
}

async function adopted(options: EmbeddedOptions, namespace: string): Promise<EmbeddedServer | null> {
  if (options.inMemory) return null;
  const found = await runningServer(options.dataDir);
  if (!found) return null;
  if (!(await serves(found.record.address, namespace, found.process, ADOPT_TIMEOUT_MS))) {
    await found.process.stop();
    return null;
  }
  await recordServer(options.dataDir, found.record);
  return handle(options, found.record, namespace, found.process, true);
}

/** How often the server is started if another process takes one of its ports meanwhile. */
const MAX_STARTS = 3;

/**
 * Starts a server. The server chooses some of its ports itself, and another process may take one before it listens
 * there; then it is started again.
 */
async function started(options: EmbeddedOptions, namespace: string): Promise<EmbeddedServer> {
  for (let n = 1; ; n += 1) {
    try {
      return await startedOnce(options, namespace);
    } catch (err) {
      if (n >= MAX_STARTS || !(err instanceof Error) || !PORT_TAKEN.test(err.message)) throw err;
    }
  }
}

const PORT_TAKEN = /address already in use/;

async function startedOnce(options: EmbeddedOptions, namespace: string): Promise<EmbeddedServer> {
  const port = options.port || (await freePort());
  const uiPort = options.inMemory ? null : options.uiPort || (await freePort());
  const record = { address: `${HOST}:${port}`, uiPort };
  if (await serves(record.address, namespace, null, 0)) {
    throw new Error(
      `Another Temporal server answers on ${record.address}; set BOOKING_TEMPORAL_PORT to another port.`,
    );
  }
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const process = launch(await findTemporalCli(options.find), serverArgs(options, port, uiPort, namespace), {
    logFile: options.inMemory ? null : join(options.dataDir, 'temporal.log'),
    diesWithUs: options.inMemory || options.diesWithUs || false,
  });
  if (!options.inMemory) await recordServer(options.dataDir, { ...record, pid: process.pid });
  const server = handle(options, { ...record, pid: process.pid }, namespace, process, false);
  if (!(await serves(record.address, namespace, process, START_TIMEOUT_MS))) {
    await server.stop();
    throw new Error(`The Temporal server did not start: ${process.said() || 'it does not answer'}`);
  }
  return server;
}

function serverArgs(
  options: EmbeddedOptions,
  port: number,
  uiPort: number | null,
  namespace: string,
): string[] {
  const types = { KEYWORD: 'Keyword', DATETIME: 'Datetime' } as const;
  const attributes = Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${types[type]}`,
  ]);
  const ui =
    uiPort === null
      ? ['--headless']
      : ['--ui-port', String(uiPort), '--ui-disable-news-fetch', ...codecArgs(options.codecPort)];
  const database = options.inMemory ? [] : ['--db-filename', join(options.dataDir, 'temporal.db')];
  return [
    ...['server', 'start-dev', '--ip', HOST, '--port', String(port), '--namespace', namespace],
    // The default of 20 per shard, with one shard, more than doubles the latency of every step.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000', '--log-level', 'error'],
    ...(options.metricsPort === undefined ? [] : ['--metrics-port', String(options.metricsPort)]),
    ...database,
    ...ui,
    ...attributes,
  ];
}

function codecArgs(codecPort: number | undefined): string[] {
  return codecPort === undefined ? [] : ['--ui-codec-endpoint', `http://${HOST}:${codecPort}`];
}

function handle(
  options: EmbeddedOptions,
  record: { address: string; uiPort: number | null; pid: number },
  namespace: string,
  process: ServerProcess,
  wasAdopted: boolean,
): EmbeddedServer {
  return {
    address: record.address,
    uiUrl: record.uiPort === null ? null : `http://${HOST}:${record.uiPort}`,
    namespace,
    pid: record.pid,
    adopted: wasAdopted,
    async stop() {
      await process.stop();
      if (!options.inMemory) await forgetServer(options.dataDir, record.pid);
    },
  };
}

/** Returns true when the namespace answers there before the time is over; gives up early when the process has ended. */
async function serves(
  address: string,
  namespace: string,
  process: ServerProcess | null,
  withinMs: number,
): Promise<boolean> {
  const giveUpAtMs = performance.now() + withinMs;
  do {
    if (await answers(address, namespace)) return true;
    await new Promise((done) => setTimeout(done, POLL_MS));
  } while (performance.now() < giveUpAtMs && process?.isAlive());
  return false;
}

async function answers(address: string, namespace: string): Promise<boolean> {
  // gRPC backs off for a second after a refused connection; a plain connection tells at once.
  if (!(await listens(address))) return false;
  try {
    const connection = await Connection.connect({
      address,
      connectTimeout: TRY_TIMEOUT_MS,
      ...channelArgsTo(address),
    });
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

function listens(address: string): Promise<boolean> {
  const socket = connect(Number(address.split(':').at(-1)), HOST);
  return new Promise<boolean>((done) => {
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  }).finally(() => socket.destroy());
}

async function prepare(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, ...channelArgsTo(address) });
  try {
    await setRetention(connection, namespace, RETENTION_DAYS);
    await ensureSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}
