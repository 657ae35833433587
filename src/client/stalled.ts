import { temporal } from '@temporalio/proto';
import type { Stalled } from '../booking/schema/view';
import { timeOf, type Execution } from './execution';

/**
 * Whether a booking stands still without a word of its own: a view that nobody can bring up to date must not read as
 * healthy. Told from the description of its execution alone.
 */

type Description = NonNullable<Execution['raw']>;

/** How long a workflow task, or an activity that was never tried, may wait for a worker, in ms. */
const PICK_UP_MS = 30_000;

/** A task's attempt from which on it counts as failing: once is what a killed worker or a deploy costs it. */
const FAILING_FROM = 3;

const { PendingWorkflowTaskState, PendingActivityState } = temporal.api.enums.v1;

/** Why the booking cannot go on and since when; null when it can, or has ended. `nowMs` is compared with Temporal's times. */
export function stalledOf({ status, raw }: Execution, nowMs = Date.now()): Stalled | null {
  if (!raw) return null;
  if (status === 'PAUSED') return { since: null, why: 'paused' };
  if (status !== 'RUNNING') return null;
  return failingTask(raw) ?? waitingTask(raw, nowMs) ?? stuckActivity(raw, nowMs);
}

/** The server reports a task that failed some times in a row; a later attempt of it says so before that. */
function failingTask({
  pendingWorkflowTask: task,
  workflowExecutionInfo: info,
}: Description): Stalled | null {
  const reported = info?.searchAttributes?.indexedFields?.TemporalReportedProblems;
  if (!reported && (task?.attempt ?? 0) < FAILING_FROM) return null;
  return { since: timeOf(task?.originalScheduledTime ?? task?.scheduledTime), why: 'task_failing' };
}

function waitingTask({ pendingWorkflowTask: task }: Description, nowMs: number): Stalled | null {
  if (task?.state !== PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED) return null;
  return overdue(timeOf(task.scheduledTime), 'no_worker', nowMs);
}

function stuckActivity({ pendingActivities = [] }: Description, nowMs: number): Stalled | null {
  for (const { state, paused, scheduledTime } of pendingActivities ?? []) {
    if (paused) return { since: null, why: 'paused' };
    if (state !== PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED) continue;
    const stalled = overdue(timeOf(scheduledTime), 'activity_waiting', nowMs);
    if (stalled) return stalled;
  }
  return null;
}

function overdue(since: string | null, why: Stalled['why'], nowMs: number): Stalled | null {
  return since !== null && nowMs - Date.parse(since) > PICK_UP_MS ? { since, why } : null;
}
