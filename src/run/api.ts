import { pino } from 'pino';
import { listenApi } from '../api/listen';
import { ConfigError, loadConfig } from '../config';
import { clientOn, localTarget, temporalTarget } from '../temporal/connection';
import { dataConverterOf } from '../temporal/encryption';
import { loadKeys } from '../temporal/keys';
import { listening } from './ports';
import { connectPlain, reachTemporal, ready } from './reach-temporal';
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
  for (const warning of config.warnings) log.warn(warning);
  const target = temporalTarget() ?? localTarget(`127.0.0.1:${config.temporalPort}`);
  const { encryptionKeys } = loadKeys(config); // tells wrong settings before anything is waited for
  const warn = (text: string) => log.warn(text);
  const reach = (givenUp: AbortSignal) =>
    ready(() => connectPlain(target), target, { keys: encryptionKeys, warn, givenUp });
  const connection = await reachTemporal(target, reach, { log, told });
  if (!connection) return;
  const client = clientOn(connection, target, dataConverterOf(config));
  const api = await listening('PORT', config.port, () => listenApi(config, client, log));
  log.info({ address: api.address, temporal: target.address }, 'the API listens');
  await told;
  await api.close();
  await connection.close();
}

// A try to reach Temporal must not keep a process alive that was told to stop.
main().then(
  () => process.exit(0),
  (err: unknown) => {
    process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
    process.exit(err instanceof ConfigError ? 2 : 1);
  },
);
