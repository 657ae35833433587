import type { WorkflowExecutionStatusName, WorkflowHandle } from '@temporalio/client';
import { AFTER_RUN_MEMO, cleanupIdOf } from '../booking/names';
import type { Door } from './door';
import { CALL_TIMEOUT_MS, isNotFound, within } from './temporal-errors';

/** The clean-up after a run of a booking. */
export interface CleanUp {
  handle: WorkflowHandle;
  runId: string;
  status: WorkflowExecutionStatusName;
}

/** Whoever cleans up, or cleaned up, after this run of the booking; null when nobody does. */
export async function cleanUpAfter(door: Door, bookingId: string, runId: string): Promise<CleanUp | null> {
  const handle = door.client.workflow.getHandle(cleanupIdOf(bookingId));
  try {
    const found = await within(door.client, CALL_TIMEOUT_MS, () => handle.describe());
    if (found.memo?.[AFTER_RUN_MEMO] !== runId) return null;
    return { handle, runId: found.runId, status: found.status.name };
  } catch (err) {
    if (isNotFound(err)) return null;
    throw err;
  }
}
