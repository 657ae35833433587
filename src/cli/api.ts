import { pino } from 'pino';
import { listenApi } from '../api/listen';
import { ConfigError, loadConfig } from '../config';
import { connectClient, localTarget, temporalTarget } from '../temporal/connection';
import { dataConverterOf } from '../temporal/encryption';
import { checkKeys } from '../temporal/key-list';
import { loadKeys } from '../temporal/keys';
import { prepareNamespace } from '../temporal/search-attributes';
import { stopSignal } from './signals';

/** `npm run api`: the HTTP app alone, on a Temporal server that runs elsewhere, until it is told to stop. */
async function main(): Promise<void> {
  const told = stopSignal();
  const config = loadConfig();
  if (config.apiKeys.length === 0) {
    throw new ConfigError(
      'BOOKING_API_KEYS: must be set (name:secret, comma-separated) to run the API alone',
    );
  }
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const target = temporalTarget() ?? localTarget(`127.0.0.1:${config.temporalPort}`);
  const client = await connectClient(target, dataConverterOf(config));
  await prepareNamespace(client.connection, target.namespace, (text) => log.warn(text));
  const at = { connection: client.connection, namespace: target.namespace };
  await checkKeys(at, loadKeys(config).encryptionKeys, (text) => log.warn(text));
  const api = await listenApi(config, client, log);
  log.info({ address: api.address, temporal: target.address }, 'the API listens');
  await told;
  await api.close();
  await client.connection.close();
}

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = err instanceof ConfigError ? 2 : 1;
});
