import { once } from 'node:events';
import pino from 'pino';
import { loadConfig, SANDBOX } from '../config';
import { createJunctionSandbox } from '../sandbox/junction/server';

/** `npm run sandbox`: the providers' stand-ins alone, until SIGINT or SIGTERM. */
async function main(): Promise<void> {
  const config = loadConfig();
  const junction = await createJunctionSandbox({
    port: config.sandboxPorts.junction,
    dataDir: config.dataDir,
    host: config.host,
    webhookUrl: config.sandboxWebhookUrl,
    webhookSecret: SANDBOX.webhookSecret,
    log: pino({ level: config.logLevel }),
  });
  process.stdout.write(
    [
      `Junction sandbox  ${junction.url}`,
      `  API key         ${SANDBOX.junctionKey} (any key that begins with sk_us_)`,
      `  what is live    ${junction.url}/_sandbox/state`,
      '  stop with Ctrl-C\n',
    ].join('\n'),
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await junction.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
