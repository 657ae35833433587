import { Client, Connection, type ConnectionLike } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { checkTemporal, ConfigError, temporalSettings } from '../config';
import { channelArgsTo } from './grpc';
import { installRuntime } from './runtime';

/** The Temporal server and namespace to use, and how to connect. */
export interface TemporalTarget {
  address: string;
  namespace: string;
  /** Address, TLS, API key and metadata, as both kinds of connection take them. */
  connectionOptions: Pick<NativeConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'>;
}

/** The size above which memos are warned of: ours hold a view of 32 KiB and more. The SDK would warn at 2 KiB. */
const MEMO_WARN_BYTES = 64 * 1024;

/** The port of Temporal's gRPC, for an address without one. */
const DEFAULT_PORT = 7233;

type Env = Record<string, string | undefined>;

/**
 * Returns the server that TEMPORAL_ADDRESS or a Temporal profile names, as the SDK's environment configuration reads
 * them (TLS, API key and headers included). Returns null when none is named: then the embedded server serves. Throws a
 * ConfigError for settings that can't be used.
 */
export function temporalTarget(env: Env = process.env): TemporalTarget | null {
  const { connectionOptions, namespace } = readSettings(env);
  const { address: named, apiKey } = connectionOptions;
  // A profile may hold values that were not checked with the environment.
  checkTemporal({ TEMPORAL_ADDRESS: named, TEMPORAL_NAMESPACE: namespace, TEMPORAL_API_KEY: apiKey });
  if (named) {
    const address = /:\d+$/.test(named) ? named : `${named}:${DEFAULT_PORT}`;
    return {
      address,
      namespace: namespace || 'default',
      connectionOptions: { ...connectionOptions, address },
    };
  }
  if (apiKey) throw new ConfigError('TEMPORAL_ADDRESS: is needed beside TEMPORAL_API_KEY');
  return null;
}

/** Returns the target for a server without TLS or key: the embedded one, or a test's. */
export function localTarget(address: string, namespace = 'default'): TemporalTarget {
  return { address, namespace, connectionOptions: { address } };
}

/** Creates a connection for clients that connects when it is first used. */
export function lazyConnection({ address, connectionOptions }: TemporalTarget): Connection {
  return Connection.lazy({ ...connectionOptions, ...channelArgsTo(address) });
}

/** Connects a client on a connection of its own; `client.connection.close()` ends it. */
export async function connectClient(target: TemporalTarget, dataConverter: DataConverter): Promise<Client> {
  const { address, connectionOptions } = target;
  const connection = await Connection.connect({ ...connectionOptions, ...channelArgsTo(address) });
  return new Client({ connection, namespace: target.namespace, dataConverter });
}

/** Connects a connection for workers. */
export function connectNative(target: TemporalTarget): Promise<NativeConnection> {
  installRuntime();
  const payloadLimits = { memoWarnSize: MEMO_WARN_BYTES };
  return NativeConnection.connect({ ...target.connectionOptions, payloadLimits });
}

/** Creates a client on a connection. On the workers' own, bookings start without a round trip through the queue. */
export function clientOn(
  connection: ConnectionLike,
  target: TemporalTarget,
  dataConverter: DataConverter,
): Client {
  return new Client({ connection, namespace: target.namespace, dataConverter });
}

function readSettings(env: Env): ReturnType<typeof loadClientConnectConfig> {
  const overrideEnvVars = temporalSettings(env);
  try {
    return loadClientConnectConfig({ overrideEnvVars });
  } catch (err) {
    // Only the first line is shown: a parser's further lines quote the file, which may hold a key.
    const [why = ''] = (err instanceof Error ? err.message : String(err)).split('\n');
    throw new ConfigError(`TEMPORAL_*: ${why}`);
  }
}
