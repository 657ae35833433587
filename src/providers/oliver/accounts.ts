import { z } from 'zod';
import { SETTING_RANGES } from '../../booking/limits';
import { isZone } from '../../booking/windows';
import {
  type AccountsPart,
  address,
  type Overrides,
  overridesSchema,
  paceSchema,
  textWithout,
  whole,
  zoneLike,
} from '../../settings/accounts';
import { fail } from '../../settings/error';
import { checked, type Env, list, NO_NAME, wholeNumber } from '../../settings/read';
import { headerFault, leftoverFault, plainFault, secretFault } from '../../settings/text';

/** Oliver's accounts: practices with one sign-in, and accounts with their own, from JSON by name. */

/** The sandbox's own credentials. They are not secret, because they only open the sandbox on this machine. */
export const SANDBOX = {
  account: { username: 'sandbox', password: 'sandbox', locationId: '1', timezone: 'America/Chicago' },
  practices: 'default=1@America/Chicago,practice-1=1@America/Chicago',
} as const;

const schema = z.strictObject({
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

export type OliverAccount = z.infer<typeof schema>;

/** The settings that reach Oliver: all of these, or none for the sandbox. */
const NEEDS = ['OLIVER_BASE_URL', 'OLIVER_USERNAME', 'OLIVER_PASSWORD', 'OLIVER_PRACTICES'] as const;

function hasPractices(env: Env): boolean {
  return NEEDS.some((name) => env[name]);
}

export const accounts: AccountsPart<OliverAccount> = {
  schema,
  namedBy: NEEDS,
  hasSingle: hasPractices,
  single: practices,
  warnings,
};

/**
 * Returns an account for each practice of OLIVER_PRACTICES, all with the same sign-in. The setting holds
 * `account=locationId@Zone`, comma-separated, like `practice-1=1@America/Chicago,practice-2=2@America/New_York`.
 * OLIVER_CAPABILITIES, OLIVER_LIST_MAX_AGE_MS and OLIVER_LOOK_BACK_DAYS apply to every practice, the sandbox's too.
 */
function practices(
  env: Env,
  { sandboxUrl, capabilities }: { sandboxUrl: string; capabilities: Overrides },
): Record<string, OliverAccount> {
  const isNamed = hasPractices(env);
  const given = (name: (typeof NEEDS)[number], ours: string): string =>
    isNamed ? env[name] || fail(name, `is needed: set ${NEEDS.join(', ')} together`) : ours;
  const settings: Record<string, string> = {
    baseUrl: 'OLIVER_BASE_URL',
    username: 'OLIVER_USERNAME',
    password: 'OLIVER_PASSWORD',
  };
  const shared = {
    baseUrl: given('OLIVER_BASE_URL', sandboxUrl),
    username: given('OLIVER_USERNAME', SANDBOX.account.username),
    password: given('OLIVER_PASSWORD', SANDBOX.account.password),
    capabilities,
    listMaxAgeMs: wholeNumber(env, 'OLIVER_LIST_MAX_AGE_MS', SETTING_RANGES.listMaxAgeMs),
    lookBackDays: wholeNumber(env, 'OLIVER_LOOK_BACK_DAYS', SETTING_RANGES.lookBackDays),
  };
  const accounts: Record<string, OliverAccount> = {};
  for (const practice of list(given('OLIVER_PRACTICES', SANDBOX.practices)) ?? []) {
    const [, account = NO_NAME, locationId = '', timezone = ''] = practice.match(OLIVER_PRACTICE) ?? [];
    if (account === NO_NAME || !isZone(timezone)) {
      return fail(
        'OLIVER_PRACTICES',
        'holds account=locationId@Zone, comma-separated, each Zone an IANA name',
      );
    }
    if (Object.hasOwn(accounts, account)) fail('OLIVER_PRACTICES', 'names an account twice');
    accounts[account] = checked(schema, { ...shared, locationId, timezone }, ([field]) => [
      settings[String(field)] ?? 'OLIVER_PRACTICES',
      field === 'locationId' ? `${account}'s location` : '',
    ]);
  }
  return accounts;
}

const OLIVER_PRACTICE = /^([A-Za-z0-9._-]{1,64})=([^=@\s]+)@(\S+)$/;

/** Warns of sign-ins that look like a slip. An Oliver sign-in may hold anything, so they are not refused. */
function warnings(accounts: Record<string, OliverAccount>): string[] {
  return Object.entries(accounts).flatMap(([name, { username, password }]) => {
    const doubts = { username: leftoverFault(username), password: leftoverFault(password) };
    return Object.entries(doubts)
      .filter(([, doubt]) => doubt !== null)
      .map(([field, doubt]) => `Oliver account ${name}: its ${field} may be a slip: it ${doubt}`);
  });
}
