import { pino } from 'pino';
import { ConfigError, loadConfig, SANDBOX } from '../config';
import { startJunctionSandbox, startOliverSandbox } from './sandboxes';
import { stopSignal } from './signals';

/** `npm run sandbox`: the providers' sandboxes alone, until told to stop. */
async function main(): Promise<void> {
  const told = stopSignal();
  const config = loadConfig();
  const place = { host: config.host, log: pino({ level: config.logLevel }, pino.destination(2)) };
  const junction = await startJunctionSandbox(config, { ...place, webhookUrl: config.sandboxWebhookUrl });
  const oliver = await startOliverSandbox(config, place);
  process.stdout.write(
    [
      `Junction sandbox  ${junction.url}`,
      `  API key         ${SANDBOX.junctionKey} (any key that begins with sk_us_)`,
      `  what is live    ${junction.url}/_sandbox/state`,
      `Oliver sandbox    ${oliver.url}`,
      `  user, password  ${SANDBOX.oliverUser}, ${SANDBOX.oliverPassword}`,
      `  practice        1 (accounts ${SANDBOX.oliverPractices})`,
      `  what is live    ${oliver.url}/_sandbox/state`,
      '  stop with Ctrl-C\n',
    ].join('\n'),
  );
  await told;
  await Promise.all([junction.close(), oliver.close()]);
}

main().then(
  () => process.exit(0),
  (err: unknown) => {
    process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
    process.exit(err instanceof ConfigError ? 2 : 1);
  },
);
