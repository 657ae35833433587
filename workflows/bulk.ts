import { setHandler } from '@temporalio/workflow';
import type { BulkInput, BulkProgress } from '../src/booking/care';
import { care } from './care';
import { bulkProgress } from './messages';

/** Seconds of work that go into one activity: what a lost worker may have to find its place in. */
const CHUNK_S = 60;

/**
 * Resumes the bookings of an incident, each once, at a limited rate: a thousand bookings that wake at the same moment
 * would be the next outage. It survives restarts, and goes on where it was.
 */
export async function bulk({ incident, ratePerSecond, by }: BulkInput): Promise<BulkProgress> {
  const progress: BulkProgress = { total: null, resumed: 0, passedOver: 0, done: false };
  setHandler(bulkProgress, () => progress);
  const workflowIds = await care('find the bookings of the incident').waitingFor({ incident });
  progress.total = workflowIds.length;
  const size = Math.max(1, Math.floor(ratePerSecond * CHUNK_S));
  for (let from = 0; from < workflowIds.length; from += size) {
    const chunk = workflowIds.slice(from, from + size);
    const { passedOver } = await care(`resume ${chunk.length} bookings`).resume({
      workflowIds: chunk,
      ratePerSecond,
      by,
      reason: incident.reason,
    });
    progress.passedOver += passedOver;
    progress.resumed += chunk.length - passedOver;
  }
  progress.done = true;
  return progress;
}
