import { AFTER_RUN_MEMO, cleanupIdOf } from '../../booking/names';
import type { Door } from './door';
import { describe, isOver, memoValue, type Execution } from './execution';

/** Whoever cleans up, or cleaned up, after this run of the booking; null when nobody does. */
export async function cleanUpAfter(door: Door, bookingId: string, runId: string): Promise<Execution | null> {
  const found = await describe(door, cleanupIdOf(bookingId));
  return found && (await isAfter(door, found, runId)) ? found : null;
}

/**
 * The clean-up that is open under the booking's id. The bookings of an order that its callers name share the id, so it may be
 * the one after an earlier run: what it asks is asked under this id all the same, and decisions about it reach it.
 */
export async function openCleanUp(door: Door, bookingId: string): Promise<Execution | null> {
  const found = await describe(door, cleanupIdOf(bookingId));
  return found && !isOver(found.status) ? found : null;
}

/** Whether a clean-up is the one after this run. */
export async function isAfter(door: Door, cleanUp: Execution, runId: string): Promise<boolean> {
  return (await memoValue(door, cleanUp, AFTER_RUN_MEMO)) === runId;
}
