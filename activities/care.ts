import { setTimeout as pause } from 'node:timers/promises';
import { Context, log } from '@temporalio/activity';
import type { IncidentFilter, LeftBehind, Problems, Retrying, Swept } from '../src/booking/care';
import { beating } from './beating';
import type { CareActivities } from './contract';
import { afterSomeTries, crossing } from './failures';

/** What the care of bookings needs of Temporal; src/client/care.ts has it. */
export interface CareWork {
  /** `nowMs`: Temporal's time. The worker's own clock may be an hour ahead, and would find nothing to sweep, ever. */
  sweepCutOff(nowMs: number, beat: () => void): Promise<Swept>;
  readLeftBehind(bookingId: string, runId: string): Promise<LeftBehind>;
  findProblems(): Promise<Problems>;
  waitingFor(incident: IncidentFilter): Promise<string[]>;
  /** False when it has ended. */
  retryOne(workflowId: string, retrying: Retrying): Promise<boolean>;
}

/** The activities that look after bookings from outside. */
export function createCareActivities(work: CareWork): CareActivities {
  return {
    sweepCutOff: () =>
      crossing(async () => {
        const { info } = Context.current();
        const beat = (): void => Context.current().heartbeat();
        const swept = await beating(() => work.sweepCutOff(info.currentAttemptScheduledTimestampMs, beat));
        if (swept.begun.length > 0) log.warn('bookings were cut off', { cleanUps: swept.begun.length });
        return swept;
      }),
    readLeftBehind: ({ bookingId, runId }) =>
      crossing(() => work.readLeftBehind(bookingId, runId), afterSomeTries),
    findProblems: () =>
      crossing(async () => {
        const found = await beating(() => work.findProblems());
        for (const problem of found.problems) log.warn('a booking is stuck', { ...problem });
        for (const queue of found.unattendedQueues) log.warn('a task queue has no worker', { queue });
        return found;
      }),
    waitingFor: ({ incident }) => crossing(() => beating(() => work.waitingFor(incident))),
    resume: (input) => crossing(() => resume(work, input)),
  };
}

/** A try that lost its worker is taken up where its heartbeats say it was: nobody is told twice. */
async function resume(
  work: CareWork,
  { workflowIds, ratePerSecond, by, reason }: Parameters<CareActivities['resume']>[0],
): Promise<{ passedOver: number }> {
  const context = Context.current();
  const progress = progressOf(context.info.heartbeatDetails);
  for (; progress.next < workflowIds.length; progress.next += 1) {
    const startedMs = performance.now();
    const isOpen = await work.retryOne(workflowIds[progress.next] ?? '', { by, reason });
    if (!isOpen) progress.passedOver += 1;
    context.heartbeat({ ...progress, next: progress.next + 1 });
    const leftMs = 1000 / ratePerSecond - (performance.now() - startedMs);
    if (leftMs > 0) await pause(leftMs, undefined, { signal: context.cancellationSignal });
  }
  return { passedOver: progress.passedOver };
}

function progressOf(details: unknown): { next: number; passedOver: number } {
  const at = (name: string): number => {
    const value: unknown = typeof details === 'object' && details !== null ? Reflect.get(details, name) : 0;
    return typeof value === 'number' ? value : 0;
  };
  return { next: at('next'), passedOver: at('passedOver') };
}
