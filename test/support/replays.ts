import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { temporal } from '@temporalio/proto';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';

/** Histories that are fetched at a time. */
const CONCURRENCY = 4;

/**
 * Replays every history that the server holds, of open and closed workflows: whatever a test file brought about must
 * take the same path again. Throws with the workflows that do not, and keeps their histories for whoever looks into it.
 */
export async function replayEverything(
  client: Client,
  dataConverter: DataConverter,
  workflowBundle: WorkflowBundleOption,
): Promise<void> {
  const kept = new Map<string, temporal.api.history.v1.IHistory>();
  const histories = async function* () {
    for await (const one of client.workflow.list().intoHistories({ concurrency: CONCURRENCY })) {
      // The iterator is typed for histories of any form; what a client fetches is the server's own.
      kept.set(one.workflowId, one.history as temporal.api.history.v1.IHistory);
      yield one;
    }
  };
  const broken: string[] = [];
  const results = Worker.runReplayHistories({ workflowBundle, dataConverter }, histories());
  for await (const { workflowId, error } of results) {
    const history = kept.get(workflowId);
    kept.delete(workflowId);
    if (!error) continue;
    const file = join(tmpdir(), `does-not-replay-${workflowId.replace(/\W/g, '_')}.json`);
    if (history) await writeFile(file, historyToJSON(history));
    broken.push(`${workflowId} (kept in ${file}): ${error.message}`);
  }
  if (broken.length > 0) throw new Error(`do not replay:\n${broken.join('\n')}`);
}
