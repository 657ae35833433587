import { pino } from 'pino';
import { VENDOR_NAMES, vendorFacts, type VendorName } from '../booking/vendors';
import { ConfigError, loadConfig } from '../config';
import type { RunningSandbox } from '../providers/vendor';
import { vendorAt } from '../vendors';
import { startSandbox } from './sandboxes';
import { stopSignal } from './signals';

/** `npm run sandbox`: the providers' sandboxes alone, until told to stop. */
async function main(): Promise<void> {
  const told = stopSignal();
  const config = loadConfig();
  const place = { host: config.host, log: pino({ level: config.logLevel }, pino.destination(2)) };
  const running: RunningSandbox[] = [];
  for (const vendor of VENDOR_NAMES) {
    const sandbox = await startSandbox(vendor, config, {
      ...place,
      webhookUrl: config.sandboxWebhookUrls[vendor],
    });
    running.push(sandbox);
    process.stdout.write(`${toldOf(vendor, sandbox)}\n`);
  }
  process.stdout.write('  stop with Ctrl-C\n');
  await told;
  await Promise.all(running.map((sandbox) => sandbox.close()));
}

/** Returns where a sandbox listens, and what a developer needs to call it by hand. */
function toldOf(vendor: VendorName, { url }: RunningSandbox): string {
  const rows = [...vendorAt(vendor).sandbox.tells, ['what is live', `${url}/_sandbox/state`] as const];
  return [
    `${`${vendorFacts(vendor).label} sandbox`.padEnd(18)}${url}`,
    ...rows.map(([what, text]) => `  ${what.padEnd(16)}${text}`),
  ].join('\n');
}

main().then(
  () => process.exit(0),
  (err: unknown) => {
    process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
    process.exit(err instanceof ConfigError ? 2 : 1);
  },
);
