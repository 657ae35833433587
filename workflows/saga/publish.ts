import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributeUpdatePair,
} from '@temporalio/common';
import {
  CancellationScope,
  patched,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { MEMO } from '../../src/booking/names';
import { isOpen } from '../../src/booking/status';
import { isRead, type Begun, type BookingState } from './state';
import { storyOf } from './story';
import { tracesOf, viewOf } from './view';

/** What is shown of a booking from outside: the memo to whoever reads it, the rest to the Temporal UI and to searches. */

const { KEYWORD, DATETIME } = SearchAttributeType;
const STATUS = defineSearchAttributeKey('BookingStatus', KEYWORD);
const PROVIDER = defineSearchAttributeKey('BookingProvider', KEYWORD);
const ACCOUNT = defineSearchAttributeKey('BookingAccount', KEYWORD);
const ORDER_ID = defineSearchAttributeKey('BookingOrderId', KEYWORD);
const REFERENCE = defineSearchAttributeKey('BookingReference', KEYWORD);
const ATTENTION = defineSearchAttributeKey('BookingAttention', KEYWORD);
const STARTS_AT = defineSearchAttributeKey('BookingStartsAt', DATETIME);

/**
 * Publishes what changed to memo, search attributes and current details. Called right before every wait and every
 * activity, so that a workflow task upserts search attributes once at most.
 */
export function publish(b: Begun): void {
  if (!isAboutToEnd(b)) publishAll(b);
}

/**
 * The same whatever is about to end. What may be made now must be known to whoever cleans up, and to another booking that
 * wonders whose an appointment at that start is.
 */
export function publishAll(b: Begun): void {
  if (!b.dirty) return publishView(b);
  b.dirty = false;
  setCurrentDetails(storyOf(b.state));
  const changed = attributesOf(b).filter(({ key, value }) => b.published[key.name] !== String(value));
  for (const { key, value } of changed) b.published[key.name] = String(value);
  if (changed.length > 0) upsertSearchAttributes(changed);
  publishView(b);
}

/**
 * Puts the view, and the traces where they changed, into the memo. A message's handler does it too: the read after an
 * accepted change must not show what was before it.
 */
export function publishView(b: Begun): void {
  const { revision } = b.state;
  if (b.inMemo.revision === revision) return;
  const traces = tracesOf(b);
  const mark = JSON.stringify(traces);
  upsertMemo({ [MEMO.view]: viewOf(b.state), ...(b.inMemo.traces !== mark && { [MEMO.traces]: traces }) });
  b.inMemo = { revision, traces: mark };
}

/** A cancel, a caller's or Temporal's own, is about to end the forward steps in this very task: what follows publishes. */
function isAboutToEnd({ state }: Begun): boolean {
  const isCancelled = state.callers.cancel !== null || CancellationScope.current().consideredCancelled;
  return isCancelled && !state.undo.isUnderWay && isOpen(state.progress.status);
}

function attributesOf(b: Begun): SearchAttributeUpdatePair[] {
  const view = viewOf(b.state);
  const status = { key: STATUS, value: view.status };
  const attention = { key: ATTENTION, value: view.attention?.reason ?? null };
  // Before its request is read that is all there is to tell; one that waits for a person must be found all the same.
  if (!isRead(b)) return view.attention || b.published[ATTENTION.name] ? [status, attention] : [status];
  const startsAt = publishedStart(b.state) ?? leftStart(b.state);
  return [
    status,
    { key: PROVIDER, value: view.provider },
    { key: ACCOUNT, value: view.account },
    { key: ORDER_ID, value: view.order?.id ?? null },
    { key: REFERENCE, value: view.reference },
    attention,
    { key: STARTS_AT, value: startsAt ? new Date(startsAt) : null },
  ];
}

/**
 * Where refs do not return: the start of an unanswered attempt whose effect, if any, a person had left standing. Other
 * bookings that have one there must find this one, or they would take what stands there for their own.
 */
function leftStart({ search, terms, undo }: BookingState): string | null {
  const last = search.attempts.at(-1);
  const isLeft = undo.compensation.some(
    ({ step, outcome }) => step === 'appointment' && outcome === 'left_to_person',
  );
  const isMeant = !terms.capabilities.refReturns && isLeft && last?.outcome === 'unknown';
  return isMeant && last.startsAt !== null && patched('left-start') ? last.startsAt : null;
}

/**
 * Where the booking is in time: its appointment's start, or the one that a book call aims at while that is on its way or
 * unanswered. Where refs do not return that comes first, since it is what other bookings look for (claims.ts).
 */
export function publishedStart(state: BookingState): string | null {
  const { attempts } = state.search;
  const { capabilities } = state.terms;
  const appointment = state.appointment.held;
  const { unknownBook } = state.doubts;
  const last = attempts.at(-1);
  const aimedAt = unknownBook ? unknownBook.startsAt : last?.outcome === 'booking' ? last.startsAt : null;
  const held = appointment?.startsAt ?? null;
  return capabilities.refReturns ? (held ?? aimedAt) : (aimedAt ?? held);
}
