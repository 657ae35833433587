import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger } from 'fastify';
import { createBookingClient } from '../client/booking-client';
import { webhookSecretSetting, type Config } from '../config';
import { loadKeys } from '../temporal/keys';
import { buildApi } from './app';
import { webhookSources } from './webhooks/sources';
import { temporalReadiness } from './readiness';

export interface RunningApi {
  /** The address with the actual port: `http://127.0.0.1:3000`. */
  address: string;
  /** Answers waiting callers and stops. The Temporal client stays open, because it belongs to the caller. */
  close(): Promise<void>;
}

/** Builds the HTTP app on a Temporal client, and listens where the settings say. Port 0 takes a free one. */
export async function listenApi(
  config: Config,
  temporal: Client,
  log: FastifyBaseLogger,
): Promise<RunningApi> {
  const { idKey } = loadKeys(config);
  const webhooks = webhookSources(config);
  for (const { vendor } of webhooks.filter((source) => config.webhookSecrets[source.vendor].length === 0)) {
    const setting = webhookSecretSetting(vendor);
    log.warn(`${setting} is not set: webhooks are refused, and news is only found by polling`);
  }
  const app = await buildApi({
    client: createBookingClient({ client: temporal, idKey }),
    apiKeys: config.apiKeys,
    idKey,
    webhooks,
    readiness: () => temporalReadiness(temporal),
    log,
  });
  const address = await app.listen({ host: config.host, port: config.port });
  return { address, close: () => app.close() };
}
