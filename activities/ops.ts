import { setTimeout as pause } from 'node:timers/promises';
import { Context, log } from '@temporalio/activity';
import { Failure } from '../src/booking/failures';
import type {
  IncidentFilter,
  LeftBehind,
  StuckReport,
  Resumed,
  Retrying,
  Swept,
  Told,
  Waiting,
  WaitingCursor,
} from '../src/booking/ops';
import { beating } from './beating';
import type { OpsActivities } from './contract';
import { afterSomeTries, asActivity } from './failures';

/** What these activities need of Temporal; src/client/ops/back-end.ts implements it. */
export interface OpsWork {
  /** `nowMs` is Temporal's time. A worker's own clock that is an hour ahead would never find anything to sweep. */
  sweepCutOff(nowMs: number, beat: () => void): Promise<Swept>;
  readLeftBehind(bookingId: string, runId: string): Promise<LeftBehind>;
  findStuckBookings(nowMs: number): Promise<StuckReport>;
  waitingFor(incident: IncidentFilter, before: string, after: WaitingCursor | null): Promise<Waiting>;
  /** `since` is when its waiting began, as it was listed; null when that is not known. */
  retryOne(workflowId: string, retrying: Retrying & { since: string | null }): Promise<Told>;
}

/** The activities that look after bookings from outside. */
export function createOpsActivities(work: OpsWork): OpsActivities {
  return {
    sweepCutOff: () =>
      asActivity(async () => {
        const beat = (): void => Context.current().heartbeat();
        const swept = await beating(() => work.sweepCutOff(temporalNowMs(), beat));
        if (swept.begun.length > 0) log.warn('bookings were cut off', { cleanUps: swept.begun.length });
        return swept;
      }, afterSomeTries),
    readLeftBehind: ({ bookingId, runId }) =>
      asActivity(() => work.readLeftBehind(bookingId, runId), afterSomeTries),
    findStuckBookings: () =>
      asActivity(async () => {
        const found = await beating(() => work.findStuckBookings(temporalNowMs()));
        for (const one of found.stuck) log.warn('a booking is stuck', { ...one });
        for (const queue of found.unattendedQueues) log.warn('a task queue has no worker', { queue });
        return found;
      }, afterSomeTries),
    waitingFor: ({ incident, before, after }) =>
      asActivity(() => beating(() => work.waitingFor(incident, before, after))),
    resume: (input) => asActivity(() => resume(work, input)),
  };
}

function temporalNowMs(): number {
  return Context.current().info.currentAttemptScheduledTimestampMs;
}

/** How far a piece has come. `failed` holds indexes into it. */
interface Place {
  next: number;
  passedOver: number;
  changed: number;
  failed: number[];
}

/**
 * Tells bookings to try again. After a lost worker it goes on where the heartbeats say it was, so that no booking is
 * told twice. A booking that cannot be told is named and skipped: retrying it here would hold up all that follow.
 */
async function resume(
  work: OpsWork,
  { workflowIds, sinceOf, ratePerSecond, by, reason, id }: Parameters<OpsActivities['resume']>[0],
): Promise<Resumed> {
  const context = Context.current();
  const place = placeOf(context.info.heartbeatDetails);
  for (; place.next < workflowIds.length; place.next += 1) {
    const startedMs = performance.now();
    const workflowId = workflowIds[place.next] ?? '';
    const since = sinceOf?.[workflowId] ?? null;
    const told = await toldToRetry(work, workflowId, { by, reason, id, since });
    if (told === 'ended') place.passedOver += 1;
    if (told === 'changed') place.changed += 1;
    if (told === 'failed') place.failed.push(place.next);
    context.heartbeat({ ...place, next: place.next + 1 });
    const leftMs = 1000 / ratePerSecond - (performance.now() - startedMs);
    if (leftMs > 0) await pause(leftMs, undefined, { signal: context.cancellationSignal });
  }
  return {
    passedOver: place.passedOver,
    changed: place.changed,
    failedIds: place.failed.flatMap((index) => workflowIds[index] ?? []),
  };
}

async function toldToRetry(
  work: OpsWork,
  workflowId: string,
  retrying: Parameters<OpsWork['retryOne']>[1],
): Promise<Told | 'failed'> {
  try {
    return await work.retryOne(workflowId, retrying);
  } catch (err) {
    if (Context.current().cancellationSignal.aborted) throw err;
    const cause = err instanceof Failure ? err.code : err instanceof Error ? err.name : typeof err;
    log.warn('a booking could not be told to try again', { target: workflowId, cause });
    return 'failed';
  }
}

/** Returns where the try before this one was. Another build's may not have told of failed or changed ones. */
function placeOf(details: unknown): Place {
  const field = (name: keyof Place): unknown =>
    typeof details === 'object' && details !== null ? Reflect.get(details, name) : undefined;
  const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const failed = field('failed');
  return {
    next: count(field('next')),
    passedOver: count(field('passedOver')),
    changed: count(field('changed')),
    failed: Array.isArray(failed) ? failed.map(count) : [],
  };
}
