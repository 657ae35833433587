import type { LoadedDataConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { failureEvidence, RELEASED_WHY, unreadableWords } from '../booking/explanation';
import { Failure } from '../booking/failures';
import { MEMO, workflowIdOf } from '../booking/names';
import { makerOf } from '../booking/ref';
import { findCleanUp, openCleanUp } from './executions/after-run';
import type { ClientContext } from './executions/client-context';
import { chainEvents, summaryOf, timeOf, valueOf, type HistoryEvent } from './executions/history';
import { findExecution } from './executions/read';
import {
  tellAnswer,
  tellCall,
  tellCancelled,
  tellFailure,
  tellLocalCall,
  tellTimeout,
  tellTry,
} from './explain-calls';
import { conclude, step, type ExplainedStep, type Telling } from './explain-telling';

export type { ExplainedStep } from './explain-telling';

export interface Explanation {
  id: string;
  steps: ExplainedStep[];
}

const { EventType } = temporal.api.enums.v1;

/**
 * Returns each call of a booking in order, with its evidence and what the booking concluded, its messages, waits and
 * end; then the same for the clean-up after it, or for an open clean-up after an earlier booking. It is read from
 * Temporal's history, so it needs no worker. If several bookings adopted the order, it explains the newest. Throws
 * `booking_not_found` and `temporal_unavailable`.
 */
export async function explainBooking(context: ClientContext, bookingId: string): Promise<Explanation> {
  const execution = await findExecution(context, bookingId);
  if (!execution) throw new Failure('booking_not_found');
  const telling = tellingOf(bookingId, context.client.options.loadedDataConverter);
  await tellAll(telling, chainEvents(context, workflowIdOf(bookingId), execution.runId));
  nameTheCause(telling);
  const after =
    (await findCleanUp(context, bookingId, execution.runId)) ?? (await openCleanUp(context, bookingId));
  if (after) await tellAll(telling, chainEvents(context, after.workflowId, after.runId));
  return { id: bookingId, steps: telling.steps };
}

/**
 * Explains one given history, a booking's or a clean-up's. `maker` names the booking in its refs when the history does
 * not begin with the booking (a run that was carried on, or a clean-up).
 */
export async function explainHistory(
  bookingId: string,
  events: Iterable<HistoryEvent>,
  converter: LoadedDataConverter,
  maker = '',
): Promise<Explanation> {
  const telling = tellingOf(bookingId, converter, maker);
  await tellAll(telling, events);
  nameTheCause(telling);
  return { id: bookingId, steps: telling.steps };
}

function tellingOf(id: string, converter: LoadedDataConverter, maker = ''): Telling {
  return {
    converter,
    id,
    maker,
    endingBecause: null,
    isCauseHidden: false,
    untold: [],
    failedBy: null,
    lookedFor: new Map(),
    open: new Map(),
    steps: [],
  };
}

async function tellAll(
  telling: Telling,
  events: AsyncIterable<HistoryEvent> | Iterable<HistoryEvent>,
): Promise<void> {
  for await (const event of events) await TELLERS[event.eventType ?? 0]?.(telling, event);
}

/**
 * Gives the undo of an order its cause. An order is undone only because its booking ends, and only the end tells why.
 */
function nameTheCause({ steps, endingBecause, failedBy }: Telling): void {
  if (endingBecause || !failedBy) return;
  for (const undo of steps.filter(({ name }) => name === 'cancelOrder')) {
    undo.why &&= undo.why.replace(RELEASED_WHY, `Undone because the booking failed: ${failedBy}.`);
  }
}

type Teller = (telling: Telling, event: HistoryEvent) => Promise<void> | void;

/** How each kind of event is told. An event of any other kind adds nothing. */
const TELLERS: Readonly<Record<number, Teller>> = {
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED]: tellStart,
  [EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED]: tellCall,
  [EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED]: tellTry,
  [EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED]: tellAnswer,
  [EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED]: tellFailure,
  [EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT]: tellTimeout,
  [EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED]: tellCancelled,
  [EventType.EVENT_TYPE_MARKER_RECORDED]: tellLocalCall,
  [EventType.EVENT_TYPE_TIMER_STARTED]: tellWait,
  [EventType.EVENT_TYPE_TIMER_FIRED]: tellWaited,
  [EventType.EVENT_TYPE_TIMER_CANCELED]: tellWaitCut,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]: tellSignal,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED]: tellUpdate,
  [EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED]: tellVerdict,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED]: tellTemporalCancel,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW]: (telling, event) =>
    tellEnd(telling, event, 'run', 'goes on in a new run, with everything it knows'),
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED]: tellCompleted,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED]: tellFailed,
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED]: (telling, event) =>
    tellEnd(telling, event, 'end', 'terminated in Temporal', CUT_OFF_WHY),
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT]: (telling, event) =>
    tellEnd(telling, event, 'end', 'timed out in Temporal', CUT_OFF_WHY),
};

const CUT_OFF_WHY = 'Cut off outside of itself: the sweep undoes or reports what it left.';

function tellStart(telling: Telling, event: HistoryEvent): void {
  telling.open.clear();
  telling.lookedFor.clear();
  if (event.workflowExecutionStartedEventAttributes?.continuedExecutionRunId) return;
  const isCleanUp = telling.maker !== '';
  // A clean-up looks for the booking's own refs, so its maker is given.
  if (isCleanUp) telling.endingBecause ??= 'the booking had ended';
  else telling.maker = makerOf(telling.id, timeOf(event));
  step(telling, event, { kind: 'run', what: `the ${isCleanUp ? 'clean-up' : 'booking'} begins` });
}

async function tellWait(telling: Telling, event: HistoryEvent): Promise<void> {
  const what = await summaryOf(telling.converter, event, 'wait');
  telling.open.set(String(event.eventId), step(telling, event, { kind: 'wait', what }));
}

function tellWaited(telling: Telling, event: HistoryEvent): void {
  const wait = telling.open.get(String(event.timerFiredEventAttributes?.startedEventId));
  if (wait) conclude(wait, event, { shows: 'the time was up', why: null });
}

function tellWaitCut(telling: Telling, event: HistoryEvent): void {
  const wait = telling.open.get(String(event.timerCanceledEventAttributes?.startedEventId));
  if (wait) conclude(wait, event, { shows: 'what was waited for came first', why: null });
}

async function tellSignal(telling: Telling, event: HistoryEvent): Promise<void> {
  const signal = event.workflowExecutionSignaledEventAttributes;
  tellMessage(
    telling,
    event,
    signal?.signalName ?? 'unknown',
    await valueOf(telling.converter, signal?.input),
  );
}

/** Shown for a message that the booking read, even if it cannot be read here. */
const ACCEPTED = 'accepted';

/** Tells an update. The history holds only accepted ones. */
async function tellUpdate(telling: Telling, event: HistoryEvent): Promise<void> {
  const input = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
  tellMessage(
    telling,
    event,
    input?.name ?? 'unknown',
    await valueOf(telling.converter, input?.args),
    ACCEPTED,
  );
}

function tellMessage(
  telling: Telling,
  event: HistoryEvent,
  name: string,
  body: unknown,
  shows = 'received',
): void {
  const unreadable = unreadableWords(body);
  const isCancel = /^cancel/.test(name);
  if (isCancel && shows === ACCEPTED) telling.endingBecause = CANCELLED;
  if (unreadable) return tellUnread(telling, event, name, `${shows}; what it says ${unreadable}`);
  const by = fieldOf(body, 'by');
  const choice = fieldOf(body, 'choice');
  const what = [name, choice, by && `from ${by}`].filter(Boolean).join(' ');
  const made = step(telling, event, { kind: 'message', what });
  made.name = name;
  made.shows = shows;
  made.why = fieldOf(body, 'why');
  if (NEWS.includes(name)) {
    made.why = 'News carries no state: the provider is read once.';
    return;
  }
  const ending = isCancel ? CANCELLED : choice === 'end' ? ENDED_BY_PERSON : null;
  if (shows !== ACCEPTED) telling.untold.push({ step: made, kind: name, ending });
  else if (ending) telling.endingBecause = ending;
}

const CANCELLED = 'the caller cancelled the booking';
const ENDED_BY_PERSON = 'a person ended the booking';

/**
 * Tells what the booking did with the signals before. Its view tells of the last message only. If several came at once,
 * or the view cannot be read here, a signal that would end the booking counts as the cause.
 */
async function tellVerdict(telling: Telling, event: HistoryEvent): Promise<void> {
  const [first, ...others] = telling.untold;
  const payload = event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields?.[MEMO.view];
  if (!first || !payload) return;
  const view = await valueOf(telling.converter, { payloads: [payload] });
  const last: unknown = typeof view === 'object' && view !== null ? Reflect.get(view, 'lastRequest') : null;
  const isOlder = (fieldOf(last, 'at') ?? '') < first.step.at;
  if (isOlder && !unreadableWords(view)) return; // the view of a task before the signal
  telling.untold = [];
  const isRefused = fieldOf(last, 'kind') === first.kind && fieldOf(last, 'outcome') === 'refused';
  if (isRefused && others.length === 0) first.step.shows = `refused: ${fieldOf(last, 'code') ?? ''}`;
  else
    telling.endingBecause = [first, ...others].find(({ ending }) => ending)?.ending ?? telling.endingBecause;
}

/** Tells a message that cannot be read here. It may be the cause of the undo, but that cannot be known. */
function tellUnread(telling: Telling, event: HistoryEvent, name: string, shows: string): void {
  const made = step(telling, event, { kind: 'message', what: name });
  made.name = name;
  made.shows = shows;
  telling.isCauseHidden ||= /^(cancel|resolve)/.test(name);
}

const NEWS: readonly string[] = ['appointmentUpdated', 'orderUpdated'];

function tellTemporalCancel(telling: Telling, event: HistoryEvent): void {
  telling.endingBecause = 'it was cancelled in Temporal';
  step(telling, event, { kind: 'message', what: "Temporal's own cancel" }).shows = ACCEPTED;
}

async function tellCompleted(telling: Telling, event: HistoryEvent): Promise<void> {
  const view = await valueOf(telling.converter, event.workflowExecutionCompletedEventAttributes?.result);
  const unreadable = unreadableWords(view);
  const how = unreadable ? `: how ${unreadable}` : ` ${fieldOf(view, 'status') ?? ''}`;
  tellEnd(telling, event, 'end', `ends${how}`.trim());
}

function tellFailed(telling: Telling, event: HistoryEvent): void {
  const code =
    event.workflowExecutionFailedEventAttributes?.failure?.applicationFailureInfo?.type ?? 'unknown';
  telling.failedBy = code;
  tellEnd(telling, event, 'end', `fails: ${code}`, failureEvidence(code).shows);
}

function tellEnd(
  telling: Telling,
  event: HistoryEvent,
  kind: 'run' | 'end',
  what: string,
  why: string | null = null,
): void {
  step(telling, event, { kind, what }).why = why;
}

function fieldOf(value: unknown, name: string): string | null {
  const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null;
  return typeof field === 'string' ? field : null;
}
