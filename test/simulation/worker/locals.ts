import type { coresdk } from '@temporalio/proto';
import { encoded, msOf, type Failure } from '../server/payloads';
import { policyOf, RetryState } from '../server/retry';
import type { ModelRules } from '../server/rules';
import { timestamp, type ActivityResult, type Command, type Job, type RunInfo } from '../sdk-internals';

/**
 * Local activities, as the SDK's core has them. The worker that has a workflow task runs them within it; the workflow goes on
 * in another activation of the same task, and the server hears of each only by a marker when the task is completed. A replay
 * takes their ends from there. (sdk-core of 1.24, worker/workflow/machines/local_activity_state_machine.rs and
 * worker/activities/local_activities.rs.)
 */

export type LocalCommand = coresdk.workflow_commands.IScheduleLocalActivity;

/** Runs a try of a local activity: the function of the worker that is there now. */
export type RunLocal = (run: RunInfo, of: LocalCommand) => Promise<ActivityResult>;

/** How a try of a local activity ended: what its marker keeps. */
export interface LocalEnd {
  seq: number;
  result: ActivityResult;
  /** The pause before the next try. Null when there is none. */
  backoffMs: number | null;
  /** The workflow's clock from then on. */
  overMs: number;
}

/** What an activation has begun, and where in its commands the marker comes. */
export interface BegunLocal {
  command: Command;
  of: LocalCommand;
  /** It was cancelled in the same activation, and is not run. */
  isTakenBack: boolean;
}

/** How long a local activity takes, in ms. */
const TAKES_MS = 2;

/** Returns what an activation began, or null when it began none. */
export function localIn(commands: readonly Command[]): BegunLocal | null {
  const begun = commands.filter(({ scheduleLocalActivity: of }) => of != null);
  const [command, other] = begun;
  if (other) throw new Error('not modelled: two local activities at the same time');
  const of = command?.scheduleLocalActivity;
  if (!of) return null;
  const isTakenBack = commands.some(({ requestCancelLocalActivity: cancel }) => cancel?.seq === of.seq);
  return { command, of, isTakenBack };
}

/**
 * The commands of an activation as they go on to the server: the marker comes after all of them, and in the place of the
 * cancel where there was one.
 */
export function withMarker(commands: readonly Command[], begun: BegunLocal | null): Command[] {
  const rest = commands.filter(({ scheduleLocalActivity: of }) => of == null);
  if (rest.some(({ requestCancelLocalActivity: cancel }) => cancel && cancel.seq !== begun?.of.seq))
    throw new Error('not modelled: the cancelling of a local activity of an earlier activation');
  if (!begun) return rest;
  if (!begun.isTakenBack) return [...rest, begun.command];
  return rest.map((one) => (one.requestCancelLocalActivity ? begun.command : one));
}

/** How one ends that is cancelled before it was begun. */
export function takenBack({ seq }: LocalCommand, nowMs: number): LocalEnd {
  const failure = { message: 'Activity cancelled', canceledFailureInfo: {} };
  return { seq: seq ?? 0, result: { cancelled: { failure } }, backoffMs: null, overMs: nowMs };
}

/** What follows from the result of a try. */
export function endOf(of: LocalCommand, result: ActivityResult, nowMs: number, rules: ModelRules): LocalEnd {
  const overMs = nowMs + TAKES_MS;
  const end: LocalEnd = { seq: of.seq ?? 0, result, backoffMs: null, overMs };
  const failure = result.failed?.failure;
  if (!failure) return end;
  const policy = policyOf(of.retryPolicy);
  const attempt = of.attempt ?? 1;
  const verdict = rules.verdictOn({ policy, attempt, failure, nowMs: overMs, expiresMs: null });
  if (!verdict.again) return end;
  if (verdict.afterMs <= msOf(of.localRetryThreshold))
    throw new Error('not modelled: a pause of a local activity within its workflow task');
  return { ...end, backoffMs: verdict.afterMs };
}

/** What the workflow hears of it. */
export function jobOf(of: LocalCommand, { seq, result, backoffMs }: LocalEnd): Job {
  return { resolveActivity: { seq, isLocal: true, result: resolutionOf(of, result, backoffMs) } };
}

function resolutionOf(
  of: LocalCommand,
  { completed, failed, cancelled }: ActivityResult,
  backoffMs: number | null,
): coresdk.activity_result.IActivityResolution {
  if (backoffMs !== null) {
    const { attempt, originalScheduleTime } = of;
    const backoffDuration = timestamp(backoffMs);
    return { backoff: { attempt: (attempt ?? 1) + 1, backoffDuration, originalScheduleTime } };
  }
  if (completed) return { completed };
  // Core hands on what was thrown as it is: nothing around it says that it was an activity's.
  if (failed) return { failed };
  if (cancelled) return { cancelled: { failure: ofActivity(of, cancelled.failure) } };
  throw new Error('not modelled: a local activity that is answered later');
}

function ofActivity({ activityType, activityId }: LocalCommand, cause: Failure | null | undefined): Failure {
  return {
    message: 'Local Activity cancelled',
    cause,
    activityFailureInfo: {
      activityType: { name: activityType },
      activityId,
      retryState: RetryState.RETRY_STATE_CANCEL_REQUESTED,
    },
  };
}

/** What the marker says, beside its name. */
export function markerOf(of: LocalCommand, { result, backoffMs, overMs }: LocalEnd): object {
  const { seq, attempt, activityId, activityType } = of;
  const data = {
    ...{ seq, attempt: attempt ?? 1, activity_id: activityId, activity_type: activityType },
    complete_time: plainTime(overMs),
    backoff: backoffMs === null ? null : plainTime(backoffMs),
    original_schedule_time: plainTime(overMs - TAKES_MS),
  };
  const answer = result.completed?.result;
  return {
    markerName: 'core_local_activity',
    details: {
      data: { payloads: [encoded(data)] },
      ...(answer && { result: { payloads: [answer] } }),
    },
    failure: result.failed?.failure ?? result.cancelled?.failure ?? null,
  };
}

/** A time or a length as core writes it into a marker. */
function plainTime(ms: number): object {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: (Math.floor(ms) - seconds * 1_000) * 1e6 };
}
