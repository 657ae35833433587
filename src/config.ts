import { resolve } from 'node:path';
import { z } from 'zod';
import { CAPABILITIES, type Capabilities } from './booking/capabilities';
import {
  DEFAULT_LIMITS,
  LIMIT_RANGES,
  type Limits,
  LONGEST_MS,
  type Range,
  SETTING_RANGES,
} from './booking/limits';
import type { ProviderName } from './booking/model';
import { isZone } from './booking/windows';

/**
 * Every setting, read from the environment and checked once. Nothing else in the project reads process.env
 * (the Temporal SDK's own TEMPORAL_* settings are read by its envconfig package in src/temporal/connection.ts).
 */

const whole = ({ min, max }: Range) => z.number().int().min(min).max(max).optional();
const duration = whole({ min: 0, max: LONGEST_MS });

/** What may be said of an account beyond its credentials: rows of the capability table that differ there. */
const overridesSchema = z.strictObject({
  needsRequisition: z.boolean().optional(),
  reservedSettles: z.boolean().optional(),
  acceptedSettles: z.boolean().optional(),
  lateCommitWindowMs: duration,
  feeWindowMs: duration,
  leadTimeMs: duration,
  bookKeyLifetimeMs: duration,
  orderKeyLifetimeMs: duration,
  callTimeoutMs: whole(SETTING_RANGES.callTimeoutMs),
});

const accountNameSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);

/** How many calls an account makes at once, and in a second, in each process; the adapters have the defaults. */
const paceSchema = z.strictObject({
  inFlight: z.number().int().min(1).max(10_000),
  perSecond: z.number().int().min(1).max(10_000),
});

const junctionAccountSchema = z.strictObject({
  apiKey: z.string().min(1),
  baseUrl: z.url(),
  /** Name or id of the reason that undos give; the provider's first refundable one when not set. */
  cancellationReason: z.string().optional(),
  /** IANA zone used where the provider gives none. */
  timezone: z.string().refine(isZone, 'must be an IANA zone like America/Phoenix').optional(),
  capabilities: overridesSchema.default({}),
  pace: paceSchema.optional(),
});

export const oliverAccountSchema = z.strictObject({
  baseUrl: z.url(),
  username: z.string().min(1),
  password: z.string().min(1),
  /** The practice's location: `X-Client-Id` of every call. */
  locationId: z.string().min(1),
  /** IANA zone of the practice; Oliver tells none. */
  timezone: z.string().refine(isZone, 'must be an IANA zone like America/Chicago'),
  /** How old a sweep of the practice's appointments may be that a look-up makes do with, in ms. */
  sweepMaxAgeMs: whole(SETTING_RANGES.sweepMaxAgeMs),
  /** How far back the first sweep goes, in days: as long ago as an open booking may have booked. */
  lookBackDays: whole(SETTING_RANGES.lookBackDays),
  capabilities: overridesSchema.default({}),
  pace: paceSchema.optional(),
});

type Pace = z.infer<typeof paceSchema>;
export type JunctionAccount = z.infer<typeof junctionAccountSchema>;
export type OliverAccount = z.infer<typeof oliverAccountSchema>;

const limitsSchema = z.strictObject(
  // Object.entries loses the keys' names; these are the table's own.
  Object.fromEntries(Object.entries(LIMIT_RANGES).map(([key, range]) => [key, whole(range)])) as Record<
    keyof Limits,
    z.ZodOptional<z.ZodNumber>
  >,
);

export interface Config {
  dataDir: string;
  /** Provider credentials by account name; empty where nothing is set and the sandboxes are not used either. */
  junction: Record<string, JunctionAccount>;
  oliver: Record<string, OliverAccount>;
  /** Whether the vendor's settings are those of our own sandboxes. */
  usesSandbox: { junction: boolean; oliver: boolean };
  junctionWebhookSecrets: string[];
  limits: Limits;
  /** Minutes between two sweeps for bookings that were cut off in Temporal; 0: none. */
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
  sandboxPorts: { junction: number; oliver: number };
  /** Where the Junction sandbox, run alone, sends its webhooks. */
  sandboxWebhookUrl: string;
  codecPort: number;
  temporalUiPort: number;
  temporalPort: number;
  logLevel: string;
}

/** The sandboxes' own keys and webhook secret: no secrets, they only open the stand-ins on this machine. */
export const SANDBOX = {
  junctionKey: 'sk_us_booking_saga_sandbox',
  webhookSecret: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx',
  oliverUser: 'sandbox',
  oliverPassword: 'sandbox',
  oliverPractices: 'default=1@America/Chicago,practice-1=1@America/Chicago',
} as const;

const DEFAULT_SWEEP_MINUTES = 10;

type Env = Record<string, string | undefined>;

/** A setting that is wrong, with its name and what is right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the settings. Throws a ConfigError that names the variable; never prints a value. */
export function loadConfig(env: Env = process.env): Config {
  const sandboxPorts = {
    junction: port(env, 'JUNCTION_SANDBOX_PORT', 4010),
    oliver: port(env, 'OLIVER_SANDBOX_PORT', 4020),
  };
  const junction = junctionAccounts(env, sandboxPorts.junction);
  // Capabilities alone change how the stand-in is treated, not who stands in.
  const isNamed = env.JUNCTION_API_KEY || env.JUNCTION_BASE_URL || env.JUNCTION_ACCOUNTS;
  const usesSandbox = { junction: !isNamed, oliver: !hasPractices(env) && !env.OLIVER_ACCOUNTS };
  return {
    dataDir: resolve(env.BOOKING_DATA_DIR || '.data'),
    junction: atPace(
      env,
      'JUNCTION_PACE',
      junction ?? {
        default: {
          apiKey: SANDBOX.junctionKey,
          baseUrl: `http://127.0.0.1:${sandboxPorts.junction}`,
          capabilities: {},
        },
      },
    ),
    oliver: atPace(env, 'OLIVER_PACE', oliverAccounts(env, sandboxPorts.oliver)),
    usesSandbox,
    junctionWebhookSecrets:
      list(env.JUNCTION_WEBHOOK_SECRET) ?? (usesSandbox.junction ? [SANDBOX.webhookSecret] : []),
    limits: limits(env),
    sweepMinutes:
      wholeNumber(env, 'BOOKING_SWEEP_MINUTES', SETTING_RANGES.sweepMinutes) ?? DEFAULT_SWEEP_MINUTES,
    buildId: buildId(env),
    apiKeys: apiKeys(env),
    encryptionKeys: encryptionKeys(env),
    idKey: env.BOOKING_ID_KEY ? key32('BOOKING_ID_KEY', env.BOOKING_ID_KEY) : null,
    allowPlaintext: isOn(env, 'BOOKING_ALLOW_PLAINTEXT'),
    port: port(env, 'PORT', 3000),
    host: env.HOST || '127.0.0.1',
    sandboxPorts,
    sandboxWebhookUrl:
      env.JUNCTION_SANDBOX_WEBHOOK_URL || `http://127.0.0.1:${port(env, 'PORT', 3000)}/webhooks/junction`,
    codecPort: port(env, 'BOOKING_CODEC_PORT', 3001),
    temporalPort: port(env, 'BOOKING_TEMPORAL_PORT', 7233),
    temporalUiPort: port(env, 'BOOKING_TEMPORAL_UI_PORT', 8233),
    logLevel: env.LOG_LEVEL || 'info',
  };
}

/** The environment of a child process that gets `settings` in place of whatever settings this process has. */
export function childEnv(settings: Record<string, string>, env: Env = process.env): Env {
  const others = Object.entries(env).filter(([name]) => !SETTING.test(name));
  return { ...Object.fromEntries(others), ...settings };
}

const SETTING = /^(TEMPORAL|BOOKING|JUNCTION|OLIVER)_|^(PORT|HOST|LOG_LEVEL)$/;

/** The capability row of a provider with an account's settings laid over it. */
export function capabilitiesOf(
  config: Pick<Config, 'junction' | 'oliver'>,
  provider: ProviderName,
  account: string,
): Capabilities | null {
  const base = CAPABILITIES[provider];
  const accounts = config[base.vendor];
  // Accounts are named from outside: `constructor` is none.
  const settings = Object.hasOwn(accounts, account) ? accounts[account] : undefined;
  if (!settings) return null;
  const { reservedSettles, acceptedSettles: _accepted, ...rest } = settings.capabilities;
  return {
    ...base,
    ...rest,
    // An account has one setting for all its providers: where the call takes no key, none counts.
    ...(!base.bookTakesKey && { bookKeyLifetimeMs: 0 }),
    settlesAt: reservedSettles ? ['confirmed', 'reserved'] : base.settlesAt,
  };
}

function junctionAccounts(env: Env, sandboxPort: number): Record<string, JunctionAccount> | null {
  const accounts: Record<string, JunctionAccount> = {};
  if (env.JUNCTION_API_KEY) {
    accounts.default = {
      apiKey: env.JUNCTION_API_KEY,
      baseUrl: junctionUrl(env) ?? fail('JUNCTION_BASE_URL', 'is needed beside JUNCTION_API_KEY'),
      cancellationReason: env.JUNCTION_CANCELLATION_REASON,
      timezone: zone('JUNCTION_TIMEZONE', env.JUNCTION_TIMEZONE),
      capabilities: parsed('JUNCTION_CAPABILITIES', env.JUNCTION_CAPABILITIES ?? '{}', overridesSchema),
    };
  } else if (!env.JUNCTION_ACCOUNTS && (env.JUNCTION_BASE_URL || env.JUNCTION_CAPABILITIES)) {
    accounts.default = {
      apiKey: SANDBOX.junctionKey,
      baseUrl: junctionUrl(env) ?? `http://127.0.0.1:${sandboxPort}`,
      capabilities: parsed('JUNCTION_CAPABILITIES', env.JUNCTION_CAPABILITIES ?? '{}', overridesSchema),
    };
  }
  if (env.JUNCTION_ACCOUNTS) {
    const more = z.record(accountNameSchema, junctionAccountSchema);
    Object.assign(accounts, parsed('JUNCTION_ACCOUNTS', env.JUNCTION_ACCOUNTS, more));
  }
  return Object.keys(accounts).length > 0 ? accounts : null;
}

function junctionUrl({ JUNCTION_BASE_URL: given }: Env): string | undefined {
  if (!given) return undefined;
  return z.url().safeParse(given).success ? given : fail('JUNCTION_BASE_URL', 'must be a URL');
}

function zone(name: string, given: string | undefined): string | undefined {
  if (!given) return undefined;
  return isZone(given) ? given : fail(name, 'must be an IANA zone like America/Phoenix');
}

function isOn(env: Env, name: string): boolean {
  const given = env[name] || '0';
  return given === '1' || (given === '0' ? false : fail(name, 'must be 0 or 1'));
}

/** What it takes to reach Oliver: all of these, or none for the sandbox. */
const OLIVER_NEEDS = ['OLIVER_BASE_URL', 'OLIVER_USERNAME', 'OLIVER_PASSWORD', 'OLIVER_PRACTICES'] as const;

function hasPractices(env: Env): boolean {
  return OLIVER_NEEDS.some((name) => env[name]);
}

/** The practices, and accounts with a sign-in of their own: OLIVER_ACCOUNTS, as JSON by name, like JUNCTION_ACCOUNTS. */
function oliverAccounts(env: Env, sandboxPort: number): Record<string, OliverAccount> {
  if (!env.OLIVER_ACCOUNTS) return practices(env, sandboxPort);
  const schema = z.record(accountNameSchema, oliverAccountSchema);
  const named = parsed('OLIVER_ACCOUNTS', env.OLIVER_ACCOUNTS, schema);
  return hasPractices(env) ? { ...practices(env, sandboxPort), ...named } : named;
}

/**
 * One account for each practice of OLIVER_PRACTICES, all with the same sign-in:
 * `account=locationId@Zone`, comma-separated, like `practice-1=1@America/Chicago,practice-2=2@America/New_York`.
 * OLIVER_CAPABILITIES, OLIVER_SWEEP_MAX_AGE_MS and OLIVER_LOOK_BACK_DAYS count for every practice, the sandbox's too.
 */
function practices(env: Env, sandboxPort: number): Record<string, OliverAccount> {
  const isNamed = hasPractices(env);
  const given = (name: (typeof OLIVER_NEEDS)[number], ours: string): string =>
    isNamed ? env[name] || fail(name, `is needed: set ${OLIVER_NEEDS.join(', ')} together`) : ours;
  const shared = {
    baseUrl: given('OLIVER_BASE_URL', `http://127.0.0.1:${sandboxPort}`),
    username: given('OLIVER_USERNAME', SANDBOX.oliverUser),
    password: given('OLIVER_PASSWORD', SANDBOX.oliverPassword),
    capabilities: parsed('OLIVER_CAPABILITIES', env.OLIVER_CAPABILITIES ?? '{}', overridesSchema),
    sweepMaxAgeMs: wholeNumber(env, 'OLIVER_SWEEP_MAX_AGE_MS', SETTING_RANGES.sweepMaxAgeMs),
    lookBackDays: wholeNumber(env, 'OLIVER_LOOK_BACK_DAYS', SETTING_RANGES.lookBackDays),
  };
  if (!z.url().safeParse(shared.baseUrl).success) fail('OLIVER_BASE_URL', 'must be a URL');
  const accounts: Record<string, OliverAccount> = {};
  for (const practice of list(given('OLIVER_PRACTICES', SANDBOX.oliverPractices)) ?? []) {
    const [, account, locationId, timezone] = practice.match(OLIVER_PRACTICE) ?? [];
    if (!account || account === NO_NAME || !locationId || !timezone || !isZone(timezone)) {
      return fail(
        'OLIVER_PRACTICES',
        'holds account=locationId@Zone, comma-separated, each Zone an IANA name',
      );
    }
    if (Object.hasOwn(accounts, account)) fail('OLIVER_PRACTICES', 'names an account twice');
    accounts[account] = { ...shared, locationId, timezone };
  }
  return accounts;
}

const OLIVER_PRACTICE = /^([A-Za-z0-9._-]{1,64})=([^=@\s]+)@(\S+)$/;

/** The accounts, those without a pace of their own at the vendor's: `{"inFlight": 20, "perSecond": 20}`. */
function atPace<A extends { pace?: Pace }>(
  env: Env,
  name: string,
  accounts: Record<string, A>,
): Record<string, A> {
  if (!env[name]) return accounts;
  const pace = parsed(name, env[name], paceSchema);
  return Object.fromEntries(Object.entries(accounts).map(([account, row]) => [account, { pace, ...row }]));
}

function limits(env: Env): Limits {
  const given = parsed('BOOKING_LIMITS', env.BOOKING_LIMITS ?? '{}', limitsSchema);
  const all = { ...DEFAULT_LIMITS, ...given };
  // Temporal refuses such pauses, and with them every poll.
  if (all.pollFirstMs > all.pollMaxMs) fail('BOOKING_LIMITS', 'pollFirstMs must not be above pollMaxMs');
  return all;
}

function buildId({ BOOKING_BUILD_ID: given }: Env): string | null {
  if (!given) return null;
  return /^[A-Za-z0-9._-]{1,128}$/.test(given)
    ? given
    : fail('BOOKING_BUILD_ID', 'may hold letters, digits and ._- only, 128 at most');
}

/** `name:secret,name:secret`; a bare secret is named key1, key2, … */
function apiKeys(env: Env): { name: string; secret: string }[] {
  return (list(env.BOOKING_API_KEYS) ?? []).map((entry, index) => {
    const at = entry.indexOf(':');
    const key =
      at < 0
        ? { name: `key${index + 1}`, secret: entry }
        : { name: entry.slice(0, at), secret: entry.slice(at + 1) };
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(key.name) || key.secret.length < 16) {
      fail(
        'BOOKING_API_KEYS',
        'holds name:secret pairs, comma-separated, each secret at least 16 characters',
      );
    }
    return key;
  });
}

function encryptionKeys(env: Env): { id: string; key: Buffer }[] {
  return (list(env.BOOKING_ENCRYPTION_KEYS) ?? []).map((entry) => {
    const [id, encoded, ...more] = entry.split(':');
    if (!id || !encoded || more.length > 0) {
      return fail('BOOKING_ENCRYPTION_KEYS', 'holds id:base64 pairs, comma-separated, newest first');
    }
    return { id, key: key32('BOOKING_ENCRYPTION_KEYS', encoded) };
  });
}

function key32(name: string, encoded: string): Buffer {
  const key = Buffer.from(encoded, 'base64');
  return key.length === 32 ? key : fail(name, 'must be 32 bytes in base64 (openssl rand -base64 32)');
}

function list(value: string | undefined): string[] | null {
  const items = (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
  return items.length > 0 ? items : null;
}

function port(env: Env, name: string, fallback: number): number {
  const value = env[name];
  if (value === undefined || value === '') return fallback;
  const number = Number(value);
  return Number.isInteger(number) && number >= 0 && number < 65_536
    ? number
    : fail(name, 'must be a port, 0 to 65535');
}

function wholeNumber(env: Env, name: string, { min, max }: Range): number | undefined {
  if (!env[name]) return undefined;
  const number = Number(env[name]);
  return Number.isInteger(number) && number >= min && number <= max
    ? number
    : fail(name, `must be a whole number, ${min} to ${max}`);
}

/** The one name that an object keeps in another way than all others. */
const NO_NAME = '__proto__';

function parsed<T>(name: string, json: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json, (key, item: unknown) =>
      key === NO_NAME ? fail(name, `must not name ${key}`) : item,
    );
  } catch (err) {
    throw err instanceof ConfigError ? err : new ConfigError(`${name}: must be JSON`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return fail(name, `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not valid'}`.trim());
}

function fail(name: string, why: string): never {
  throw new ConfigError(`${name}: ${why}`);
}
