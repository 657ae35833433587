import { AFTER_RUN_MEMO, cleanupIdOf } from '../../booking/names';
import type { ClientContext } from './client-context';
import { describe, hasClosed, memoValue, type Execution } from './execution';

/** Returns the clean-up after this run of the booking, under way or done; null when there is none. */
export async function findCleanUp(
  context: ClientContext,
  bookingId: string,
  runId: string,
): Promise<Execution | null> {
  const found = await describe(context, cleanupIdOf(bookingId));
  return found && (await isAfter(context, found, runId)) ? found : null;
}

/**
 * Returns the clean-up that is open under the booking's id, or null. The bookings that adopt one order share an id, so
 * it may be the clean-up after an earlier booking. Its questions are asked under this id too, and decisions reach it.
 */
export async function openCleanUp(context: ClientContext, bookingId: string): Promise<Execution | null> {
  const found = await describe(context, cleanupIdOf(bookingId));
  return found && !hasClosed(found.status) ? found : null;
}

/** Returns true when a clean-up is the one after this run. */
export async function isAfter(context: ClientContext, cleanUp: Execution, runId: string): Promise<boolean> {
  return (await memoValue(context, cleanUp, AFTER_RUN_MEMO)) === runId;
}
