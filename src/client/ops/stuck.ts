import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { StuckBooking, StuckReport } from '../../booking/ops';
import { CAPABILITIES } from '../../booking/capabilities';
import { Failure } from '../../booking/failures';
import { PROVIDERS, queueOf, VENDOR_NAMES } from '../../booking/vendors';
import { bookingIdIn, TASK_QUEUE, WORKFLOW_TYPE } from '../../booking/names';
import { lastSweep, TRIES_UNTIL_TOLD } from './cut-off';
import type { ClientContext } from '../executions/client-context';
import { describe, executionOf, plainValue, timeOf } from '../executions/execution';
import { lastPollOf, type LastPoll } from '../executions/pollers';
import { grpcCode } from '../executions/temporal-errors';
import { pageOf } from '../executions/visibility';

/**
 * Finds bookings that cannot report themselves: their workflow task keeps failing, no worker takes up their activities,
 * or their clean-up does not begin.
 */

/** When something counts as stuck. */
export interface StuckAfter {
  /** How long an activity may wait for a worker, in ms. */
  pickUpMs: number;
  /** A worker's poll lasts a minute; Temporal remembers a poller for five, so only fresh ones count. In ms. */
  pollerFreshMs: number;
}

const STUCK_AFTER: StuckAfter = { pickUpMs: 60_000, pollerFreshMs: 90_000 };

/** How many bookings are reported for each cause: enough to know what is wrong; the queue tells the rest. */
const MAX_TOLD = 100;

const INVALID_ARGUMENT = 3;
const { PendingActivityState } = temporal.api.enums.v1;

/**
 * Returns what is stuck now. It costs two queries and one for each vendor, and a look at up to a hundred bookings if a queue has no worker.
 * `nowMs` is Temporal's time, if the caller has it. Throws `temporal_unavailable`.
 */
export async function findStuckBookings(
  context: ClientContext,
  stuckAfter = STUCK_AFTER,
  nowMs: number | null = null,
): Promise<StuckReport> {
  const failing = await failingTasks(context);
  const unattendedQueues: string[] = [];
  const stuck: StuckBooking[] = failing ?? [];
  if (await isNoneForBookings(context, stuckAfter, nowMs)) unattendedQueues.push(TASK_QUEUE.bookings);
  for (const queue of VENDOR_NAMES.map(queueOf)) {
    const lastPoll = await lastPollOf(context.client, queue, 'activity', nowMs);
    if (lastPoll !== null && lastPoll.ageMs < stuckAfter.pollerFreshMs) continue;
    const waiting = await waitingOn(context, queue, sinceWhen(stuckAfter, lastPoll, nowMs));
    if (waiting.length > 0) unattendedQueues.push(queue);
    stuck.push(...waiting);
  }
  stuck.push(...(await cutOffForLong(context)));
  const sweepFails = await failedSweep(context);
  return { stuck, unattendedQueues, tellsFailingTasks: failing !== null, sweepFails };
}

/** Returns the cut-off bookings that several sweeps in a row could not look into. */
async function cutOffForLong(context: ClientContext): Promise<StuckBooking[]> {
  const again = (await lastSweep(context))?.again ?? [];
  return again
    .filter(({ tries }) => tries >= TRIES_UNTIL_TOLD)
    .map(({ bookingId, why }) => ({
      bookingId,
      cause: 'cut_off_unsettled',
      detail: why ?? '',
      since: null,
    }));
}

/**
 * Returns how the newest sweep failed, or null. Without sweeps nobody would see cut-off bookings, so this must be seen.
 */
async function failedSweep(context: ClientContext): Promise<string | null> {
  const query = `WorkflowType = '${WORKFLOW_TYPE.sweep}' AND ExecutionStatus != 'Running'`;
  const [newest] = (await pageOf(context, query, { pageSize: 1 })).rows;
  const status = newest && executionOf(newest).status;
  return !status || status === 'COMPLETED' ? null : status;
}

/** Returns true when bookings are open and no worker takes them on. */
async function isNoneForBookings(
  context: ClientContext,
  { pollerFreshMs }: StuckAfter,
  nowMs: number | null,
): Promise<boolean> {
  const lastPoll = await lastPollOf(context.client, TASK_QUEUE.bookings, 'workflow', nowMs);
  if (lastPoll !== null && lastPoll.ageMs < pollerFreshMs) return false;
  return (await rows(context, OPEN)).length > 0;
}

/**
 * Returns the bookings whose workflow task fails; null when the server lacks the attribute (it came with about 1.30).
 */
async function failingTasks(context: ClientContext): Promise<StuckBooking[] | null> {
  const query = `${OPEN} AND TemporalReportedProblems IS NOT NULL`;
  try {
    return (await rows(context, query)).map(({ bookingId, reported }) => ({
      bookingId,
      cause: 'task_failing',
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

async function rows(context: ClientContext, query: string): Promise<Found[]> {
  const page = await pageOf(context, query, { pageSize: MAX_TOLD });
  return page.rows.flatMap(({ execution, searchAttributes }) => {
    const workflowId = execution?.workflowId ?? '';
    const bookingId = bookingIdIn(workflowId);
    const reported = searchAttributes?.indexedFields?.TemporalReportedProblems;
    return bookingId === null ? [] : [{ workflowId, bookingId, reported: listOf(reported) }];
  });
}

/** Returns a keyword list. If it cannot be decoded, its presence still says that something is reported. */
function listOf(payload: Payload | null | undefined): string[] {
  const value = payload ? plainValue(payload) : [];
  return (Array.isArray(value) ? value : [value]).map((word) =>
    typeof word === 'string' ? word : 'unknown',
  );
}

/** How many bookings are described at a time: each may take as long as Temporal is given to answer. */
const DESCRIBED_AT_A_TIME = 10;

async function waitingOn(context: ClientContext, queue: string, since: Since): Promise<StuckBooking[]> {
  const providers = PROVIDERS.filter((name) => CAPABILITIES[name].taskQueue === queue);
  const names = providers.map((name) => `'${name}'`).join(', ');
  const open = await rows(context, `${OPEN} AND BookingProvider IN (${names})`);
  const found: StuckBooking[] = [];
  for (let from = 0; from < open.length; from += DESCRIBED_AT_A_TIME) {
    const some = open.slice(from, from + DESCRIBED_AT_A_TIME);
    found.push(...(await Promise.all(some.map((one) => waitingActivities(context, one, since)))).flat());
  }
  return found;
}

/** The time now, and how long an activity may wait, in ms. */
interface Since {
  pickUpMs: number;
  nowMs: number;
}

/**
 * Returns the time by which activities are judged: Temporal's, or else this machine's, but no earlier than the last
 * poll. It is used only for a queue that no worker attends. A clock that is ahead then reports an activity too early by
 * that much. One that is behind reports it too late, but the sweep, which has Temporal's time, reports it in time.
 */
function sinceWhen({ pickUpMs }: StuckAfter, lastPoll: LastPoll | null, nowMs: number | null): Since {
  return { pickUpMs, nowMs: nowMs ?? Math.max(Date.now(), lastPoll?.atMs ?? 0) };
}

/**
 * Returns the waiting activities of a booking. If Temporal does not describe it, that is reported and the others go on.
 */
async function waitingActivities(
  context: ClientContext,
  { workflowId, bookingId }: Found,
  { pickUpMs, nowMs }: Since,
): Promise<StuckBooking[]> {
  try {
    const found = await describe(context, workflowId);
    return (found?.raw?.pendingActivities ?? []).flatMap(
      ({ state, scheduledTime, activityType }): StuckBooking[] => {
        const since = timeOf(scheduledTime);
        const isWaiting = state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
        if (!isWaiting || since === null || Date.parse(since) >= nowMs - pickUpMs) return [];
        return [{ bookingId, cause: 'activity_waiting', detail: activityType?.name ?? '', since }];
      },
    );
  } catch (err) {
    const detail = err instanceof Failure ? err.code : err instanceof Error ? err.name : typeof err;
    return [{ bookingId, cause: 'not_described', detail, since: null }];
  }
}
