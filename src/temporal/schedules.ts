import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { SWEEP_SCHEDULE_ID, TASK_QUEUE, WORKFLOW_TYPE } from '../booking/names';

/** The Temporal Schedules of a deployment. */

/** No second sweep begins while one still runs, and after an outage one sweep catches up. */
const POLICIES = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 hour' } as const;

/**
 * Makes sure that the sweep runs every `everyMinutes`, or not at all for 0. It is safe to repeat, also by several
 * processes at once. An existing schedule is brought in line with the setting, and stays paused if somebody paused it.
 */
export async function ensureSweepSchedule(client: Client, everyMinutes: number): Promise<void> {
  if (everyMinutes === 0) return removeSchedule(client);
  const options = sweepSchedule(everyMinutes);
  try {
    await client.schedule.create(options);
  } catch (err) {
    if (!(err instanceof ScheduleAlreadyRunning)) throw err;
    const { spec, action, policies } = options;
    await client.schedule.getHandle(SWEEP_SCHEDULE_ID).update(({ state }) => ({
      spec,
      action: { ...action, workflowId: action.workflowId ?? '' },
      policies,
      state,
    }));
  }
}

function sweepSchedule(everyMinutes: number): ScheduleOptions {
  return {
    scheduleId: SWEEP_SCHEDULE_ID,
    spec: { intervals: [{ every: `${everyMinutes} minutes` }] },
    policies: POLICIES,
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPE.sweep,
      workflowId: WORKFLOW_TYPE.sweep,
      taskQueue: TASK_QUEUE.bookings,
      staticSummary: 'looks for bookings that were cut off or are stuck',
    },
  };
}

async function removeSchedule(client: Client): Promise<void> {
  await client.schedule
    .getHandle(SWEEP_SCHEDULE_ID)
    .delete()
    .catch((err: unknown) => {
      if (!(err instanceof ScheduleNotFoundError)) throw err;
    });
}
