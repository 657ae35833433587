import type { VendorName } from '../../../src/booking/vendors';
import type { NewsPart } from '../../../src/providers/vendor';

/** A vendor with webhooks under test: how its events look, and how it signs them. */
export interface WebhookSubject {
  vendor: VendorName;
  /** How the vendor declares that its webhooks are received. */
  part: NewsPart;
  /** Two secrets as the settings take them. */
  secrets: readonly [string, string];
  /** Returns the headers with which the vendor proves a body, made from its documents and not by what checks it. */
  sign(body: Buffer, signing: { secret: string; ageS: number }): Record<string, string>;
  /** From this age on a signed event is refused, in s; null where the vendor signs no time. */
  oldFromS: number | null;
  /** Returns an event about what this booking has. Each is about the same. */
  own(bookingId: string): object;
  /** Returns an event of the same kind about what no booking has. */
  foreign(): object;
  /** Returns a well-formed event of this type, about what this booking has. */
  ofType(type: string, bookingId: string): object;
}
