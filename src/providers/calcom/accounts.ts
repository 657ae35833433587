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
import { credentialFault } from '../../settings/text';

/** Cal.com's accounts, from single settings and from JSON by name. An account is the key of a host. */

/** The sandbox's own credentials. They are not secret, because they only open the sandbox on this machine. */
export const SANDBOX = {
  account: { apiKey: 'cal_booking_saga_sandbox', timezone: 'America/New_York' },
  webhookSecret: 'booking-saga-sandbox-secret',
} as const;

/** Where Cal.com itself is (docs/providers.md#calcom). */
const CALCOM_URL = 'https://api.cal.com';

const schema = z.strictObject({
  apiKey: textWithout(credentialFault),
  baseUrl: address,
  /** IANA zone of the place. No answer names it: slots and bookings are in UTC. */
  timezone: zoneLike('America/New_York'),
  capabilities: overridesSchema.default({}),
  pace: paceSchema.optional(),
});

export type CalcomAccount = z.infer<typeof schema>;

export const accounts: AccountsPart<CalcomAccount> = {
  schema,
  namedBy: ['CALCOM_API_KEY', 'CALCOM_BASE_URL'],
  hasSingle: (env) => Boolean(env.CALCOM_API_KEY),
  single(env, { sandboxUrl, capabilities }) {
    const {
      CALCOM_API_KEY: key,
      CALCOM_BASE_URL: url,
      CALCOM_TIMEZONE: timezone,
      CALCOM_ACCOUNTS: more,
    } = env;
    if (key && !timezone) fail('CALCOM_TIMEZONE', 'is needed beside CALCOM_API_KEY');
    const given = {
      apiKey: key || SANDBOX.account.apiKey,
      baseUrl: url || (key ? CALCOM_URL : sandboxUrl),
      timezone: timezone || SANDBOX.account.timezone,
      capabilities,
    };
    const account = checked(schema, given, ([field]) => [SETTING_OF[String(field)] ?? '', '']);
    if (!key && !more && isAtCalcom(account.baseUrl)) {
      fail('CALCOM_API_KEY', 'is needed beside the CALCOM_BASE_URL of Cal.com itself');
    }
    return { default: account };
  },
  warnings,
};

/** The setting of each field of the account `default`. */
const SETTING_OF: Readonly<Record<string, string>> = {
  apiKey: 'CALCOM_API_KEY',
  baseUrl: 'CALCOM_BASE_URL',
  timezone: 'CALCOM_TIMEZONE',
};

function isAtCalcom(baseUrl: string): boolean {
  return new URL(baseUrl).hostname === new URL(CALCOM_URL).hostname;
}

function warnings(accounts: Record<string, CalcomAccount>): string[] {
  return Object.entries(accounts).flatMap(([name, account]) =>
    doubtsOf(account).map((doubt) => `Cal.com account ${name}: ${doubt}`),
  );
}

/** Keys of Cal.com itself begin so; an installation of one's own may set another beginning. */
const KEY = /^cal_/;

function doubtsOf({ apiKey, baseUrl }: CalcomAccount): string[] {
  if (!isAtCalcom(baseUrl)) return [];
  const { protocol, pathname } = new URL(baseUrl);
  return [
    ...(KEY.test(apiKey) ? [] : ['its key does not begin like one of Cal.com, with cal_']),
    ...(protocol === 'http:' ? ['its base URL is http, and Cal.com is called over https'] : []),
    ...(pathname === '/' ? [] : ['its base URL has a path, and the calls bring theirs']),
  ];
}
