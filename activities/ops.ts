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

/** What these activities need of Temporal; src/client/ops/back-end.ts has it. */
export interface OpsWork {
  /** `nowMs`: Temporal's time. The worker's own clock may be an hour ahead, and would find nothing to sweep, ever. */
  sweepCutOff(nowMs: number, beat: () => void): Promise<Swept>;
  readLeftBehind(bookingId: string, runId: string): Promise<LeftBehind>;
  findStuckBookings(nowMs: number): Promise<StuckReport>;
  waitingFor(incident: IncidentFilter, before: string, after: WaitingCursor | null): Promise<Waiting>;
  /** `since`: when its waiting began as it was listed; null where that is not known. */
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

/** How far a piece has come; `failed` holds places in it. */
interface Place {
  next: number;
  passedOver: number;
  changed: number;
  failed: number[];
}

/**
 * A try that lost its worker is taken up where its heartbeats say it was: nobody is told twice. One that cannot be told
 * is named and passed by: to try it on here would hold up all behind it.
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

/** Where the try before this one was; another build's may not have told of failed or changed ones. */
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
