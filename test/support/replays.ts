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
 * take the same path again, and no workflow task may have changed search attributes twice. Throws with the workflows of
 * which that is not so, and keeps their histories for whoever looks into it.
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
    const wrong = error?.message ?? (history && upsertsTwice(history));
    if (!wrong) continue;
    const file = join(tmpdir(), `does-not-replay-${workflowId.replace(/\W/g, '_')}.json`);
    if (history) await writeFile(file, historyToJSON(history));
    broken.push(`${workflowId} (kept in ${file}): ${wrong}`);
  }
  if (broken.length > 0) throw new Error(`do not replay, or upsert twice:\n${broken.join('\n')}`);
}

/** A workflow task that changed the search attributes more than once; null when none did. */
function upsertsTwice({ events }: temporal.api.history.v1.IHistory): string | null {
  const tasks = new Set<string>();
  for (const { upsertWorkflowSearchAttributesEventAttributes: upsert } of events ?? []) {
    if (!upsert) continue;
    const task = String(upsert.workflowTaskCompletedEventId);
    if (tasks.has(task))
      return `two upserts of search attributes in the workflow task that event ${task} ends`;
    tasks.add(task);
  }
  return null;
}
