import { temporal } from '@temporalio/proto';
import type { Problem, Problems } from '../booking/care';
import { CAPABILITIES } from '../booking/capabilities';
import { PROVIDERS } from '../booking/model';
import { caredBookingIdOf, TASK_QUEUE, WORKFLOW_TYPE } from '../booking/names';
import { lastSweep, TRIES_UNTIL_TOLD } from './cut-off';
import type { Door } from './door';
import { CALL_TIMEOUT_MS, grpcCode, within } from './temporal-errors';
import { pageOf } from './visibility';

/** Bookings that cannot report themselves: their workflow task keeps failing, nobody takes up their activities, or their clean-up does not begin. */

/** When something counts as stuck. */
export interface StuckAfter {
  /** How long an activity may wait for a worker, in ms. */
  pickUpMs: number;
  /** A worker's poll lasts a minute; Temporal remembers a poller for five, so only fresh ones count. In ms. */
  pollerFreshMs: number;
}

const STUCK_AFTER: StuckAfter = { pickUpMs: 60_000, pollerFreshMs: 90_000 };

/** Bookings that are told for each reason: enough to know what is wrong; the queue tells the rest. */
const MAX_TOLD = 100;

const INVALID_ARGUMENT = 3;
const { TaskQueueType, PendingActivityState } = temporal.api.enums.v1;

/**
 * What is stuck just now. Costs three queries, and a look at up to a hundred bookings only where a queue has no
 * worker. Throws `temporal_unavailable`.
 */
export async function findProblems(door: Door, stuckAfter = STUCK_AFTER): Promise<Problems> {
  const failing = await failingTasks(door);
  const unattendedQueues: string[] = [];
  const problems: Problem[] = failing ?? [];
  if (await isNoneForBookings(door, stuckAfter)) unattendedQueues.push(TASK_QUEUE.bookings);
  for (const queue of [TASK_QUEUE.junction, TASK_QUEUE.oliver]) {
    if (await isAttended(door, queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, stuckAfter)) continue;
    const waiting = await waitingOn(door, queue, stuckAfter);
    if (waiting.length > 0) unattendedQueues.push(queue);
    problems.push(...waiting);
  }
  problems.push(...(await unsettled(door)));
  return { problems, unattendedQueues, tellsFailingTasks: failing !== null };
}

/** Those that were cut off and that sweep after sweep cannot look into. */
async function unsettled(door: Door): Promise<Problem[]> {
  const again = (await lastSweep(door))?.again ?? [];
  return again
    .filter(({ tries }) => tries >= TRIES_UNTIL_TOLD)
    .map(({ bookingId, why }) => ({
      bookingId,
      problem: 'cut_off_unsettled',
      detail: why ?? '',
      since: null,
    }));
}

/** Whether bookings are open and no worker takes them on. */
async function isNoneForBookings(door: Door, stuckAfter: StuckAfter): Promise<boolean> {
  const type = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW;
  if (await isAttended(door, TASK_QUEUE.bookings, type, stuckAfter)) return false;
  return (await rows(door, OPEN)).length > 0;
}

/** Null where the server does not know the attribute (it came with server 1.30 or so). */
async function failingTasks(door: Door): Promise<Problem[] | null> {
  const query = `${OPEN} AND TemporalReportedProblems IS NOT NULL`;
  try {
    return (await rows(door, query)).map(({ bookingId, reported }) => ({
      bookingId,
      problem: 'task_failing',
      detail: reported.join(', '),
      since: null,
    }));
  } catch (err) {
    if (grpcCode(err) === INVALID_ARGUMENT) return null;
    throw err;
  }
}

/** Bookings, and the clean-ups after ended ones. */
const OPEN = `WorkflowType IN ('${WORKFLOW_TYPE.booking}', '${WORKFLOW_TYPE.cleanup}') AND ExecutionStatus = 'Running'`;

interface Found {
  workflowId: string;
  bookingId: string;
  reported: string[];
}

async function rows(door: Door, query: string): Promise<Found[]> {
  const page = await pageOf(door, query, { pageSize: MAX_TOLD });
  return page.rows.flatMap(({ execution, searchAttributes }) => {
    const workflowId = execution?.workflowId ?? '';
    const bookingId = caredBookingIdOf(workflowId);
    const reported = searchAttributes?.indexedFields?.TemporalReportedProblems?.data;
    return bookingId === null ? [] : [{ workflowId, bookingId, reported: listOf(reported) }];
  });
}

/** A keyword list, as Temporal's JSON has it. */
function listOf(data: Uint8Array | null | undefined): string[] {
  const value: unknown = data ? JSON.parse(Buffer.from(data).toString('utf8')) : [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

async function isAttended(
  door: Door,
  queue: string,
  taskQueueType: temporal.api.enums.v1.TaskQueueType,
  { pollerFreshMs }: StuckAfter,
): Promise<boolean> {
  const { client } = door;
  const { pollers } = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType,
    }),
  );
  const freshSince = Date.now() - pollerFreshMs;
  return pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > freshSince);
}

async function waitingOn(door: Door, queue: string, stuckAfter: StuckAfter): Promise<Problem[]> {
  const providers = PROVIDERS.filter((name) => CAPABILITIES[name].taskQueue === queue);
  const names = providers.map((name) => `'${name}'`).join(', ');
  const open = await rows(door, `${OPEN} AND BookingProvider IN (${names})`);
  const found: Problem[] = [];
  for (const one of open) found.push(...(await waitingActivities(door, one, stuckAfter)));
  return found;
}

async function waitingActivities(
  door: Door,
  { workflowId, bookingId }: Found,
  { pickUpMs }: StuckAfter,
): Promise<Problem[]> {
  const { raw } = await within(door.client, CALL_TIMEOUT_MS, () =>
    door.client.workflow.getHandle(workflowId).describe(),
  );
  return (raw.pendingActivities ?? []).flatMap(({ state, scheduledTime, activityType }): Problem[] => {
    const sinceMs = Number(scheduledTime?.seconds ?? 0) * 1000;
    const waits =
      state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED && sinceMs < Date.now() - pickUpMs;
    if (!waits) return [];
    const since = new Date(sinceMs).toISOString();
    return [{ bookingId, problem: 'activity_waiting', detail: activityType?.name ?? '', since }];
  });
}
