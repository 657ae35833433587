import type { Traits } from './traits';
import {
  type ProviderName,
  PROVIDERS,
  providerFacts,
  queueOf,
  vendorFacts,
  type VendorName,
  vendorOf,
} from './vendors';

/**
 * What a provider can do. The saga learns only here how providers differ. A booking's first activity resolves this
 * table with the account's settings, and freezes the result into the booking.
 */
export interface Capabilities extends Traits {
  /** Which systems of credentials, limits and webhooks the provider belongs to. */
  vendor: VendorName;
  /** Task queue of the provider's activities. */
  taskQueue: string;
  /**
   * Whether the provider tells news by itself; polling stands behind it either way. In a booking: and the workers know
   * the secret that it is signed with.
   */
  webhooks: boolean;
}

/** The row of each provider: what its facts say, with its vendor's queue and webhooks. */
export const CAPABILITIES: Readonly<Record<ProviderName, Capabilities>> = Object.fromEntries(
  PROVIDERS.map((provider): [string, Capabilities] => {
    const vendor = vendorOf(provider);
    const { webhooks } = vendorFacts(vendor);
    return [provider, { vendor, taskQueue: queueOf(vendor), webhooks, ...providerFacts(provider).traits }];
  }),
  // Object.fromEntries loses the keys' names; these are all providers.
) as Record<ProviderName, Capabilities>;
