import { QueryNotRegisteredError } from '@temporalio/client';
import { bookingState } from '../../workflows/messages';
import type { CutOff, CutOffBooking, Swept } from '../booking/care';
import { Failure } from '../booking/failures';
import { bookingIdOf, cleanupIdOf, CUT_OFF_MEMO, WORKFLOW_TYPE, workflowIdOf } from '../booking/names';
import { requestSchema } from '../booking/schema/request';
import { beginningOf } from './beginning';
import { beginCleanUp } from './clean-up';
import type { Door } from './door';
import { adoptedOrderId } from './initial-view';
import { isOver, readExecution } from './read';
import { CALL_TIMEOUT_MS, isNotFound, isUnavailable, neverRan, within } from './temporal-errors';

/** Bookings that were cut off in Temporal: found in visibility, told from those that ended by themselves, cleaned up after. */

/** Executions that ended otherwise than by their own return. A failed one counts when it left no view. */
const CUT_OFF_STATUSES = "('Terminated', 'TimedOut', 'Canceled', 'Failed')";

const HOW: readonly string[] = ['TERMINATED', 'TIMED_OUT', 'CANCELLED', 'FAILED'];

/**
 * How far a sweep goes back behind the one before it, in ms: visibility may lag, and clocks differ. What was looked
 * at already is told by its clean-up.
 */
const OVERLAP_MS = 10 * 60_000;

/** How far the very first sweep goes back, in ms: what our own server keeps (DESIGN.md, retention). */
const FIRST_LOOK_BACK_MS = 30 * 24 * 3_600_000;

/**
 * Begins the clean-up of every booking that was cut off since the last sweep, once each. `beat` is called as it goes
 * along. Throws `temporal_unavailable`; one booking that cannot be read is kept for the next sweep and stops no
 * other.
 */
export async function sweepCutOff(door: Door, beat: () => void): Promise<Swept> {
  const { since, again } = await whereToGoOn(door);
  const swept: Swept = { since, until: new Date().toISOString(), begun: [], again: [] };
  const found = await cutOffSince(door, since);
  const known = new Set(found.map(({ runId }) => runId));
  for (const one of [...again.filter(({ runId }) => !known.has(runId)), ...found]) {
    beat();
    const outcome = await settle(door, one);
    if (outcome === 'begun') swept.begun.push(one.bookingId);
    if (outcome === 'later') swept.again.push(one);
  }
  return swept;
}

/** Where the newest sweep that visibility shows ended; an older one only means to look further back. */
async function whereToGoOn(door: Door): Promise<Pick<Swept, 'since' | 'again'>> {
  const query = `WorkflowType = '${WORKFLOW_TYPE.sweep}' AND ExecutionStatus = 'Completed'`;
  for await (const { workflowId, runId } of door.client.workflow.list({ query, pageSize: 1 })) {
    const last: unknown = await door.client.workflow.getHandle(workflowId, runId).result();
    if (!isSwept(last)) break;
    return { since: new Date(Date.parse(last.until) - OVERLAP_MS).toISOString(), again: last.again };
  }
  return { since: new Date(Date.now() - FIRST_LOOK_BACK_MS).toISOString(), again: [] };
}

/** A result of another build is passed over: then the sweep looks back as far as it can. */
function isSwept(value: unknown): value is Swept {
  if (typeof value !== 'object' || value === null || !('until' in value) || !('again' in value)) return false;
  const { until, again } = value;
  return typeof until === 'string' && !Number.isNaN(Date.parse(until)) && Array.isArray(again);
}

async function cutOffSince(door: Door, since: string): Promise<CutOff[]> {
  const query = [
    `WorkflowType = '${WORKFLOW_TYPE.booking}'`,
    `ExecutionStatus IN ${CUT_OFF_STATUSES}`,
    `CloseTime >= '${since}'`,
  ].join(' AND ');
  const found: CutOff[] = [];
  for await (const { workflowId, runId, status } of door.client.workflow.list({ query })) {
    const bookingId = bookingIdOf(workflowId);
    if (bookingId !== null && isHow(status.name)) found.push({ bookingId, runId, how: status.name });
  }
  return found;
}

function isHow(name: string): name is CutOff['how'] {
  return HOW.includes(name);
}

/** `settled`: nothing to do for it, now or later. */
type Outcome = 'begun' | 'settled' | 'later';

async function settle(door: Door, cutOff: CutOff): Promise<Outcome> {
  try {
    if (cutOff.how === 'FAILED' && (await endedByItself(door, cutOff))) return 'settled';
    const standing = await standingOf(door, cutOff);
    return standing === 'ours' ? await cleanUpAfter(door, cutOff) : standing;
  } catch (err) {
    if (err instanceof Failure) return 'later';
    throw err;
  }
}

/** A booking that failed by itself carries its view and has undone what it made. */
async function endedByItself(door: Door, { bookingId, runId }: CutOff): Promise<boolean> {
  try {
    await readExecution(door, bookingId, { runId, status: 'FAILED', memo: {} });
    return true;
  } catch (err) {
    if (isUnavailable(err) || !(err instanceof Failure)) throw err;
    return false;
  }
}

/**
 * Whose what it left is now. A newer run of the same chain (after a reset) speaks for the booking; a newer booking
 * of the same order has its hands on it while it runs.
 */
async function standingOf(door: Door, { bookingId, runId }: CutOff): Promise<'ours' | 'settled' | 'later'> {
  const newest = await describe(door, workflowIdOf(bookingId));
  if (!newest) return 'settled';
  if (newest.runId === runId) return 'ours';
  const own = await describe(door, workflowIdOf(bookingId), runId);
  if (!own || own.firstRunId === newest.firstRunId) return 'settled';
  return isOver(newest.status) ? 'ours' : 'later';
}

async function cleanUpAfter(door: Door, cutOff: CutOff): Promise<Outcome> {
  const { bookingId, runId, how } = cutOff;
  const cleanup = await describe(door, cleanupIdOf(bookingId));
  const isOfThisRun = cleanup?.memo[CUT_OFF_MEMO] === runId;
  if (isOfThisRun && ['RUNNING', 'COMPLETED'].includes(cleanup.status)) return 'settled';
  if (cleanup?.status === 'RUNNING') return 'later';
  const own = await describe(door, workflowIdOf(bookingId), runId);
  if (!own) return 'settled';
  const { request, startedAt, carried } = await beginningOf(door, bookingId, runId);
  const state = (await stateOf(door, cutOff)) ?? carriedState(carried);
  const form = requestSchema.safeParse(request);
  const left: CutOffBooking = { how, at: own.closedAt, state };
  await beginCleanUp(
    door,
    {
      bookingId,
      createdAt: startedAt.toISOString(),
      request,
      orderId: form.success ? adoptedOrderId(form.data) : null,
      cutOff: left,
    },
    runId,
  );
  return 'begun';
}

interface Described {
  runId: string;
  firstRunId: string | null;
  status: Parameters<typeof isOver>[0];
  memo: Readonly<Record<string, unknown>>;
  closedAt: string;
}

async function describe(door: Door, workflowId: string, runId?: string): Promise<Described | null> {
  try {
    const found = await within(door.client, CALL_TIMEOUT_MS, () =>
      door.client.workflow.getHandle(workflowId, runId).describe(),
    );
    return {
      runId: found.runId,
      firstRunId: found.raw.workflowExecutionInfo?.firstRunId ?? null,
      status: found.status.name,
      memo: found.memo ?? {},
      closedAt: (found.closeTime ?? new Date()).toISOString(),
    };
  } catch (err) {
    if (isNotFound(err)) return null;
    throw err;
  }
}

/** What a worker makes of the run's history; null when it never began, or no longer replays on this build. */
async function stateOf(door: Door, { bookingId, runId }: CutOff): Promise<unknown> {
  const handle = door.client.workflow.getHandle(workflowIdOf(bookingId), runId);
  return within(door.client, CALL_TIMEOUT_MS, () =>
    handle.query(bookingState).catch((err: unknown) => {
      if (neverRan(err) || err instanceof QueryNotRegisteredError) return null;
      throw err;
    }),
  );
}

function carriedState(carried: unknown): unknown {
  return typeof carried === 'object' && carried !== null && 'state' in carried ? carried.state : null;
}
