import { relative } from 'node:path';
import { pino } from 'pino';
import { zoneDataWarning } from '../booking/zone-age';
import { PROVIDERS, providerFacts, VENDOR_NAMES, vendorFacts, vendorOf } from '../booking/vendors';
import { ZONE_DATA_VERSION } from '../booking/zone-data';
import { ConfigError, loadConfig, type Config } from '../config';
import { temporalTarget } from '../temporal/connection';
import { makeKeys } from '../temporal/keys';
import { localApiKey, type LocalKey } from './api-key';
import { stopSignal } from './signals';
import { startStack, type Stack } from './stack';
import { StoppedWaiting } from './temporal-server';

/** `npm start`: everything on this machine, until it is told to stop. */

async function main(): Promise<void> {
  const told = stopSignal();
  const settings = loadConfig();
  const target = temporalTarget(); // before anything is made
  const log = pino({ level: settings.logLevel }, pino.destination(2));
  for (const warning of settings.warnings) log.warn(warning);
  makeKeys(settings);
  const key = settings.apiKeys.length > 0 ? null : localApiKey(settings);
  const config = key ? { ...settings, apiKeys: [{ name: 'local', secret: key.secret }] } : settings;
  say('Starting Temporal, the sandboxes, a worker and the API; this takes some seconds.');
  const starting = startStack({
    config,
    target,
    log,
    told,
    tell: say,
    withWorkers: true,
    leavesNothing: false,
  });
  const early = await Promise.race([starting, told]);
  if (early) say(welcome(early, config, key));
  const stack = await unlessStopped(starting);
  if (!stack) return;
  try {
    await Promise.race([told, stack.broken]);
  } finally {
    say('Stopping: the API, the worker, the sandboxes, Temporal. Press Ctrl-C again to leave at once.');
    await stack.stop();
  }
}

/** Returns null when the start was told to stop before there was anything to stop. */
async function unlessStopped(starting: Promise<Stack>): Promise<Stack | null> {
  try {
    return await starting;
  } catch (err) {
    if (err instanceof StoppedWaiting) return null;
    throw err;
  }
}

function welcome(stack: Stack, config: Config, key: LocalKey | null): string {
  const { temporal, apiUrl, codecUrl, sandboxes } = stack;
  const rows = [
    ['Temporal', `${temporal.target.address}, namespace ${temporal.target.namespace}`],
    ['Temporal UI', temporal.uiUrl],
    ['Codec server', codecUrl],
    ['API', `${apiUrl} (described at ${apiUrl}/openapi.json)`],
    ['API key', key && `${key.secret} (kept in ${shown(key.path)})`],
    ...VENDOR_NAMES.map((vendor) => [
      vendorFacts(vendor).label,
      vendorIsAt(sandboxes[vendor], config.accounts[vendor]),
    ]),
    ['Zone data', zoneDataText()],
  ];
  const [example = '', ...others] = examplesOf(config);
  const found = temporal.adopted ? ' The Temporal server of a stack that was killed was taken over.' : '';
  return [
    `Everything runs.${found}`,
    '',
    ...rows.flatMap(([name, text]) => (text ? [`  ${(name ?? '').padEnd(14)}${text}`] : [])),
    '',
    'Try in another terminal:',
    `  npm run booking -- book ${example}${others.length > 0 ? ` (or ${others.join(', ')})` : ''}`,
    `  ${curl(apiUrl, key, example)}`,
    '',
    'Stop with Ctrl-C.',
  ].join('\n');
}

function zoneDataText(): string {
  const warning = zoneDataWarning(new Date());
  const own = `${ZONE_DATA_VERSION}, of the package moment-timezone; this Node's own (${process.versions.tz ?? 'none'}) is not used`;
  return warning === null ? own : `${own}. Warning: ${warning}`;
}

function curl(apiUrl: string, key: LocalKey | null, example: string): string {
  const bearer = key ? `$(cat ${shown(key.path)})` : '<a secret of BOOKING_API_KEYS>';
  return [
    `curl -s ${apiUrl}/v1/bookings -H "Authorization: Bearer ${bearer}" \\`,
    `    -H 'Content-Type: application/json' -H 'Prefer: wait=30' -d @${example}`,
  ].join('\n');
}

function vendorIsAt(sandboxUrl: string | null, accounts: Record<string, unknown>): string {
  if (sandboxUrl) return `sandbox at ${sandboxUrl}/_sandbox/state`;
  const names = Object.keys(accounts);
  return names.length > 0
    ? `accounts ${names.join(', ')} of the settings`
    : 'not used: no setting names an account';
}

/** Returns the examples for the vendors that are used. */
function examplesOf({ accounts }: Config): string[] {
  return PROVIDERS.filter((provider) => Object.keys(accounts[vendorOf(provider)]).length > 0).map(
    (provider) => `examples/${providerFacts(provider).example}`,
  );
}

function shown(path: string): string {
  const short = relative('.', path);
  return short.startsWith('..') ? path : short;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exit(err instanceof ConfigError ? 2 : 1);
});
