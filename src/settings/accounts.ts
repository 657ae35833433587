import { z } from 'zod';
import { type Range, LONGEST_MS, SETTING_RANGES } from '../booking/limits';
import { isZone } from '../booking/windows';
import { urlFault, withoutEnd } from './addresses';
import { fail } from './error';
import { checked, type Env, list, NO_NAME, parsed, wholeNumber } from './read';
import { credentialFault, headerFault, leftoverFault, plainFault, type Fault, secretFault } from './text';

/** The accounts at the vendors, from single settings and from JSON by name. The same rules hold for both. */

/**
 * The sandboxes' own keys and webhook secret. They are not secret, because they only open the sandboxes on this
 * machine.
 */
export const SANDBOX = {
  junctionKey: 'sk_us_booking_saga_sandbox',
  webhookSecret: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx',
  oliverUser: 'sandbox',
  oliverPassword: 'sandbox',
  oliverPractices: 'default=1@America/Chicago,practice-1=1@America/Chicago',
} as const;

const whole = ({ min, max }: Range) => z.number().int().min(min).max(max).optional();
const duration = whole({ min: 0, max: LONGEST_MS });

/** A text that must have no fault; `faultOf` returns the words of the refusal. */
const textWithout = (faultOf: (text: string) => Fault) =>
  z.string().superRefine((text, context) => {
    const message = faultOf(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

const address = textWithout((text) => urlFault(text.trim())).transform(withoutEnd);

/** An IANA zone name. The refusal shows a likely one as an example. */
const zoneLike = (example: string) =>
  z.string().trim().refine(isZone, `must be an IANA zone like ${example}`);

/** What an account may override: rows of the capability table that differ for it. */
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

/** Accounts by name. An empty set is refused: it would be neither the vendor's nor the sandbox's. */
const named = <A extends z.ZodType>(account: A) =>
  z
    .record(accountNameSchema, account)
    .refine((accounts) => Object.keys(accounts).length > 0, 'must name an account, or be unset');

/** How many calls an account makes at once and per second, in each process. The adapters have the defaults. */
const paceSchema = z.strictObject({
  inFlight: z.number().int().min(1).max(10_000),
  perSecond: z.number().int().min(1).max(10_000),
});

const junctionAccountSchema = z.strictObject({
  apiKey: textWithout(credentialFault),
  baseUrl: address,
  /** Name or id of the reason that undos give. When not set, the provider's first refundable one. */
  cancellationReason: textWithout(plainFault).optional(),
  /** IANA zone for when the provider gives none. */
  timezone: zoneLike('America/Phoenix').optional(),
  capabilities: overridesSchema.default({}),
  pace: paceSchema.optional(),
});

const oliverAccountSchema = z.strictObject({
  baseUrl: address,
  username: textWithout(plainFault),
  password: textWithout(secretFault),
  /** The practice's location: `X-Client-Id` of every call. */
  locationId: textWithout(headerFault),
  /** IANA zone of the practice. Oliver does not tell it. */
  timezone: zoneLike('America/Chicago'),
  /** How old a reading of the practice's appointments may be for a look-up, in ms. */
  listMaxAgeMs: whole(SETTING_RANGES.listMaxAgeMs),
  /** How far back the first reading goes, in days: as far as an open booking may have booked. */
  lookBackDays: whole(SETTING_RANGES.lookBackDays),
  capabilities: overridesSchema.default({}),
  pace: paceSchema.optional(),
});

export type JunctionAccount = z.infer<typeof junctionAccountSchema>;
export type OliverAccount = z.infer<typeof oliverAccountSchema>;

/** Returns Junction's accounts; the sandbox's when the settings name none. */
export function junctionAccounts(env: Env, sandboxPort: number): Record<string, JunctionAccount> {
  const { JUNCTION_API_KEY: key, JUNCTION_BASE_URL: url, JUNCTION_ACCOUNTS: json } = env;
  if (key && !url) fail('JUNCTION_BASE_URL', 'is needed beside JUNCTION_API_KEY');
  // The single settings are checked even if no account uses them: what is set is meant.
  const account = junctionDefault(env, sandboxPort);
  const more = json ? parsed('JUNCTION_ACCOUNTS', json, named(junctionAccountSchema)) : null;
  if (!key && !more && isAtJunction(account.baseUrl)) {
    fail('JUNCTION_API_KEY', 'is needed beside the JUNCTION_BASE_URL of Junction itself');
  }
  const own: Record<string, JunctionAccount> = key || !more ? { default: account } : {};
  return atPace(env, 'JUNCTION_PACE', joined('JUNCTION_ACCOUNTS', own, more ?? {}));
}

/** Returns the account `default`, from the single settings. */
function junctionDefault(env: Env, sandboxPort: number): JunctionAccount {
  const settings: Record<string, string> = {
    apiKey: 'JUNCTION_API_KEY',
    baseUrl: 'JUNCTION_BASE_URL',
    cancellationReason: 'JUNCTION_CANCELLATION_REASON',
    timezone: 'JUNCTION_TIMEZONE',
  };
  const given = {
    apiKey: env.JUNCTION_API_KEY ?? SANDBOX.junctionKey,
    baseUrl: env.JUNCTION_BASE_URL ?? `http://127.0.0.1:${sandboxPort}`,
    ...(env.JUNCTION_CANCELLATION_REASON && { cancellationReason: env.JUNCTION_CANCELLATION_REASON }),
    ...(env.JUNCTION_TIMEZONE && { timezone: env.JUNCTION_TIMEZONE }),
    capabilities: parsed('JUNCTION_CAPABILITIES', env.JUNCTION_CAPABILITIES ?? '{}', overridesSchema),
  };
  return checked(junctionAccountSchema, given, ([field]) => [settings[String(field)] ?? '', '']);
}

/** The settings that reach Oliver: all of these, or none for the sandbox. */
const OLIVER_NEEDS = ['OLIVER_BASE_URL', 'OLIVER_USERNAME', 'OLIVER_PASSWORD', 'OLIVER_PRACTICES'] as const;

export function hasPractices(env: Env): boolean {
  return OLIVER_NEEDS.some((name) => env[name]);
}

/**
 * Returns the practices, and the accounts with their own sign-in of OLIVER_ACCOUNTS (JSON by name, like
 * JUNCTION_ACCOUNTS).
 */
export function oliverAccounts(env: Env, sandboxPort: number): Record<string, OliverAccount> {
  const { OLIVER_ACCOUNTS: json } = env;
  const ofPractices = practices(env, sandboxPort);
  const more = json ? parsed('OLIVER_ACCOUNTS', json, named(oliverAccountSchema)) : null;
  const own = hasPractices(env) || !more ? ofPractices : {};
  return atPace(env, 'OLIVER_PACE', joined('OLIVER_ACCOUNTS', own, more ?? {}));
}

/**
 * Returns an account for each practice of OLIVER_PRACTICES, all with the same sign-in. The setting holds
 * `account=locationId@Zone`, comma-separated, like `practice-1=1@America/Chicago,practice-2=2@America/New_York`.
 * OLIVER_CAPABILITIES, OLIVER_LIST_MAX_AGE_MS and OLIVER_LOOK_BACK_DAYS apply to every practice, the sandbox's too.
 */
function practices(env: Env, sandboxPort: number): Record<string, OliverAccount> {
  const isNamed = hasPractices(env);
  const given = (name: (typeof OLIVER_NEEDS)[number], ours: string): string =>
    isNamed ? env[name] || fail(name, `is needed: set ${OLIVER_NEEDS.join(', ')} together`) : ours;
  const settings: Record<string, string> = {
    baseUrl: 'OLIVER_BASE_URL',
    username: 'OLIVER_USERNAME',
    password: 'OLIVER_PASSWORD',
  };
  const shared = {
    baseUrl: given('OLIVER_BASE_URL', `http://127.0.0.1:${sandboxPort}`),
    username: given('OLIVER_USERNAME', SANDBOX.oliverUser),
    password: given('OLIVER_PASSWORD', SANDBOX.oliverPassword),
    capabilities: parsed('OLIVER_CAPABILITIES', env.OLIVER_CAPABILITIES ?? '{}', overridesSchema),
    listMaxAgeMs: wholeNumber(env, 'OLIVER_LIST_MAX_AGE_MS', SETTING_RANGES.listMaxAgeMs),
    lookBackDays: wholeNumber(env, 'OLIVER_LOOK_BACK_DAYS', SETTING_RANGES.lookBackDays),
  };
  const accounts: Record<string, OliverAccount> = {};
  for (const practice of list(given('OLIVER_PRACTICES', SANDBOX.oliverPractices)) ?? []) {
    const [, account = NO_NAME, locationId = '', timezone = ''] = practice.match(OLIVER_PRACTICE) ?? [];
    if (account === NO_NAME || !isZone(timezone)) {
      return fail(
        'OLIVER_PRACTICES',
        'holds account=locationId@Zone, comma-separated, each Zone an IANA name',
      );
    }
    if (Object.hasOwn(accounts, account)) fail('OLIVER_PRACTICES', 'names an account twice');
    accounts[account] = checked(oliverAccountSchema, { ...shared, locationId, timezone }, ([field]) => [
      settings[String(field)] ?? 'OLIVER_PRACTICES',
      field === 'locationId' ? `${account}'s location` : '',
    ]);
  }
  return accounts;
}

const OLIVER_PRACTICE = /^([A-Za-z0-9._-]{1,64})=([^=@\s]+)@(\S+)$/;

/** Returns two sets of accounts as one. Refuses a name that is in both. */
function joined<A>(name: string, own: Record<string, A>, more: Record<string, A>): Record<string, A> {
  const twice = Object.keys(more).find((account) => Object.hasOwn(own, account));
  return twice === undefined
    ? { ...own, ...more }
    : fail(name, `names ${twice}, which single settings name already`);
}

/** Gives accounts without their own pace the vendor's setting: `{"inFlight": 20, "perSecond": 20}`. */
function atPace<A extends { pace?: z.infer<typeof paceSchema> }>(
  env: Env,
  name: string,
  accounts: Record<string, A>,
): Record<string, A> {
  if (!env[name]) return accounts;
  const pace = parsed(name, env[name], paceSchema);
  return Object.fromEntries(Object.entries(accounts).map(([account, row]) => [account, { pace, ...row }]));
}

/** Junction's own hosts, by region (docs/providers.md#junction). */
const JUNCTION_HOST = /^api\.(?:sandbox\.)?(us|eu)\.junction\.com$/;

/** Junction's keys by environment and region: `pk` for production, `sk` for the sandbox. */
const JUNCTION_KEY = /^([ps]k)_(us|eu)_/;

function isAtJunction(baseUrl: string): boolean {
  return JUNCTION_HOST.test(new URL(baseUrl).hostname);
}

/** Returns, in words for the log, what looks wrong with these accounts but may be right. */
export function junctionWarnings(env: Env, accounts: Record<string, JunctionAccount>): string[] {
  const isIdle = env.JUNCTION_BASE_URL && env.JUNCTION_ACCOUNTS && !env.JUNCTION_API_KEY;
  return [
    ...(isIdle ? ['JUNCTION_BASE_URL: has no effect without JUNCTION_API_KEY beside JUNCTION_ACCOUNTS'] : []),
    ...Object.entries(accounts).flatMap(([name, account]) =>
      doubtsOf(account).map((doubt) => `Junction account ${name}: ${doubt}`),
    ),
  ];
}

function doubtsOf({ apiKey, baseUrl }: JunctionAccount): string[] {
  const { hostname, protocol, pathname } = new URL(baseUrl);
  const [, region] = JUNCTION_HOST.exec(hostname) ?? [];
  if (!region) return [];
  const [, keyKind, keyRegion] = JUNCTION_KEY.exec(apiKey) ?? [];
  const kind = hostname.includes('.sandbox.') ? 'sk' : 'pk';
  const isOfAnother = keyKind !== undefined && (keyKind !== kind || keyRegion !== region);
  return [
    ...(keyKind === undefined ? ['its key does not begin like one of Junction, such as sk_us_'] : []),
    ...(isOfAnother ? ['its key begins like one for another base URL'] : []),
    ...(protocol === 'http:' ? ['its base URL is http, and Junction is called over https'] : []),
    ...(pathname === '/' ? [] : ['its base URL has a path, and the calls bring theirs']),
  ];
}

/** Warns of sign-ins that look like a slip. An Oliver sign-in may hold anything, so they are not refused. */
export function oliverWarnings(accounts: Record<string, OliverAccount>): string[] {
  return Object.entries(accounts).flatMap(([name, { username, password }]) => {
    const doubts = { username: leftoverFault(username), password: leftoverFault(password) };
    return Object.entries(doubts)
      .filter(([, doubt]) => doubt !== null)
      .map(([field, doubt]) => `Oliver account ${name}: its ${field} may be a slip: it ${doubt}`);
  });
}

/** Returns `host:port` of every account with a sandbox's credentials: sandboxes are never called through a proxy. */
export function standInHosts(
  junction: Record<string, JunctionAccount>,
  oliver: Record<string, OliverAccount>,
): string[] {
  const ofJunction = Object.values(junction).filter(({ apiKey }) => apiKey === SANDBOX.junctionKey);
  const ofOliver = Object.values(oliver).filter(
    ({ username, password }) => username === SANDBOX.oliverUser && password === SANDBOX.oliverPassword,
  );
  return [...ofJunction, ...ofOliver].map(({ baseUrl }) => {
    const { hostname, port, protocol } = new URL(baseUrl);
    return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
  });
}
