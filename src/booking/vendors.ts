import { calcom } from '../providers/calcom/facts';
import { junction } from '../providers/junction/facts';
import { oliver } from '../providers/oliver/facts';
import type { ProviderFacts, VendorFacts } from './vendor-facts';

/**
 * The registry of vendors, as data: a line for each. Names, queues, ports, rules of requests and tables of the documents
 * follow from it. src/vendors.ts is the same registry with code: adapters, sandboxes, settings, receivers.
 */
const VENDORS = { junction, oliver, calcom };

/** A system of credentials, limits and webhooks. */
export type VendorName = keyof typeof VENDORS;

/** A vendor's ways of booking. */
export type ProviderOf<V extends VendorName> = keyof (typeof VENDORS)[V]['providers'] & string;

/** Each vendor's own facts, with the literals that they were written with. */
export type FactsOf<V extends VendorName> = (typeof VENDORS)[V];

/** The providers that this build knows. */
export type ProviderName = { [V in VendorName]: ProviderOf<V> }[VendorName];

// Object.keys loses the names; these are the table's own.
export const VENDOR_NAMES = Object.keys(VENDORS) as readonly VendorName[];

const ROWS = VENDOR_NAMES.flatMap((vendor) =>
  Object.entries(vendorFacts(vendor).providers).map(([provider, facts]) => ({
    vendor,
    provider: provider as ProviderName, // a name of that very table
    facts,
  })),
);

type Providers = readonly [ProviderName, ...ProviderName[]];

// There is at least one vendor, and each has a provider.
export const PROVIDERS = ROWS.map(({ provider }) => provider) as readonly ProviderName[] as Providers;

export function vendorFacts(vendor: VendorName): VendorFacts {
  return VENDORS[vendor];
}

export function providerFacts(provider: ProviderName): ProviderFacts {
  return rowOf(provider).facts;
}

export function vendorOf(provider: ProviderName): VendorName {
  return rowOf(provider).vendor;
}

function rowOf(provider: ProviderName): (typeof ROWS)[number] {
  const row = ROWS.find((one) => one.provider === provider);
  if (!row) throw new Error(`no vendor has the provider ${provider}`);
  return row;
}

/** Returns the task queue of a vendor's activities. Separate queues keep a slow vendor from holding up the others. */
export function queueOf(vendor: VendorName): string {
  return `bookings-${vendor}`;
}

/** Returns the path of the API that takes a vendor's webhooks. */
export function webhookPathOf(vendor: VendorName): string {
  return `/webhooks/${vendor}`;
}

/** Returns how the names of a vendor's settings begin, without the underscore after it. */
export function prefixOf(vendor: VendorName): string {
  return vendor.toUpperCase();
}

/** Returns a record with an entry for each vendor. */
export function forVendors<T>(make: (vendor: VendorName) => T): Record<VendorName, T> {
  // Object.fromEntries loses the keys' names; these are all vendors.
  return Object.fromEntries(VENDOR_NAMES.map((vendor) => [vendor, make(vendor)])) as Record<VendorName, T>;
}
