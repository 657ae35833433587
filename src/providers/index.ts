import type { Logger } from 'pino';
import { Failure } from '../booking/failures';
import type { ProviderName } from '../booking/model';
import { PROVIDERS, type VendorName, VENDOR_NAMES, vendorFacts } from '../booking/vendors';
import type { Account } from '../settings/accounts';
import type { Proxies } from '../settings/proxies';
import { vendorAt } from '../vendors';
import { createPace } from './pace';
import type { Provider } from './provider';
import { proxiedTransport } from './proxied';
import type { Transport } from './transport';

/** The providers that this process can talk to. */
export type Providers = ReadonlyMap<string, Provider>;

/** What the settings say of the accounts at each vendor, and of the way there. */
export interface ProviderSettings {
  accounts: Readonly<Record<VendorName, Readonly<Record<string, Account>>>>;
  proxies?: Proxies | null;
}

/**
 * Creates the adapters of every vendor that has accounts, which share the pace of their vendor's. It does not connect
 * yet, and the code of other vendors is not loaded. `transport` reaches the network; left out, it is through the proxies
 * of the settings, or directly.
 */
export function createProviders(
  { accounts, proxies }: ProviderSettings,
  log: Pick<Logger, 'warn'>,
  transport: Transport | undefined = proxies ? proxiedTransport(proxies) : undefined,
): Providers {
  const used = VENDOR_NAMES.filter((vendor) => Object.keys(accounts[vendor]).length > 0);
  const adapters = used.map((vendor) => {
    const send = createPace(accounts[vendor], vendorFacts(vendor).pace, transport);
    return vendorAt(vendor).adapters({ accounts: accounts[vendor], log, send });
  });
  return new Map(adapters.flatMap((ofVendor) => Object.entries(ofVendor)));
}

/**
 * Returns the adapter of a provider. Throws `account_unknown` when its vendor has no accounts here: a person sets them,
 * and open bookings go on. Throws `not_supported` for a provider of another build.
 */
export function providerFor(providers: Providers, name: ProviderName): Provider {
  const provider = providers.get(name);
  if (provider) return provider;
  throw PROVIDERS.includes(name)
    ? new Failure('account_unknown', { field: 'account' })
    : new Failure('not_supported', { field: 'provider' });
}
