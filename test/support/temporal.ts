import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { NativeConnection } from '@temporalio/worker';
import { loadConfig, type Config } from '../../src/config';
import { clientOn, connectNative, localTarget, type TemporalTarget } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { addSearchAttributes } from '../../src/temporal/search-attributes';
import { findTestServer } from '../../src/temporal/server/download';
import { startEmbeddedServer } from '../../src/temporal/server/embedded';

/** A config with fixed keys and a data directory of its own; `env` adds settings. */
export function testConfig(env: Record<string, string> = {}): Config {
  return loadConfig({
    BOOKING_DATA_DIR: mkdtempSync(join(tmpdir(), 'booking-saga-test-')),
    BOOKING_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
    BOOKING_ID_KEY: Buffer.alloc(32, 2).toString('base64'),
    ...env,
  });
}

export interface TestServer {
  config: Config;
  target: TemporalTarget;
  client: Client;
  connection: NativeConnection;
  stop(): Promise<void>;
}

/** A real Temporal server in memory, on a free port, ready for bookings: one for each test file. */
export async function startTestServer(config = testConfig()): Promise<TestServer> {
  const server = await startEmbeddedServer({ dataDir: config.dataDir, port: 0, uiPort: 0, inMemory: true });
  const target = localTarget(server.address, server.namespace);
  const connection = await connectNative(target);
  return {
    config,
    target,
    connection,
    client: clientOn(connection, target, dataConverterOf(config)),
    async stop() {
      await connection.close();
      await server.stop();
    },
  };
}

/** A server that skips time while a result is awaited; its clock is one for all, so its tests run serially. */
export async function startTimeSkippingServer(config = testConfig()): Promise<TestWorkflowEnvironment> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await findTestServer() } },
    client: { dataConverter: dataConverterOf(config) },
  });
  await addSearchAttributes(env.connection, 'default');
  return env;
}
