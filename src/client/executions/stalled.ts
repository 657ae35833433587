import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { TASK_QUEUE } from '../../booking/names';
import type { Stalled } from '../../booking/schema/view';
import type { ClientContext } from './client-context';
import { timeOf, type Execution } from './execution';
import { lastPollOf } from './pollers';
import { earliestNowMs, hearTimes, heardForMs } from './temporal-time';

/**
 * Tells whether a booking stands still and cannot say so itself: a view that cannot be updated must not look healthy.
 * The description of its execution tells. Temporal is asked who polls only when something waits for a worker and it is
 * not clear for how long, at most twice a minute.
 */

type Description = NonNullable<Execution['raw']>;
type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

/** How long a workflow task, or an activity that was never tried, may wait for a worker, in ms. */
const PICK_UP_MS = 30_000;

/** The attempt from which on a task counts as failing: a killed worker or a deploy costs one attempt. */
const FAILING_FROM = 3;

const { PendingWorkflowTaskState, PendingActivityState } = temporal.api.enums.v1;

/** Tells why the booking cannot go on and since when. Returns null when it can, or has ended. */
export async function stalledOf(context: ClientContext, { status, raw }: Execution): Promise<Stalled | null> {
  if (!raw) return null;
  hearTimes(context.client, passedIn(raw));
  if (status === 'PAUSED') return { since: null, why: 'paused' };
  if (status !== 'RUNNING') return null;
  return failingTask(raw) ?? pausedActivity(raw) ?? overdueOf(context, waitsOf(raw));
}

/**
 * Returns the moments in a description that have passed. The time of an activity's retry may still be to come: it is
 * not one.
 */
function passedIn({
  workflowExecutionInfo: info,
  pendingWorkflowTask: task,
  pendingActivities,
}: Description): number[] {
  const times = [info?.startTime, info?.closeTime, task?.scheduledTime, task?.startedTime];
  for (const activity of pendingActivities ?? []) {
    times.push(activity.lastStartedTime, activity.lastAttemptCompleteTime, activity.lastHeartbeatTime);
    if (!isRetry(activity)) times.push(activity.scheduledTime);
  }
  return times.map(msOf).filter((ms) => ms !== null);
}

function isRetry({ attempt }: PendingActivity): boolean {
  return (attempt ?? 0) > 1;
}

function msOf(time: Parameters<typeof timeOf>[0]): number | null {
  const text = timeOf(time);
  return text === null ? null : Date.parse(text);
}

/**
 * Tells whether the workflow task fails. The server reports it after some failures in a row; the attempt shows it
 * earlier.
 */
function failingTask({
  pendingWorkflowTask: task,
  workflowExecutionInfo: info,
}: Description): Stalled | null {
  const reported = info?.searchAttributes?.indexedFields?.TemporalReportedProblems;
  if (!reported && (task?.attempt ?? 0) < FAILING_FROM) return null;
  return { since: timeOf(task?.originalScheduledTime ?? task?.scheduledTime), why: 'task_failing' };
}

function pausedActivity({ pendingActivities }: Description): Stalled | null {
  return pendingActivities?.some(({ paused }) => paused) ? { since: null, why: 'paused' } : null;
}

/** Something that waits for a worker to take it up. */
interface Wait {
  why: 'no_worker' | 'activity_waiting';
  /** From when on a worker may take it. For a retry that may still be to come. */
  sinceMs: number;
  isRetry: boolean;
  queue: string;
  type: 'workflow' | 'activity';
}

function waitsOf({ pendingWorkflowTask: task, pendingActivities }: Description): Wait[] {
  const waits: Wait[] = [];
  const taskMs = msOf(task?.scheduledTime);
  if (task?.state === PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED && taskMs !== null)
    waits.push({
      why: 'no_worker',
      sinceMs: taskMs,
      isRetry: false,
      queue: TASK_QUEUE.bookings,
      type: 'workflow',
    });
  for (const activity of pendingActivities ?? []) {
    const queue = activity.activityOptions?.taskQueue?.name ?? TASK_QUEUE.bookings;
    const sinceMs = msOf(activity.nextAttemptScheduleTime ?? activity.scheduledTime);
    const isScheduled = activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
    if (isScheduled && sinceMs !== null)
      waits.push({ why: 'activity_waiting', sinceMs, isRetry: isRetry(activity), queue, type: 'activity' });
  }
  return waits;
}

async function overdueOf({ client }: ClientContext, waits: readonly Wait[]): Promise<Stalled | null> {
  const known = waits.find(({ sinceMs }) => isOverdue(sinceMs, earliestNowMs(client)));
  if (known) return stalledBy(known);
  for (const wait of waits) if (await isLeft(client, wait)) return stalledBy(wait);
  return null;
}

function stalledBy({ why, sinceMs }: Wait): Stalled {
  return { since: new Date(sinceMs).toISOString(), why };
}

function isOverdue(sinceMs: number, nowMs: number): boolean {
  return nowMs - sinceMs > PICK_UP_MS;
}

/**
 * Returns true when no worker takes up what waits, judged by who polls for it. Temporal names no poller after five
 * minutes without a poll, and a last poll tells a newer moment of Temporal's clock. This machine's clock is used in two
 * cases, for want of a better one:
 * - for a retry that no worker polls for. A clock that is ahead then reports it too early by that much (it is true
 *   all the same that nobody would take it up), and one that is behind too late by that much.
 * - in the first half minute of a process, so that a command that reads once can report what has waited for less than
 *   five minutes. A clock that is ahead may then report a task that is about to be taken up, and one that is behind
 *   reports it only when Temporal has forgotten the last poll.
 */
async function isLeft(client: Client, { sinceMs, isRetry, queue, type }: Wait): Promise<boolean> {
  const pollMs = await lastPollMs(client, queue, type);
  if (pollMs === null && !isRetry) return true;
  const isTold = isRetry ? pollMs === null : heardForMs(client) < PICK_UP_MS;
  const earliestMs = earliestNowMs(client);
  return isOverdue(sinceMs, isTold ? Math.max(earliestMs, Date.now()) : earliestMs);
}

/** How long an answer that names a poll is reused, in ms: a poll lasts a minute. */
const POLL_COUNTS_MS = 30_000;

interface Asked {
  monotonicMs: number;
  pollMs: number;
}

/** The last poll of each queue that Temporal named, for each client. */
const askedBy = new WeakMap<Client, Map<string, Asked>>();

/**
 * Returns when a queue was last polled, by Temporal's clock; null (not reused, as a worker may come) when no poll is
 * known.
 */
async function lastPollMs(client: Client, queue: string, type: Wait['type']): Promise<number | null> {
  const asked = askedBy.get(client) ?? new Map<string, Asked>();
  askedBy.set(client, asked);
  const before = asked.get(`${type} ${queue}`);
  const monotonicMs = performance.now();
  if (before && monotonicMs - before.monotonicMs < POLL_COUNTS_MS) return before.pollMs;
  const lastPoll = await lastPollOf(client, queue, type);
  if (!lastPoll) return null;
  hearTimes(client, [lastPoll.atMs]);
  asked.set(`${type} ${queue}`, { monotonicMs, pollMs: lastPoll.atMs });
  return lastPoll.atMs;
}
