import type { Client } from '@temporalio/client';

/** What every part of the client works with. */
export interface Door {
  /** With our data converter: requests and views travel encrypted. */
  client: Client;
  /** Makes booking ids and the memo's fingerprints; the same on every door of a deployment. */
  idKey: Buffer;
}
