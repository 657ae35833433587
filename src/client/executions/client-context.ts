import type { Client } from '@temporalio/client';

/** What every part of the client works with. */
export interface ClientContext {
  /** With our data converter: requests and views travel encrypted. */
  client: Client;
  /** Makes booking ids and the memo's fingerprints; the same in every client of a deployment. */
  idKey: Buffer;
}
