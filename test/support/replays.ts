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
  const broken = await brokenReplays(client, dataConverter, workflowBundle);
  if (broken.length > 0) throw new Error(`do not replay, or upsert twice:\n${broken.join('\n')}`);
}

/** The workflows whose histories do not take the same path again, each with what is wrong. */
export async function brokenReplays(
  client: Client,
  dataConverter: DataConverter,
  workflowBundle: WorkflowBundleOption,
): Promise<string[]> {
  const broken: string[] = [];
  const note = async (workflowId: string, history: History | undefined, wrong: string) => {
    const file = join(tmpdir(), `does-not-replay-${workflowId.replace(/\W/g, '_')}.json`);
    if (history) await writeFile(file, historyToJSON(history));
    broken.push(`${workflowId} (kept in ${file}): ${wrong}`);
  };
  // Those that are being replayed, so that one that breaks can be kept; of the runs of a long life the newest.
  const kept = new Map<string, History>();
  const histories = async function* () {
    for await (const one of client.workflow.list().intoHistories({ concurrency: CONCURRENCY })) {
      // The iterator is typed for histories of any form; what a client fetches is the server's own.
      const history = one.history as History;
      kept.set(one.workflowId, history);
      const wrong = upsertsTwice(history);
      if (wrong) await note(one.workflowId, history, wrong);
      yield one;
    }
  };
  const results = Worker.runReplayHistories({ workflowBundle, dataConverter }, histories());
  for await (const { workflowId, error } of results) {
    if (error) await note(workflowId, kept.get(workflowId), error.message);
    kept.delete(workflowId);
  }
  return broken;
}

type History = temporal.api.history.v1.IHistory;

/** What core names the marker of a local activity. */
const LOCAL_ACTIVITY = 'core_local_activity';

/** What the SDK itself keeps of each patch, in an upsert of its own. */
const OF_THE_SDK = 'TemporalChangeVersion';

/**
 * A workflow task that changed our search attributes more than once; null when none did. The result of a local activity
 * comes in another activation of the same task, which may change them once more.
 */
function upsertsTwice({ events }: History): string | null {
  const tasks = new Set<string>();
  for (const {
    upsertWorkflowSearchAttributesEventAttributes: upsert,
    markerRecordedEventAttributes: marker,
  } of events ?? []) {
    if (marker?.markerName === LOCAL_ACTIVITY) tasks.delete(String(marker.workflowTaskCompletedEventId));
    if (!upsert || OF_THE_SDK in (upsert.searchAttributes?.indexedFields ?? {})) continue;
    const task = String(upsert.workflowTaskCompletedEventId);
    if (tasks.has(task))
      return `two upserts of search attributes in the workflow task that event ${task} ends`;
    tasks.add(task);
  }
  return null;
}
