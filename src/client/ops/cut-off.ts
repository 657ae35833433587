import { temporal } from '@temporalio/proto';
import { Failure, isFailureCode } from '../../booking/failures';
import {
  bookingIdIn,
  cleanupIdOf,
  CUT_OFF_MEMO,
  MEMO,
  WORKFLOW_TYPE,
  workflowIdOf,
} from '../../booking/names';
import type { CutOff, LeftBehind, Swept, LookedIntoAgain } from '../../booking/ops';
import { isEndStatus } from '../../booking/status';
import { beginningOf } from '../executions/beginning';
import type { ClientContext } from '../executions/client-context';
import { describe, executionOf, hasClosed, memoValue, type Execution } from '../executions/execution';
import { memoView } from '../executions/read';
import { CALL_TIMEOUT_MS, within } from '../executions/temporal-errors';
import { rowsOf } from '../executions/visibility';
import { startCleanUp, cleanUpBooking, tracesIn } from './clean-up';

/**
 * Finds bookings that were cut off in Temporal, tells them from those that ended by themselves, and begins their
 * clean-ups.
 */

/** Ends that an execution did not choose itself. A failed one counts only when it left no last view. */
const CUT_OFF_STATUSES = "('Terminated', 'TimedOut', 'Canceled', 'Failed')";

const HOW: readonly string[] = ['TERMINATED', 'TIMED_OUT', 'CANCELLED', 'FAILED'];

/**
 * How far a sweep looks back before the last one, in ms: visibility may lag. A clean-up shows that a run was handled.
 */
const OVERLAP_MS = 10 * 60_000;

/** How far the very first sweep looks back, in ms: our own server's retention (README.md#idempotency-and-retention). */
const FIRST_LOOK_BACK_MS = 30 * 24 * 3_600_000;

/** How many clean-ups one sweep begins at most. A thousand at the same moment would be the next outage. */
const MAX_BEGUN = 50;

/** How many candidates one sweep hands to the next at most: they must fit into its result. */
const MAX_AGAIN = 1_000;

/** After this many failed tries a candidate is reported to people. It is still tried again. */
export const TRIES_UNTIL_TOLD = 3;

/**
 * Begins the clean-up of every run that was cut off since the last sweep: once each, oldest first, fifty at most; the
 * next sweep goes on from there. `beat` is called as it goes along. A run that cannot be looked into is kept for the
 * next sweep, and does not stop the others. Throws `temporal_unavailable` when the runs cannot even be listed.
 */
export async function sweepCutOff(context: ClientContext, nowMs: number, beat: () => void): Promise<Swept> {
  const { since, again } = await whereToGoOn(context, nowMs);
  const found = await cutOffSince(context, since);
  const swept: Swept = { since, until: new Date(nowMs).toISOString(), begun: [], again: [] };
  const isFull = (): boolean => swept.begun.length >= MAX_BEGUN || swept.again.length >= MAX_AGAIN;
  const known = new Set(found.map(({ runId }) => runId));
  for (const one of again.filter(({ runId }) => !known.has(runId))) {
    beat();
    if (swept.begun.length >= MAX_BEGUN) swept.again.push(one);
    else count(swept, one, one.tries, await lookInto(context, one));
  }
  for (const one of found) {
    if (isFull()) {
      swept.until = one.closedAt;
      break;
    }
    beat();
    const tries = again.find(({ runId }) => runId === one.runId)?.tries ?? 0;
    count(swept, one, tries, await lookInto(context, one));
  }
  return swept;
}

/** What became of a candidate. `nothing_to_do`: neither now nor later. */
type Outcome = 'begun' | 'nothing_to_do' | 'later';

function count(swept: Swept, one: Candidate, tries: number, outcome: Outcome | { failed: string }): void {
  const { workflow, bookingId, runId, how } = one;
  if (outcome === 'begun') swept.begun.push(bookingId);
  else if (outcome === 'later') swept.again.push({ workflow, bookingId, runId, how, tries: 0, why: null });
  else if (outcome !== 'nothing_to_do')
    swept.again.push({ workflow, bookingId, runId, how, tries: tries + 1, why: outcome.failed });
}

/**
 * Returns the result of the newest completed sweep, or null when it cannot be read: then the next one looks further
 * back.
 */
export async function lastSweep(context: ClientContext): Promise<Swept | null> {
  const query = `WorkflowType = '${WORKFLOW_TYPE.sweep}' AND ExecutionStatus = 'Completed'`;
  for await (const row of rowsOf(context, query)) {
    const { workflowId, runId } = executionOf(row);
    const handle = context.client.workflow.getHandle(workflowId, runId);
    // A result that cannot be decrypted any more, or that another build wrote, says nothing.
    const last: unknown = await within(context.client, CALL_TIMEOUT_MS, () => handle.result());
    return isSwept(last) ? last : null;
  }
  return null;
}

/**
 * Returns where this sweep begins. It is never in the future: an earlier build's sweep may have used a clock that was
 * ahead.
 */
async function whereToGoOn(context: ClientContext, nowMs: number): Promise<Pick<Swept, 'since' | 'again'>> {
  const last = await lastSweep(context);
  const sinceMs = last ? Math.min(Date.parse(last.until), nowMs) - OVERLAP_MS : nowMs - FIRST_LOOK_BACK_MS;
  return { since: new Date(sinceMs).toISOString(), again: last?.again ?? [] };
}

function isSwept(value: unknown): value is Swept {
  if (typeof value !== 'object' || value === null || !('until' in value) || !('again' in value)) return false;
  const { until, again } = value;
  return typeof until === 'string' && !Number.isNaN(Date.parse(until)) && Array.isArray(again);
}

type Candidate = Omit<LookedIntoAgain, 'tries' | 'why'>;
type Found = Candidate & { closedAt: string };

/** Returns the bookings and clean-ups that were cut off, the oldest first. */
async function cutOffSince(context: ClientContext, since: string): Promise<Found[]> {
  const query = [
    `WorkflowType IN ('${WORKFLOW_TYPE.booking}', '${WORKFLOW_TYPE.cleanup}')`,
    `ExecutionStatus IN ${CUT_OFF_STATUSES}`,
    `CloseTime >= '${since}'`,
  ].join(' AND ');
  const found: Found[] = [];
  for await (const row of rowsOf(context, query)) {
    const { workflowId, runId, type, status, closedAt } = executionOf(row);
    const bookingId = bookingIdIn(workflowId);
    if (bookingId === null || closedAt === null || !isHow(status)) continue;
    const workflow = type === WORKFLOW_TYPE.cleanup ? 'cleanup' : 'booking';
    found.push({ workflow, bookingId, runId, how: status, closedAt });
  }
  return found.sort((one, other) => Date.parse(one.closedAt) - Date.parse(other.closedAt));
}

function isHow(name: string): name is CutOff['how'] {
  return HOW.includes(name);
}

/** Looks into one candidate. An error is returned and not thrown, so that the others have their turn. */
async function lookInto(context: ClientContext, candidate: Candidate): Promise<Outcome | { failed: string }> {
  try {
    if (candidate.workflow === 'cleanup') return await lookIntoCleanUp(context, candidate);
    return await lookIntoRun(context, candidate);
  } catch (err) {
    return { failed: err instanceof Failure ? err.code : err instanceof Error ? err.name : typeof err };
  }
}

async function lookIntoRun(context: ClientContext, { bookingId, runId, how }: Candidate): Promise<Outcome> {
  const own = await describe(context, workflowIdOf(bookingId), runId);
  if (own && !isHow(own.status)) return 'nothing_to_do';
  if (own?.status === 'FAILED' && (await endedByItself(context, own))) return 'nothing_to_do';
  const owner = await ownerOf(context, bookingId, runId, own);
  return owner === 'ours' ? startCleanUpOnce(context, { bookingId, runId, how }, own) : owner;
}

/** Returns true when a failed booking ended by itself: then it has undone what it made. */
async function endedByItself(context: ClientContext, execution: Execution): Promise<boolean> {
  try {
    const view = await memoView(context, execution);
    if (view) return isEndStatus(view.status);
  } catch (err) {
    if (!isKeyMissing(err)) throw err;
  }
  // Its last view is lost with its key, or never existed. The code that it failed with is not encrypted.
  return isFailureCode(await failureTypeOf(context, execution));
}

async function failureTypeOf(context: ClientContext, { workflowId, runId }: Execution): Promise<unknown> {
  const { client } = context;
  const { history } = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      historyEventFilterType:
        temporal.api.enums.v1.HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
    }),
  );
  return history?.events?.[0]?.workflowExecutionFailedEventAttributes?.failure?.applicationFailureInfo?.type;
}

/**
 * Tells who is responsible for what the run left. A newer run of the same chain (after a reset) speaks for the booking.
 * A newer booking of the same order uses it while it runs, so the clean-up waits.
 */
async function ownerOf(
  context: ClientContext,
  bookingId: string,
  runId: string,
  own: Execution | null,
): Promise<'ours' | 'nothing_to_do' | 'later'> {
  const newest = await describe(context, workflowIdOf(bookingId));
  if (!newest || newest.runId === runId) return 'ours';
  if (own && own.firstRunId === newest.firstRunId) return 'nothing_to_do';
  return hasClosed(newest.status) ? 'ours' : 'later';
}

/**
 * Begins the clean-up after a run, unless it has one. If Temporal no longer has the run, the clean-up asks a person.
 */
async function startCleanUpOnce(
  context: ClientContext,
  cutOff: CutOff,
  own: Execution | null,
): Promise<Outcome> {
  const { bookingId, runId } = cutOff;
  const newest = await describe(context, cleanupIdOf(bookingId));
  if (newest) {
    if (await isCleanedUp(context, newest, runId, own)) return 'nothing_to_do';
    if (!hasClosed(newest.status)) return 'later';
    // The newest clean-up may belong to another run, so all are checked: each run is cleaned up after once.
    for await (const row of rowsOf(context, `WorkflowId = '${cleanupIdOf(bookingId)}'`))
      if (await isCleanedUp(context, executionOf(row), runId, own)) return 'nothing_to_do';
  }
  await startCleanUp(context, { bookingId, cutOff }, runId, own?.attributes ?? {});
  return 'begun';
}

const NOT_CUT_OFF: readonly string[] = ['RUNNING', 'PAUSED', 'COMPLETED'];

/** Returns true when this clean-up is about that run, and is under way or done. */
async function isCleanedUp(
  context: ClientContext,
  cleanup: Execution,
  runId: string,
  own: Execution | null,
): Promise<boolean> {
  return NOT_CUT_OFF.includes(cleanup.status) && cleansUpAfter(context, cleanup, runId, own);
}

/**
 * Returns true when a clean-up's memo names the run. If the memo's key is lost, a clean-up that began after its end
 * counts.
 */
async function cleansUpAfter(
  context: ClientContext,
  cleanup: Execution,
  runId: string,
  own: Execution | null,
): Promise<boolean> {
  try {
    return (await memoValue(context, cleanup, CUT_OFF_MEMO)) === runId;
  } catch (err) {
    if (!isKeyMissing(err)) throw err;
    return Date.parse(cleanup.startedAt ?? '') >= Date.parse(own?.closedAt ?? '');
  }
}

/** Looks into a clean-up that was cut off itself: the run that it was about is looked into once more. */
async function lookIntoCleanUp(
  context: ClientContext,
  { bookingId, runId, how }: Candidate,
): Promise<Outcome> {
  const cleanup = await describe(context, cleanupIdOf(bookingId), runId);
  if (!cleanup || !isHow(cleanup.status)) return 'nothing_to_do';
  const newest = await describe(context, cleanupIdOf(bookingId));
  if (newest && newest.runId !== runId) return 'nothing_to_do';
  const cutOffRun = await runCleanedUp(context, bookingId, cleanup);
  if (cutOffRun !== null)
    return lookIntoRun(context, { workflow: 'booking', bookingId, runId: cutOffRun, how });
  return (await cleanUpBooking(context, bookingId)) ? 'begun' : 'nothing_to_do';
}

/** Returns the cut-off run that a clean-up is about, and null when it is about a late effect. */
async function runCleanedUp(
  context: ClientContext,
  bookingId: string,
  cleanup: Execution,
): Promise<string | null> {
  try {
    const runId = await memoValue(context, cleanup, CUT_OFF_MEMO);
    return typeof runId === 'string' ? runId : null;
  } catch (err) {
    if (!isKeyMissing(err)) throw err;
    return lastEndedBefore(context, bookingId, cleanup.startedAt ?? '');
  }
}

/**
 * Returns the booking's last run before a clean-up began, which that clean-up is about. Returns null when it ended
 * well.
 */
async function lastEndedBefore(
  context: ClientContext,
  bookingId: string,
  time: string,
): Promise<string | null> {
  let last: Execution | null = null;
  for await (const row of rowsOf(context, `WorkflowId = '${workflowIdOf(bookingId)}'`)) {
    const run = executionOf(row);
    const endedMs = Date.parse(run.closedAt ?? '');
    if (endedMs <= Date.parse(time) && !(endedMs <= Date.parse(last?.closedAt ?? ''))) last = run;
  }
  return last && isHow(last.status) ? last.runId : null;
}

function isKeyMissing(err: unknown): boolean {
  return err instanceof Failure && err.code === 'key_missing';
}

/**
 * Returns what a cut-off run published. Throws `booking_not_found` when Temporal no longer has it, and `key_missing`
 * when it cannot be decrypted here.
 */
export async function readLeftBehind(
  context: ClientContext,
  bookingId: string,
  runId: string,
): Promise<LeftBehind> {
  const execution = await describe(context, workflowIdOf(bookingId), runId);
  if (!execution) throw new Failure('booking_not_found');
  const view = await memoView(context, execution);
  const traces = tracesIn(await memoValue(context, execution, MEMO.traces));
  const { input, startedAt, originalRunId } = await beginningOf(context, execution.workflowId, runId);
  return {
    createdAt: view?.createdAt ?? startedAt,
    cutOffAt: execution.closedAt ?? startedAt,
    request: input,
    view,
    traces,
    isLaterRun: execution.firstRunId !== null && execution.firstRunId !== runId,
    isAfterReset:
      (originalRunId !== runId || traces?.isAfterReset === true) && traces?.acceptedRunId !== runId,
  };
}
