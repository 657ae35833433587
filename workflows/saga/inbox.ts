import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import { FAILURES, type FailureCode } from '../../src/booking/failures';
import {
  RELATIVE_DAY,
  type MessageKind,
  type MessageReceipt,
  type RescheduleMessage,
  type ResolveMessage,
  type Seen,
} from '../../src/booking/messages';
import type { BookingView } from '../../src/booking/schema/view';
import { unreadableIn } from '../../src/booking/unreadable';
import { readCancel, readReschedule, readResolve, readRetry, senderOf } from './guard';
import { now } from './clock';
import { costsFee } from './fees';
import { decisionCame, isAsked, moveCame, newsCame } from './mail';
import * as messages from '../messages';
import { cancelAsked, messageAnswered } from './parts/callers';
import { moveAccepted } from './parts/move';
import { publishView } from './publish';
import { isRead, type Begun } from './state';
import { couldNotBeRead, keepUnread, lookAfterUnread } from './unread';
import { viewOf } from './view';

/**
 * The inbox of a booking. Handlers decide at once whether a message is accepted, and put it where the main line takes
 * it. They never wait and never call a provider, so that there is no second state machine.
 */

type Verdict = { refused: FailureCode; field?: string } | { accept: () => void };

/** One row for each kind of message: when it is accepted and where it goes. */
const KINDS: Record<MessageKind, (b: Begun, body: unknown) => Verdict> = {
  cancel: cancelVerdict,
  retry: retryVerdict,
  resolve: resolveVerdict,
  reschedule: rescheduleVerdict,
};

/** Wires the query, the signals and the updates of a booking. */
export function openInbox(b: Begun): void {
  setHandler(messages.bookingQuery, () => viewOf(b.state));
  const hear = () => newsCame(b);
  setHandler(messages.appointmentUpdated, hear);
  setHandler(messages.orderUpdated, hear);
  setHandler(messages.cancel, (body) => hearSignal(b, 'cancel', body));
  setHandler(messages.retry, (body) => hearSignal(b, 'retry', body));
  setHandler(messages.resolve, (body) => hearSignal(b, 'resolve', body));
  setHandler(messages.reschedule, (body) => hearSignal(b, 'reschedule', body));
  setUpdate(b, messages.cancelBooking, 'cancel');
  setUpdate(b, messages.retryBooking, 'retry');
  setUpdate(b, messages.resolveBooking, 'resolve');
  setUpdate(b, messages.rescheduleBooking, 'reschedule');
  void lookAfterUnread(b, receive);
}

function hearSignal(b: Begun, kind: MessageKind, body: unknown): void {
  if (!couldNotBeRead(b, body)) return void receive(b, kind, body);
  const refused = keepUnread(b, kind, body);
  if (!refused) return;
  record(b, kind, refused, {});
  publishView(b);
}

function setUpdate(
  b: Begun,
  definition: UpdateDefinition<MessageReceipt, [unknown?]>,
  kind: MessageKind,
): void {
  setHandler(definition, (body?: unknown): MessageReceipt => receive(b, kind, body), {
    validator: (body?: unknown) => {
      const verdict = verdictOf(b, kind, body);
      if ('refused' in verdict) throw refusal(verdict.refused, verdict.field);
    },
  });
}

function verdictOf(b: Begun, kind: MessageKind, body: unknown): Verdict {
  return unreadableIn(body) ? { refused: 'message_unreadable' } : KINDS[kind](b, body);
}

function receive(b: Begun, kind: MessageKind, body: unknown): MessageReceipt {
  const verdict = verdictOf(b, kind, body);
  const receipt = record(b, kind, 'refused' in verdict ? verdict.refused : null, senderOf(body));
  if ('accept' in verdict) verdict.accept();
  publishView(b);
  return receipt;
}

function record(
  b: Begun,
  kind: MessageKind,
  code: FailureCode | null,
  { by, id }: ReturnType<typeof senderOf>,
): MessageReceipt {
  const outcome = code === null ? 'accepted' : 'refused';
  messageAnswered(b, { kind, outcome, code, id: id ?? null, by: by ?? null });
  return { outcome, code };
}

function refusal(code: FailureCode, field?: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(FAILURES[code].text, code, ...(field ? [{ field }] : []));
}

function malformed(field: string): Verdict {
  return { refused: 'malformed_message', field };
}

function cancelVerdict(b: Begun, body: unknown): Verdict {
  const read = readCancel(body);
  if ('malformed' in read) return malformed(read.malformed);
  const { message } = read;
  if (b.state.undo.isUnderWay || b.state.callers.cancel) return { refused: 'already_ending' };
  if (b.state.progress.status === 'in_progress') return { refused: 'too_late_to_cancel' };
  if (costsFee(b, b.state.appointment.held) && !message.acceptFees && !b.state.callers.acceptFees)
    return { refused: 'fees_not_accepted' };
  return {
    accept: () => {
      cancelAsked(b, message);
    },
  };
}

function retryVerdict(b: Begun, body: unknown): Verdict {
  const read = readRetry(body);
  if ('malformed' in read) return malformed(read.malformed);
  return decisionVerdict(b, { ...read.message, choice: 'retry', why: 'retry' });
}

function resolveVerdict(b: Begun, body: unknown): Verdict {
  const read = readResolve(body);
  return 'malformed' in read ? malformed(read.malformed) : decisionVerdict(b, read.message);
}

/** Accepts a decision only for the question that the person saw, not for another that has replaced it since. */
function decisionVerdict(b: Begun, message: ResolveMessage): Verdict {
  const attention = b.state.attention.question;
  if (!attention || isDecided(b)) return { refused: 'nothing_to_resolve' };
  if (!isAbout(message, attention)) return { refused: 'attention_changed' };
  if (!attention.choices.includes(message.choice)) return { refused: 'choice_not_offered' };
  return { accept: () => decisionCame(b, message) };
}

function isAbout({ reason, since }: Seen, attention: NonNullable<BookingView['attention']>): boolean {
  const isReason = reason === undefined || reason === attention.reason;
  return isReason && (since === undefined || Date.parse(since) === Date.parse(attention.since));
}

/** Returns true when a person has decided what is asked, and nobody has acted on it yet. */
function isDecided(b: Begun): boolean {
  return (isAsked(b) ? b.inbox.unreadDecision : b.inbox.decision) !== null;
}

function rescheduleVerdict(b: Begun, body: unknown): Verdict {
  const read = readReschedule(body);
  if ('malformed' in read) return malformed(read.malformed);
  const { message } = read;
  const { status } = b.state.progress;
  const attention = b.state.attention.question;
  const { asked: lastMove, isDone: lastMoveDone } = b.state.move;
  const appointment = b.state.appointment.held;
  if (b.state.undo.isUnderWay || b.state.callers.cancel) return { refused: 'already_ending' };
  // The same change has no second effect while it is on its way or done.
  const asked = JSON.stringify([message.windows, message.slot]);
  const isAgain = asked === lastMove;
  const isRepeated = isAgain && lastMoveDone && mayMeanOtherDays(b, message);
  if (isAgain && (b.inbox.reschedule || status === 'rescheduling')) return { accept: () => undefined };
  const hasOwnQuestion = attention !== null && !isAsked(b);
  if (status !== 'confirmed' || hasOwnQuestion || b.inbox.reschedule || !isRead(b))
    return { refused: 'cannot_reschedule_now' };
  if (isAgain && lastMoveDone && !isRepeated) return { accept: () => undefined };
  const { capabilities, request } = b.state.terms;
  const canMove = capabilities.reschedule === 'none' || appointment?.canReschedule !== false;
  if (!canMove && request.policy?.onCannotReschedule !== 'cancel_and_book')
    return { refused: 'cannot_reschedule' };
  if (costsFee(b, b.state.appointment.held) && !message.acceptFees && !b.state.callers.acceptFees)
    return { refused: 'fees_not_accepted' };
  return {
    accept: () => {
      moveCame(b, { ...message, receivedAt: now(), ...(isRepeated && { isRepeated }) });
      moveAccepted(b, asked, message.id ?? null);
    },
  };
}

/**
 * Returns true when the words of the last move, sent again, may mean other days by now, as `+4d` does tomorrow. A
 * message with the same `id` is always the same move.
 */
function mayMeanOtherDays(b: Begun, { windows, id }: RescheduleMessage): boolean {
  const isSameMessage = id !== undefined && id === b.state.move.id;
  return !isSameMessage && hasRelativeDays(windows);
}

function hasRelativeDays(windows: unknown): boolean {
  const isRelative = (value: unknown): boolean => typeof value === 'string' && RELATIVE_DAY.test(value);
  return (
    Array.isArray(windows) &&
    windows.some(
      (window: unknown) =>
        typeof window === 'object' && window !== null && Object.values(window).some(isRelative),
    )
  );
}
