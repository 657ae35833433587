import type { VendorName } from './booking/vendors';
import { calcom } from './providers/calcom/vendor';
import { junction } from './providers/junction/vendor';
import { oliver } from './providers/oliver/vendor';
import type { Vendor } from './providers/vendor';

/**
 * The registry of vendors, with code: a line for each vendor of the registry of data (src/booking/vendors.ts); one that
 * is left out does not compile. Whatever is started, read or made for each vendor iterates over it.
 */
export const VENDORS: { readonly [V in VendorName]: Vendor<V> } = { junction, oliver, calcom };

/** Returns a vendor's declaration, as those see it that treat all vendors alike. */
export function vendorAt(vendor: VendorName): Vendor {
  return VENDORS[vendor];
}
