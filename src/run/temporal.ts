import { ConfigError, loadConfig } from '../config';
import { startCodecServer } from '../temporal/codec-server';
import { loadKeys } from '../temporal/keys';
import { freePort, startEmbeddedServer } from '../temporal/server/embedded';
import { stopSignal } from './signals';

/** `npm run temporal`: the embedded Temporal server alone, with the codec server that its UI asks, until stopped. */

async function main(): Promise<void> {
  const told = stopSignal(); // before anything says that Ctrl-C stops it
  const config = loadConfig();
  loadKeys(config); // before the server starts: without keys it could show nothing
  const codecPort = config.codecPort || (await freePort());
  const server = await startEmbeddedServer({
    dataDir: config.dataDir,
    port: config.temporalPort,
    uiPort: config.temporalUiPort,
    codecPort,
    find: { onProgress: (text) => process.stderr.write(`${text}\n`) },
  });
  const codec = await startCodecServer({
    config,
    uiUrl: server.uiUrl,
    port: codecPort,
  }).catch(async (err: unknown) => {
    await server.stop();
    throw err;
  });
  process.stdout.write(`Temporal     ${server.address} (namespace ${server.namespace})\n`);
  process.stdout.write(`Temporal UI  ${server.uiUrl}\n`);
  process.stdout.write(`Codec server ${codec.url}\n`);
  process.stdout.write(
    `Use it from another terminal with TEMPORAL_ADDRESS=${server.address}; stop with Ctrl-C.\n`,
  );
  await told;
  await codec.stop();
  await server.stop();
}

// Listening for signals must not keep a process alive that has nothing more to do.
main().then(
  () => process.exit(0),
  (err: unknown) => {
    process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
    process.exit(err instanceof ConfigError ? 2 : 1);
  },
);
