import { temporal } from '@temporalio/proto';
import type { Problem, Problems } from '../booking/care';
import { CAPABILITIES } from '../booking/capabilities';
import { PROVIDERS } from '../booking/model';
import { bookingIdOf, TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../booking/names';
import type { Door } from './door';
import { CALL_TIMEOUT_MS, grpcCode, within } from './temporal-errors';

/** Bookings that cannot report themselves: their workflow task keeps failing, or nobody takes up their activities. */

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
 * What is stuck just now. Costs two queries, and a look at up to a hundred bookings only where a queue has no
 * worker. Throws `temporal_unavailable`.
 */
export async function findProblems(door: Door, stuckAfter = STUCK_AFTER): Promise<Problems> {
  const failing = await failingTasks(door);
  const unattendedQueues: string[] = [];
  const problems: Problem[] = failing ?? [];
  for (const queue of [TASK_QUEUE.junction, TASK_QUEUE.oliver]) {
    if (await isAttended(door, queue, stuckAfter)) continue;
    const waiting = await waitingOn(door, queue, stuckAfter);
    if (waiting.length > 0) unattendedQueues.push(queue);
    problems.push(...waiting);
  }
  return { problems, unattendedQueues, tellsFailingTasks: failing !== null };
}

/** Null where the server does not know the attribute (it came with server 1.30 or so). */
async function failingTasks(door: Door): Promise<Problem[] | null> {
  const query = `${OPEN_BOOKINGS} AND TemporalReportedProblems IS NOT NULL`;
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

const OPEN_BOOKINGS = `WorkflowType = '${WORKFLOW_TYPE.booking}' AND ExecutionStatus = 'Running'`;

async function rows(door: Door, query: string): Promise<{ bookingId: string; reported: string[] }[]> {
  const { client } = door;
  const request = { namespace: client.options.namespace, query, pageSize: MAX_TOLD };
  const { executions } = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.listWorkflowExecutions(request),
  );
  return executions.flatMap(({ execution, searchAttributes }) => {
    const bookingId = bookingIdOf(execution?.workflowId ?? '');
    const reported = searchAttributes?.indexedFields?.TemporalReportedProblems?.data;
    return bookingId === null ? [] : [{ bookingId, reported: listOf(reported) }];
  });
}

/** A keyword list, as Temporal's JSON has it. */
function listOf(data: Uint8Array | null | undefined): string[] {
  const value: unknown = data ? JSON.parse(Buffer.from(data).toString('utf8')) : [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

async function isAttended(door: Door, queue: string, { pollerFreshMs }: StuckAfter): Promise<boolean> {
  const { client } = door;
  const { pollers } = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    }),
  );
  const freshSince = Date.now() - pollerFreshMs;
  return pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > freshSince);
}

async function waitingOn(door: Door, queue: string, stuckAfter: StuckAfter): Promise<Problem[]> {
  const providers = PROVIDERS.filter((name) => CAPABILITIES[name].taskQueue === queue);
  const names = providers.map((name) => `'${name}'`).join(', ');
  const open = await rows(door, `${OPEN_BOOKINGS} AND BookingProvider IN (${names})`);
  const found: Problem[] = [];
  for (const { bookingId } of open) found.push(...(await waitingActivities(door, bookingId, stuckAfter)));
  return found;
}

async function waitingActivities(
  door: Door,
  bookingId: string,
  { pickUpMs }: StuckAfter,
): Promise<Problem[]> {
  const { raw } = await within(door.client, CALL_TIMEOUT_MS, () =>
    door.client.workflow.getHandle(workflowIdOf(bookingId)).describe(),
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
