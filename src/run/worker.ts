import { pino } from 'pino';
import { zoneDataWarning } from '../booking/zone-age';
import { ConfigError, loadConfig } from '../config';
import { clientOn, connectNative, localTarget, temporalTarget } from '../temporal/connection';
import { dataConverterOf } from '../temporal/encryption';
import { loadKeys } from '../temporal/keys';
import { installRuntime } from '../temporal/runtime';
import { reachTemporal, ready } from './reach-temporal';
import { stopSignal } from './signals';
import { startWorkers } from './workers';

/** `npm run worker`: the workers alone, on a Temporal server that runs elsewhere, until told to stop. */
async function main(): Promise<void> {
  // A worker that a stack started ends with the stack; its successor looks up what it was doing.
  process.once('disconnect', leave);
  const told = stopSignal();
  const config = loadConfig();
  const log = pino({ level: config.logLevel }, pino.destination(2));
  for (const warning of config.warnings) log.warn(warning);
  installRuntime(log);
  const target = temporalTarget() ?? localTarget(`127.0.0.1:${config.temporalPort}`);
  const { encryptionKeys } = loadKeys(config); // tells wrong settings before anything is waited for
  const warn = (text: string) => log.warn(text);
  const age = zoneDataWarning(new Date());
  if (age !== null) warn(age);
  const reach = (givenUp: AbortSignal) =>
    ready(() => connectNative(target), target, { keys: encryptionKeys, warn, givenUp });
  const connection = await reachTemporal(target, reach, { log, told });
  if (!connection) return;
  const client = clientOn(connection, target, dataConverterOf(config));
  const workers = await startWorkers({ config, connection, client, log });
  log.info({ temporal: target.address, namespace: target.namespace }, 'the workers take tasks');
  process.send?.('ready');
  try {
    await Promise.race([told, workers.failed]);
  } finally {
    await workers.stop();
    await connection.close();
  }
}

function leave(): never {
  process.exit(1);
}

// An open connection, or the channel to the stack that started it, must not keep an ended worker alive.
main().then(
  () => process.exit(0),
  (err: unknown) => {
    process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
    process.exit(err instanceof ConfigError ? 2 : 1);
  },
);
