import { resolve } from 'node:path';
import { z } from 'zod';
import { CAPABILITIES, type Capabilities } from './booking/capabilities';
import { DEFAULT_LIMITS, LIMIT_RANGES, type Limits, type Range, SETTING_RANGES } from './booking/limits';
import type { ProviderName } from './booking/model';
import {
  forVendors,
  prefixOf,
  VENDOR_NAMES,
  type VendorName,
  vendorFacts,
  vendorOf,
  webhookPathOf,
} from './booking/vendors';
import { type Account, accountsAt, hostOf, isNamed } from './settings/accounts';
import { isHost, urlFault } from './settings/addresses';
import { fail } from './settings/error';
import { checkCertificates, checkFolder } from './settings/files';
import { apiKeys, encryptionKeys, key32, webhookSecrets } from './settings/keys';
import { type Proxies, proxiesOf, proxyWarnings } from './settings/proxies';
import { type Env, isOn, oneOf, OWN_SETTING, parsed, port, settingsOf, wholeNumber } from './settings/read';
import { checkTemporal, temporalWarnings } from './settings/temporal';
import {
  accountsSetting,
  capabilitiesSetting,
  sandboxPortSetting,
  sandboxWebhookSetting,
  vendorSettings,
  webhookSecretSetting,
} from './settings/vendors';
import { vendorAt } from './vendors';

export type { Account } from './settings/accounts';
export { ConfigError } from './settings/error';
export type { Proxies } from './settings/proxies';
export { checkTemporal, temporalSettings } from './settings/temporal';
export { accountsSetting, sandboxPortSetting, webhookSecretSetting } from './settings/vendors';

/**
 * Every setting, read from the environment and checked once. Nothing else in the project reads process.env (its
 * envconfig package reads the Temporal SDK's own TEMPORAL_* settings, in src/temporal/connection.ts).
 */

const whole = ({ min, max }: Range) => z.number().int().min(min).max(max).optional();

const limitsSchema = z.strictObject(
  // Object.entries loses the keys' names; these are the table's own.
  Object.fromEntries(Object.entries(LIMIT_RANGES).map(([key, range]) => [key, whole(range)])) as Record<
    keyof Limits,
    z.ZodOptional<z.ZodNumber>
  >,
);

export interface Config {
  dataDir: string;
  /** Credentials at each vendor, by account name; none where other vendors have accounts only. */
  accounts: Record<VendorName, Record<string, Account>>;
  /** Whether a vendor's accounts are those of its sandbox: all are, while no setting names a real account anywhere. */
  usesSandbox: Record<VendorName, boolean>;
  /** What each vendor signs its webhooks with; empty where it sends none, and where they cannot be verified. */
  webhookSecrets: Record<VendorName, readonly string[]>;
  limits: Limits;
  /** Minutes between two sweeps for bookings that were cut off in Temporal; 0: no sweeps. */
  sweepMinutes: number;
  /** Which build the workers are, for Temporal's Worker Deployment Versioning; null: workers without a version. */
  buildId: string | null;
  apiKeys: { name: string; secret: string }[];
  /** `id:base64`, newest first; empty: a key file under dataDir. */
  encryptionKeys: { id: string; key: Buffer }[];
  /** Makes ids; does not rotate with the encryption keys. Null: a key file under dataDir. */
  idKey: Buffer | null;
  allowPlaintext: boolean;
  port: number;
  host: string;
  sandboxPorts: Record<VendorName, number>;
  /** Where each sandbox sends its webhooks when it is run alone; null where it sends none. */
  sandboxWebhookUrls: Record<VendorName, string | null>;
  codecPort: number;
  temporalUiPort: number;
  temporalPort: number;
  logLevel: LogLevel;
  /** The proxies that calls to the providers go through; null: they go directly. */
  proxies: Proxies | null;
  /** Settings that look wrong but may be right. The starting process logs them. */
  warnings: string[];
}

/** Pino's levels. */
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** The names of all settings, except those of Temporal's SDK (TEMPORAL_*). */
export const SETTINGS: readonly string[] = [
  ...VENDOR_NAMES.flatMap((vendor) => vendorSettings(vendor).map(({ name }) => name)),
  ...['BOOKING_API_KEYS', 'BOOKING_ENCRYPTION_KEYS', 'BOOKING_ID_KEY', 'BOOKING_ALLOW_PLAINTEXT'],
  ...['BOOKING_LIMITS', 'BOOKING_SWEEP_MINUTES', 'BOOKING_BUILD_ID', 'BOOKING_DATA_DIR', 'PORT', 'HOST'],
  ...['BOOKING_CODEC_PORT', 'BOOKING_TEMPORAL_PORT', 'BOOKING_TEMPORAL_UI_PORT', 'LOG_LEVEL'],
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'],
];

const DEFAULT_SWEEP_MINUTES = 10;

/**
 * Reads the settings. Throws a ConfigError that names the wrong variable and says what is right; it never prints a
 * value.
 */
export function loadConfig(environment: Env = process.env): Config {
  const env = settingsOf(environment);
  checkTemporal(env);
  checkCertificates('NODE_EXTRA_CA_CERTS', env.NODE_EXTRA_CA_CERTS);
  const sandboxPorts = forVendors((vendor) =>
    port(env, sandboxPortSetting(vendor), vendorFacts(vendor).sandboxPort, CALLED),
  );
  const named = VENDOR_NAMES.filter((vendor) => isNamed(env, vendor, vendorAt(vendor).accounts));
  const isUsed = (vendor: VendorName): boolean => named.length === 0 || named.includes(vendor);
  const usesSandbox = forVendors(() => named.length === 0);
  const accounts = forVendors((vendor) => {
    const sandboxUrl = `http://127.0.0.1:${sandboxPorts[vendor]}`;
    // The settings of a vendor that is not used are checked all the same: what is set is meant.
    const set = accountsAt(env, vendor, vendorAt(vendor).accounts, sandboxUrl);
    return isUsed(vendor) ? set : {};
  });
  const proxies = proxiesOf(env);
  return {
    dataDir: checkFolder('BOOKING_DATA_DIR', resolve(env.BOOKING_DATA_DIR || '.data')),
    accounts,
    usesSandbox,
    webhookSecrets: forVendors((vendor) => secretsOf(env, vendor, usesSandbox[vendor])),
    limits: limits(env),
    sweepMinutes:
      wholeNumber(env, 'BOOKING_SWEEP_MINUTES', SETTING_RANGES.sweepMinutes) ?? DEFAULT_SWEEP_MINUTES,
    buildId: buildId(env),
    apiKeys: apiKeys(env),
    encryptionKeys: encryptionKeys(env),
    idKey: env.BOOKING_ID_KEY ? key32('BOOKING_ID_KEY', env.BOOKING_ID_KEY) : null,
    allowPlaintext: isOn(env, 'BOOKING_ALLOW_PLAINTEXT'),
    // A sandbox calls the API to send its webhooks.
    port: port(
      env,
      'PORT',
      3000,
      VENDOR_NAMES.some((vendor) => usesSandbox[vendor] && vendorFacts(vendor).webhooks),
    ),
    host: host(env),
    sandboxPorts,
    sandboxWebhookUrls: forVendors((vendor) => sandboxWebhookUrl(env, vendor)),
    codecPort: port(env, 'BOOKING_CODEC_PORT', 3001, CALLED),
    temporalPort: port(env, 'BOOKING_TEMPORAL_PORT', 7233),
    temporalUiPort: port(env, 'BOOKING_TEMPORAL_UI_PORT', 8233, CALLED),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    proxies: proxies && { ...proxies, direct: [...proxies.direct, ...sandboxHosts(accounts)] },
    warnings: [
      ...VENDOR_NAMES.flatMap((vendor) =>
        isUsed(vendor)
          ? [...vendorAt(vendor).accounts.warnings(accounts[vendor]), ...singleWarnings(env, vendor)]
          : idleWarnings(env, vendor),
      ),
      ...temporalWarnings(env),
      ...proxyWarnings(env),
      ...unknownNames(env),
    ],
  };
}

/** Kubernetes gives every container variables with its services' addresses. Their names may begin like our settings. */
const OF_A_SERVICE = /_(?:SERVICE_HOST|SERVICE_PORT\w*|PORT|PORT_\d+_\w+)$/;

const OURS: readonly string[] = ['BOOKING', ...VENDOR_NAMES.map(prefixOf)];

/** Warns of names that are not read: most often they are misspelt. */
function unknownNames(env: Env): string[] {
  return Object.keys(env)
    .filter((name) => OURS.some((prefix) => name.startsWith(`${prefix}_`)) && !OF_A_SERVICE.test(name))
    .filter((name) => !SETTINGS.includes(name))
    .map((name) => `${name}: there is no such setting`);
}

/** Warns of settings of a vendor that is not used, because no setting names an account there. */
function idleWarnings(env: Env, vendor: VendorName): string[] {
  const { label } = vendorFacts(vendor);
  return vendorSettings(vendor)
    .filter(({ name }) => env[name])
    .map(({ name }) => `${name}: has no effect, because no setting names an account at ${label}`);
}

/** Warns of settings of a single account where `<VENDOR>_ACCOUNTS` alone names the accounts. */
function singleWarnings(env: Env, vendor: VendorName): string[] {
  const named = accountsSetting(vendor);
  if (!env[named] || vendorAt(vendor).accounts.hasSingle(env)) return [];
  return [...vendorFacts(vendor).settings.map(({ name }) => name), capabilitiesSetting(vendor)]
    .filter((name) => env[name])
    .map((name) => `${name}: has no effect, because the accounts of ${named} have their own`);
}

/** For ports that fetch or a browser calls: these refuse to call some ports. */
const CALLED = true;

/** Returns the environment of a child process that gets `settings` instead of this process's own settings. */
export function childEnv(settings: Record<string, string>, env: Env = process.env): Env {
  const others = Object.entries(env).filter(([name]) => !OWN_SETTING.test(name));
  return { ...Object.fromEntries(others), ...settings };
}

type Accounts = Pick<Config, 'accounts'>;

/** Returns an account's settings. Names come from outside, so `constructor` must not be found. */
function accountOf(config: Accounts, provider: ProviderName, account: string): Account | undefined {
  const accounts = config.accounts[vendorOf(provider)];
  return Object.hasOwn(accounts, account) ? accounts[account] : undefined;
}

/** Returns the zone that an account's settings name; null when they name none or there is no such account. */
export function timezoneOf(config: Accounts, provider: ProviderName, account: string): string | null {
  return accountOf(config, provider, account)?.timezone ?? null;
}

/**
 * Returns the capability row of a provider, overridden by an account's settings; null when there is no such account.
 */
export function capabilitiesOf(
  config: Accounts,
  provider: ProviderName,
  account: string,
): Capabilities | null {
  const base = CAPABILITIES[provider];
  const settings = accountOf(config, provider, account);
  if (!settings) return null;
  const { reservedSettles, acceptedSettles: _accepted, ...rest } = settings.capabilities;
  return {
    ...base,
    ...rest,
    // An account has one setting for all its providers. Where the book call takes no key, its lifetime is 0.
    ...(!base.bookTakesKey && { bookKeyLifetimeMs: 0 }),
    confirmedBy: reservedSettles ? ['confirmed', 'reserved'] : base.confirmedBy,
  };
}

function limits(env: Env): Limits {
  const given = parsed('BOOKING_LIMITS', env.BOOKING_LIMITS ?? '{}', limitsSchema);
  const all = { ...DEFAULT_LIMITS, ...given };
  // Temporal would refuse such pauses, and with them every poll.
  if (all.pollFirstMs > all.pollMaxMs) fail('BOOKING_LIMITS', 'pollFirstMs must not be above pollMaxMs');
  return all;
}

function buildId({ BOOKING_BUILD_ID: given }: Env): string | null {
  if (!given) return null;
  return /^[A-Za-z0-9._-]{1,128}$/.test(given)
    ? given
    : fail('BOOKING_BUILD_ID', 'may hold letters, digits and ._- only, 128 at most');
}

function host({ HOST: given }: Env): string {
  if (!given) return '127.0.0.1';
  return isHost(given)
    ? given.replace(/^\[(.*)\]$/, '$1')
    : fail('HOST', 'must be a host name or an IP address, without a scheme and a port');
}

/** Returns the secrets of a vendor's webhooks: those of the settings, else its sandbox's while that is used. */
function secretsOf(env: Env, vendor: VendorName, isSandbox: boolean): readonly string[] {
  const { news } = vendorAt(vendor);
  if (!news) return [];
  const name = webhookSecretSetting(vendor);
  const given = webhookSecrets(env, name, (secret) => news.secretFault(secret));
  return given ?? (isSandbox ? [news.sandboxSecret] : []);
}

/** Returns the hosts of every account with a sandbox's credentials. */
function sandboxHosts(accounts: Config['accounts']): string[] {
  return VENDOR_NAMES.flatMap((vendor) =>
    Object.values(accounts[vendor])
      .filter((account) => vendorAt(vendor).sandbox.isItsOwn(account))
      .map(({ baseUrl }) => hostOf(baseUrl)),
  );
}

function sandboxWebhookUrl(env: Env, vendor: VendorName): string | null {
  if (!vendorFacts(vendor).webhooks) return null;
  const name = sandboxWebhookSetting(vendor);
  const given = env[name];
  if (!given) return `http://127.0.0.1:${port(env, 'PORT', 3000)}${webhookPathOf(vendor)}`;
  const fault = urlFault(given);
  return fault === null ? given : fail(name, fault);
}
