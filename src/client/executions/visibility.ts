import type { temporal } from '@temporalio/proto';
import type { ClientContext } from './client-context';
import { CALL_TIMEOUT_MS, within } from './temporal-errors';

/** Rows of Temporal's visibility, undecoded. */

export type Row = temporal.api.workflow.v1.IWorkflowExecutionInfo;

/** More rows would not fit into one answer: each brings its memo along, with up to 32 KiB of view. */
export const MAX_PAGE_SIZE = 100;

/** Yields every execution that matches the query, page by page. Throws `temporal_unavailable`. */
export async function* rowsOf(context: ClientContext, query: string): AsyncGenerator<Row> {
  let pageToken: Uint8Array | undefined;
  do {
    const page = await pageOf(context, query, { pageToken });
    yield* page.rows;
    pageToken = page.nextPageToken ?? undefined;
  } while (pageToken);
}

/** Returns one page of the executions that match the query. */
export async function pageOf(
  context: ClientContext,
  query: string,
  { pageSize = MAX_PAGE_SIZE, pageToken }: { pageSize?: number; pageToken?: Uint8Array } = {},
): Promise<{ rows: Row[]; nextPageToken: Uint8Array | null }> {
  const { client } = context;
  const { namespace } = client.options;
  const page = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.listWorkflowExecutions({ namespace, query, pageSize, nextPageToken: pageToken }),
  );
  return { rows: page.executions, nextPageToken: page.nextPageToken.length > 0 ? page.nextPageToken : null };
}
