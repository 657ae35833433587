import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributeUpdatePair,
} from '@temporalio/common';
import {
  CancellationScope,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { MEMO } from '../../src/booking/names';
import { isOpen } from '../../src/booking/status';
import { isRead, type Begun, type BookingState } from './state';
import { storyOf } from './story';
import { tracesOf, viewOf } from './view';

/**
 * What the outside sees of a booking: the memo for readers, search attributes and details for searches and the Temporal
 * UI.
 */

const { KEYWORD, DATETIME } = SearchAttributeType;
const STATUS = defineSearchAttributeKey('BookingStatus', KEYWORD);
const PROVIDER = defineSearchAttributeKey('BookingProvider', KEYWORD);
const ACCOUNT = defineSearchAttributeKey('BookingAccount', KEYWORD);
const ORDER_ID = defineSearchAttributeKey('BookingOrderId', KEYWORD);
const REFERENCE = defineSearchAttributeKey('BookingReference', KEYWORD);
const ATTENTION = defineSearchAttributeKey('BookingAttention', KEYWORD);
const STARTS_AT = defineSearchAttributeKey('BookingStartsAt', DATETIME);
const ALL = [STATUS, PROVIDER, ACCOUNT, ORDER_ID, REFERENCE, ATTENTION, STARTS_AT];

/**
 * Publishes what changed to memo, search attributes and current details. Called right before every wait and every
 * activity, so that a workflow task upserts search attributes once at most.
 */
export function publish(b: Begun): void {
  if (!isAboutToEnd(b)) publishAll(b);
}

/**
 * Publishes even when the forward steps are about to end. What is made now must be known to a clean-up, and to other
 * bookings that ask whose an appointment at that start is.
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
 * Puts the view into the memo, and the traces when they changed. A message's handler does this too, because a read
 * after an accepted change must not show the state before it.
 */
export function publishView(b: Begun): void {
  const { revision } = b.state;
  if (b.inMemo.revision === revision) return;
  const traces = tracesOf(b);
  const mark = JSON.stringify(traces);
  upsertMemo({ [MEMO.view]: viewOf(b.state), ...(b.inMemo.traces !== mark && { [MEMO.traces]: traces }) });
  b.inMemo = { revision, traces: mark };
}

/**
 * Returns true when a cancel, a caller's or Temporal's own, is about to end the forward steps in this very task. The
 * undo that follows publishes.
 */
function isAboutToEnd({ state }: Begun): boolean {
  const isCancelled = state.callers.cancel !== null || CancellationScope.current().consideredCancelled;
  return isCancelled && !state.undo.isUnderWay && isOpen(state.progress.status);
}

/**
 * Returns the search attributes that the booking was started with, as if they had been published: our own client sets them.
 * What any other client leaves out counts as empty.
 */
export function publishedAtStart(): Record<string, string> {
  const { typedSearchAttributes } = workflowInfo();
  const empty = ALL.map(({ name }) => [name, String(null)]);
  const given = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, String(value)]);
  return Object.fromEntries([...empty, ...given]) as Record<string, string>;
}

function attributesOf(b: Begun): SearchAttributeUpdatePair[] {
  const view = viewOf(b.state);
  const status = { key: STATUS, value: view.status };
  const attention = { key: ATTENTION, value: view.attention?.reason ?? null };
  // Before the request is read there is nothing more to tell. If it waits for a person, a search must find it all the
  // same.
  if (!isRead(b)) return [status, attention];
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
 * Returns, where refs do not return, the start of an unanswered attempt whose possible effect a person left standing.
 * Other bookings with an attempt at that start must find this booking, or they would take what stands there for their
 * own.
 */
function leftStart({ search, terms, undo }: BookingState): string | null {
  const last = search.attempts.at(-1);
  const isLeft = undo.compensation.some(
    ({ step, outcome }) => step === 'appointment' && outcome === 'left_to_person',
  );
  const isMeant = !terms.capabilities.refReturns && isLeft && last?.outcome === 'unknown';
  return isMeant && last.startsAt !== null ? last.startsAt : null;
}

/**
 * Returns the start to publish: the appointment's, or the start that a book call aims at while it is on its way or
 * unanswered. Where refs do not return the aimed start comes first, since other bookings look for it (claims.ts).
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
