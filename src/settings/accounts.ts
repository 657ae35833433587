import { z } from 'zod';
import { type Range, LONGEST_MS, SETTING_RANGES } from '../booking/limits';
import { prefixOf, type VendorName } from '../booking/vendors';
import { isZone } from '../booking/windows';
import { urlFault, withoutEnd } from './addresses';
import { fail } from './error';
import { type Env, parsed } from './read';
import type { Fault } from './text';

/** The accounts at the vendors: what all of them have in common, and how they are read. */

/** An account as the rest of the project sees it: what the vendor's own schema adds is between its settings and its adapter. */
export interface Account {
  baseUrl: string;
  /** IANA zone of the place, where the vendor tells none. */
  timezone?: string;
  capabilities: Overrides;
  pace?: Pace;
}

/** A whole number in a range. */
export const whole = ({ min, max }: Range) => z.number().int().min(min).max(max).optional();
const duration = whole({ min: 0, max: LONGEST_MS });

/** A text that must have no fault; `faultOf` returns the words of the refusal. */
export const textWithout = (faultOf: (text: string) => Fault) =>
  z.string().superRefine((text, context) => {
    const message = faultOf(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** The address of a vendor's API. */
export const address = textWithout((text) => urlFault(text.trim())).transform(withoutEnd);

/** An IANA zone name. The refusal shows a likely one as an example. */
export const zoneLike = (example: string) =>
  z.string().trim().refine(isZone, `must be an IANA zone like ${example}`);

/** What an account may override: rows of the capability table that differ for it. */
export const overridesSchema = z.strictObject({
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

export type Overrides = z.infer<typeof overridesSchema>;

const accountNameSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);

/** Accounts by name. An empty set is refused: it would be neither the vendor's nor the sandbox's. */
const named = <A extends z.ZodType>(account: A) =>
  z
    .record(accountNameSchema, account)
    .refine((accounts) => Object.keys(accounts).length > 0, 'must name an account, or be unset');

/** How many calls an account makes at once, per second and per minute, in each process. The vendors' facts have the defaults. */
export const paceSchema = z.strictObject({
  inFlight: z.number().int().min(1).max(10_000),
  perSecond: z.number().int().min(1).max(10_000),
  perMinute: z.number().int().min(1).max(600_000).nullish(),
});

type Pace = z.infer<typeof paceSchema>;

/** How a vendor's accounts are set. */
export interface AccountsPart<A extends Account> {
  /** What `<VENDOR>_ACCOUNTS` holds by name. The single settings give accounts of the same form. */
  readonly schema: z.ZodType<A>;
  /** The settings that name a real account, beside `<VENDOR>_ACCOUNTS`. While none names one anywhere, sandboxes are used. */
  readonly namedBy: readonly string[];
  /** Whether the single settings give accounts of their own beside those of `<VENDOR>_ACCOUNTS`. */
  hasSingle(env: Env): boolean;
  /**
   * Returns the accounts of the single settings, or the sandbox's, and checks the settings even if no account uses them:
   * what is set is meant. `capabilities` are those of `<VENDOR>_CAPABILITIES`.
   */
  single(env: Env, shared: { sandboxUrl: string; capabilities: Overrides }): Record<string, A>;
  /** Returns, in words for the log, what looks wrong but may be right. */
  warnings(accounts: Record<string, A>): string[];
}

/** Returns the accounts at a vendor that the settings name; the sandbox's when they name none. */
export function accountsAt<A extends Account>(
  env: Env,
  vendor: VendorName,
  part: AccountsPart<A>,
  sandboxUrl: string,
): Record<string, A> {
  const setting = (name: string): string => `${prefixOf(vendor)}_${name}`;
  const capabilities = parsed(setting('CAPABILITIES'), env[setting('CAPABILITIES')] ?? '{}', overridesSchema);
  const single = part.single(env, { sandboxUrl, capabilities });
  const json = env[setting('ACCOUNTS')];
  const more = json ? parsed(setting('ACCOUNTS'), json, named(part.schema)) : null;
  const own = part.hasSingle(env) || !more ? single : {};
  return atPace(env, setting('PACE'), joined(setting('ACCOUNTS'), own, more ?? {}));
}

/** Returns true when settings name a real account at a vendor. Capabilities alone change how its sandbox is treated. */
export function isNamed(
  env: Env,
  vendor: VendorName,
  { namedBy }: Pick<AccountsPart<never>, 'namedBy'>,
): boolean {
  return [...namedBy, `${prefixOf(vendor)}_ACCOUNTS`].some((name) => env[name]);
}

/** Returns two sets of accounts as one. Refuses a name that is in both. */
function joined<A>(name: string, own: Record<string, A>, more: Record<string, A>): Record<string, A> {
  const twice = Object.keys(more).find((account) => Object.hasOwn(own, account));
  return twice === undefined
    ? { ...own, ...more }
    : fail(name, `names ${twice}, which single settings name already`);
}

/** Gives accounts without their own pace the vendor's setting: `{"inFlight": 20, "perSecond": 20}`. */
function atPace<A extends Account>(env: Env, name: string, accounts: Record<string, A>): Record<string, A> {
  if (!env[name]) return accounts;
  const pace = parsed(name, env[name], paceSchema);
  return Object.fromEntries(Object.entries(accounts).map(([account, row]) => [account, { pace, ...row }]));
}

/** Returns `host:port` of an address. */
export function hostOf(baseUrl: string): string {
  const { hostname, port, protocol } = new URL(baseUrl);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
