import { proxyActivities } from '@temporalio/workflow';
import type { OpsActivities } from '../../activities/contract';
import { TASK_QUEUE } from '../../src/booking/names';

const MINUTE_MS = 60_000;

/**
 * Activities that look after bookings. Each goes through many bookings and heartbeats as it does, so a lost worker is
 * noticed soon. Each may be repeated.
 */
export function ops(summary: string) {
  return proxyActivities<OpsActivities>({
    taskQueue: TASK_QUEUE.bookings,
    startToCloseTimeout: 30 * MINUTE_MS,
    heartbeatTimeout: MINUTE_MS,
    retry: { initialInterval: 1_000, maximumInterval: MINUTE_MS, backoffCoefficient: 2 },
    summary,
  });
}
