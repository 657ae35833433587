import { AFTER_RUN_MEMO, cleanupIdOf } from '../../booking/names';
import type { Door } from './door';
import { describe, memoValue, type Execution } from './execution';

/** Whoever cleans up, or cleaned up, after this run of the booking; null when nobody does. */
export async function cleanUpAfter(door: Door, bookingId: string, runId: string): Promise<Execution | null> {
  const found = await describe(door, cleanupIdOf(bookingId));
  return found && (await memoValue(door, found, AFTER_RUN_MEMO)) === runId ? found : null;
}
