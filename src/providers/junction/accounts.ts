import { z } from 'zod';
import {
  type AccountsPart,
  address,
  overridesSchema,
  paceSchema,
  textWithout,
  zoneLike,
} from '../../settings/accounts';
import { fail } from '../../settings/error';
import { checked } from '../../settings/read';
import { credentialFault, plainFault } from '../../settings/text';

/** Junction's accounts, from single settings and from JSON by name. The same rules hold for both. */

/** The sandbox's own credentials. They are not secret, because they only open the sandbox on this machine. */
export const SANDBOX = {
  account: { apiKey: 'sk_us_booking_saga_sandbox' },
  webhookSecret: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx',
} as const;

const schema = z.strictObject({
  apiKey: textWithout(credentialFault),
  baseUrl: address,
  /** Name or id of the reason that undos give. When not set, the provider's first refundable one. */
  cancellationReason: textWithout(plainFault).optional(),
  /** IANA zone for when the provider gives none. */
  timezone: zoneLike('America/Phoenix').optional(),
  capabilities: overridesSchema.default({}),
  pace: paceSchema.optional(),
});

export type JunctionAccount = z.infer<typeof schema>;

export const accounts: AccountsPart<JunctionAccount> = {
  schema,
  namedBy: ['JUNCTION_API_KEY', 'JUNCTION_BASE_URL'],
  hasSingle: (env) => Boolean(env.JUNCTION_API_KEY),
  single(env, { sandboxUrl, capabilities }) {
    const { JUNCTION_API_KEY: key, JUNCTION_BASE_URL: url, JUNCTION_ACCOUNTS: more } = env;
    if (key && !url) fail('JUNCTION_BASE_URL', 'is needed beside JUNCTION_API_KEY');
    const given = {
      apiKey: key ?? SANDBOX.account.apiKey,
      baseUrl: url ?? sandboxUrl,
      ...(env.JUNCTION_CANCELLATION_REASON && { cancellationReason: env.JUNCTION_CANCELLATION_REASON }),
      ...(env.JUNCTION_TIMEZONE && { timezone: env.JUNCTION_TIMEZONE }),
      capabilities,
    };
    const account = checked(schema, given, ([field]) => [SETTING_OF[String(field)] ?? '', '']);
    if (!key && !more && isAtJunction(account.baseUrl)) {
      fail('JUNCTION_API_KEY', 'is needed beside the JUNCTION_BASE_URL of Junction itself');
    }
    return { default: account };
  },
  warnings,
};

/** The setting of each field of the account `default`. */
const SETTING_OF: Readonly<Record<string, string>> = {
  apiKey: 'JUNCTION_API_KEY',
  baseUrl: 'JUNCTION_BASE_URL',
  cancellationReason: 'JUNCTION_CANCELLATION_REASON',
  timezone: 'JUNCTION_TIMEZONE',
};

/** Junction's own hosts, by region (docs/providers.md#junction). */
const JUNCTION_HOST = /^api\.(?:sandbox\.)?(us|eu)\.junction\.com$/;

/** Junction's keys by environment and region: `pk` for production, `sk` for the sandbox. */
const JUNCTION_KEY = /^([ps]k)_(us|eu)_/;

function isAtJunction(baseUrl: string): boolean {
  return JUNCTION_HOST.test(new URL(baseUrl).hostname);
}

function warnings(accounts: Record<string, JunctionAccount>): string[] {
  return Object.entries(accounts).flatMap(([name, account]) =>
    doubtsOf(account).map((doubt) => `Junction account ${name}: ${doubt}`),
  );
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
