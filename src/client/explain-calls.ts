import { temporal } from '@temporalio/proto';
import { evidenceOf, failureEvidence, lookedForIn, type Evidence } from '../booking/explanation';
import { conclude, step, type Telling } from './explain-telling';
import { localTryIn, summaryOf, valueOf, type HistoryEvent, type LocalTry } from './executions/history';

/** Tells the calls of a booking from their events, those of activities and of local activities. */

/** Tells a call that begins: an activity was scheduled. */
export async function tellCall(telling: Telling, event: HistoryEvent): Promise<void> {
  const name = event.activityTaskScheduledEventAttributes?.activityType?.name ?? 'unknown';
  const what = await summaryOf(telling.converter, event, name);
  const made = step(telling, event, { kind: 'call', what });
  made.name = name;
  made.attempts = 0;
  made.shows = 'not over yet';
  telling.open.set(String(event.eventId), made);
  if (name === 'lookUp') await recordLookedFor(telling, event);
}

async function recordLookedFor(telling: Telling, event: HistoryEvent): Promise<void> {
  const input = await valueOf(telling.converter, event.activityTaskScheduledEventAttributes?.input);
  const lookedFor = lookedForIn(input);
  if (lookedFor) telling.lookedFor.set(String(event.eventId), lookedFor);
}

export function tellTry(telling: Telling, event: HistoryEvent): void {
  const started = event.activityTaskStartedEventAttributes;
  const call = telling.open.get(String(started?.scheduledEventId));
  if (!call) return;
  call.attempts = started?.attempt ?? 1;
  const before = started?.lastFailure?.applicationFailureInfo?.type;
  if (before && before !== 'not_yet') call.why = `Tried again after ${before}.`;
}

export async function tellAnswer(telling: Telling, event: HistoryEvent): Promise<void> {
  const done = event.activityTaskCompletedEventAttributes;
  const scheduledId = String(done?.scheduledEventId);
  const call = telling.open.get(scheduledId);
  if (!call) return;
  const answer = await valueOf(telling.converter, done?.result);
  const lookedFor = telling.lookedFor.get(scheduledId) ?? null;
  conclude(call, event, evidenceOf(call.name ?? '', lookedFor, answer, telling));
}

export function tellFailure(telling: Telling, event: HistoryEvent): void {
  const failed = event.activityTaskFailedEventAttributes;
  const call = telling.open.get(String(failed?.scheduledEventId));
  if (!call) return;
  const code = failed?.failure?.applicationFailureInfo?.type ?? 'activity_failed';
  const evidence = failureEvidence(code);
  const isOutOfTime = failed?.retryState === OUT_OF_TIME;
  conclude(call, event, isOutOfTime ? { ...evidence, why: OUT_OF_TIME_WHY } : evidence);
}

export function tellTimeout(telling: Telling, event: HistoryEvent): void {
  const timedOut = event.activityTaskTimedOutEventAttributes;
  const call = telling.open.get(String(timedOut?.scheduledEventId));
  const why = timedOut?.retryState === OUT_OF_TIME ? OUT_OF_TIME_WHY : NO_ANSWER_WHY;
  if (call) conclude(call, event, { shows: 'no answer', why });
}

/** The end of a poll whose time is up; no other activity of a booking has a time for all its tries. */
const OUT_OF_TIME = temporal.api.enums.v1.RetryState.RETRY_STATE_TIMEOUT;

const OUT_OF_TIME_WHY = 'No other try comes before the deadline of the wait, at which there is a look.';
const NO_ANSWER_WHY = 'Timed out, or lost with its worker: a write’s effect is unknown and is looked up.';

export function tellCancelled(telling: Telling, event: HistoryEvent): void {
  const call = telling.open.get(String(event.activityTaskCanceledEventAttributes?.scheduledEventId));
  if (call) conclude(call, event, GIVEN_UP);
}

/** Tells a try of a local activity. Each try has one event, a marker, which is made when the try is over. */
export async function tellLocalCall(telling: Telling, event: HistoryEvent): Promise<void> {
  const tried = localTryIn(event);
  if (!tried) return;
  const { name, attempt, isPaused } = tried;
  const key = `local/${name}`; // each try has its own number and event
  const earlier = telling.open.get(key);
  const call =
    earlier ?? step(telling, event, { kind: 'call', what: await summaryOf(telling.converter, event, name) });
  call.name = name;
  call.attempts = attempt;
  if (isPaused) {
    telling.open.set(key, call);
    call.shows = 'not over yet';
    call.why = `Tried again after ${tried.code ?? 'no answer'}.`;
    return;
  }
  telling.open.delete(key);
  conclude(call, event, await localEvidence(telling, event, tried));
}

async function localEvidence(
  telling: Telling,
  event: HistoryEvent,
  { name, code }: LocalTry,
): Promise<Evidence> {
  const { details, failure } = event.markerRecordedEventAttributes ?? {};
  if (failure?.canceledFailureInfo) return GIVEN_UP;
  if (failure) return failureEvidence(code ?? 'activity_failed');
  return evidenceOf(name, null, await valueOf(telling.converter, details?.result), telling);
}

const GIVEN_UP: Evidence = { shows: 'given up', why: 'It was no longer needed.' };
