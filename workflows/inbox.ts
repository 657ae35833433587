import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import { FAILURES, type FailureCode } from '../src/booking/failures';
import type { MessageKind, MessageReceipt, ResolveMessage, Seen } from '../src/booking/messages';
import type { BookingView } from '../src/booking/schema/view';
import { unreadableIn } from '../src/booking/unreadable';
import { readCancel, readReschedule, readResolve, readRetry, senderOf } from './guard';
import { now } from './clock';
import { costsFee } from './fees';
import * as messages from './messages';
import { publishView } from './publish';
import { change, isAsked, type Booking } from './state';
import { couldNotBeRead, keepUnread, lookAfterUnread } from './unread';
import { viewOf } from './view';

/**
 * The one inbox of a booking. Handlers decide at once whether a message is accepted and put it where the main
 * line takes it; they never wait and never call a provider. There is no second state machine here.
 */

type Verdict = { refused: FailureCode; field?: string } | { accept: () => void };

/** One row per kind of message: what makes it acceptable and where it goes. */
const KINDS: Record<MessageKind, (b: Booking, body: unknown) => Verdict> = {
  cancel: cancelVerdict,
  retry: retryVerdict,
  resolve: resolveVerdict,
  reschedule: rescheduleVerdict,
};

/** Wires the query, the signals and the updates of a booking. */
export function openInbox(b: Booking): void {
  setHandler(messages.bookingQuery, () => viewOf(b.state));
  const hear = () => {
    b.inbox.news = true;
  };
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
  void lookAfterUnread(b, take);
}

function hearSignal(b: Booking, kind: MessageKind, body: unknown): void {
  if (!couldNotBeRead(b, body)) return void take(b, kind, body);
  const refused = keepUnread(b, kind, body);
  if (!refused) return;
  record(b, kind, refused, {});
  publishView(b);
}

function setUpdate(
  b: Booking,
  definition: UpdateDefinition<MessageReceipt, [unknown?]>,
  kind: MessageKind,
): void {
  setHandler(definition, (body?: unknown): MessageReceipt => take(b, kind, body), {
    validator: (body?: unknown) => {
      const verdict = verdictOf(b, kind, body);
      if ('refused' in verdict) throw refusal(verdict.refused, verdict.field);
    },
  });
}

function verdictOf(b: Booking, kind: MessageKind, body: unknown): Verdict {
  return unreadableIn(body) ? { refused: 'message_unreadable' } : KINDS[kind](b, body);
}

function take(b: Booking, kind: MessageKind, body: unknown): MessageReceipt {
  const verdict = verdictOf(b, kind, body);
  const receipt = record(b, kind, 'refused' in verdict ? verdict.refused : null, senderOf(body));
  if ('accept' in verdict) verdict.accept();
  publishView(b);
  return receipt;
}

function record(
  b: Booking,
  kind: MessageKind,
  code: FailureCode | null,
  { by, id }: ReturnType<typeof senderOf>,
): MessageReceipt {
  const outcome = code === null ? 'accepted' : 'refused';
  change(b, { lastRequest: { kind, outcome, code, id: id ?? null, by: by ?? null, at: now() } });
  return { outcome, code };
}

function refusal(code: FailureCode, field?: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(FAILURES[code].text, code, ...(field ? [{ field }] : []));
}

function malformed(field: string): Verdict {
  return { refused: 'malformed_message', field };
}

function cancelVerdict(b: Booking, body: unknown): Verdict {
  const read = readCancel(body);
  if ('malformed' in read) return malformed(read.malformed);
  const { message } = read;
  if (b.compensating || b.state.cancel) return { refused: 'already_ending' };
  if (b.state.status === 'in_progress') return { refused: 'too_late_to_cancel' };
  if (costsFee(b, b.state.appointment) && !message.acceptFees && !b.state.acceptFees)
    return { refused: 'fees_not_accepted' };
  return {
    accept: () => {
      change(b, { cancel: message, acceptFees: b.state.acceptFees || message.acceptFees === true });
    },
  };
}

function retryVerdict(b: Booking, body: unknown): Verdict {
  const read = readRetry(body);
  if ('malformed' in read) return malformed(read.malformed);
  return decisionVerdict(b, { ...read.message, choice: 'retry', why: 'retry' });
}

function resolveVerdict(b: Booking, body: unknown): Verdict {
  const read = readResolve(body);
  return 'malformed' in read ? malformed(read.malformed) : decisionVerdict(b, read.message);
}

/** A decision counts for the question that the person saw: one that has come in its place since is not theirs. */
function decisionVerdict(b: Booking, message: ResolveMessage): Verdict {
  const { attention } = b.state;
  if (!attention || isDecided(b)) return { refused: 'nothing_to_resolve' };
  if (!isAbout(message, attention)) return { refused: 'attention_changed' };
  if (!attention.choices.includes(message.choice)) return { refused: 'choice_not_offered' };
  return { accept: () => decide(b, message) };
}

function isAbout({ reason, since }: Seen, attention: NonNullable<BookingView['attention']>): boolean {
  const isReason = reason === undefined || reason === attention.reason;
  return isReason && (since === undefined || Date.parse(since) === Date.parse(attention.since));
}

/** Whether a person has decided what is asked, and nobody has acted on it yet. */
function isDecided(b: Booking): boolean {
  return (isAsked(b) ? b.inbox.unreadDecision : b.inbox.decision) !== null;
}

/** A decision is whose question is shown: the main line's, or that about unread messages. */
function decide(b: Booking, message: ResolveMessage): void {
  if (isAsked(b)) b.inbox.unreadDecision = message.choice === 'drop' ? 'drop' : 'retry';
  else b.inbox.decision = message;
}

function rescheduleVerdict(b: Booking, body: unknown): Verdict {
  const read = readReschedule(body);
  if ('malformed' in read) return malformed(read.malformed);
  const { message } = read;
  const { status, appointment, attention, capabilities, request, lastMove, lastMoveDone } = b.state;
  if (b.compensating || b.state.cancel) return { refused: 'already_ending' };
  // The same change again has no effect twice: it is on its way, or done.
  const asked = JSON.stringify([message.windows, message.slot]);
  const isAgain = asked === lastMove;
  if (isAgain && (b.inbox.reschedule || status === 'rescheduling')) return { accept: () => undefined };
  const hasOwnQuestion = attention !== null && !isAsked(b);
  if (status !== 'confirmed' || hasOwnQuestion || b.inbox.reschedule)
    return { refused: 'cannot_reschedule_now' };
  if (isAgain && lastMoveDone) return { accept: () => undefined };
  const canMove = capabilities.reschedule === 'none' || appointment?.canReschedule !== false;
  if (!canMove && request.policy?.onCannotReschedule !== 'cancel_and_book')
    return { refused: 'cannot_reschedule' };
  if (costsFee(b, b.state.appointment) && !message.acceptFees && !b.state.acceptFees)
    return { refused: 'fees_not_accepted' };
  return {
    accept: () => {
      b.inbox.reschedule = message;
      change(b, { lastMove: asked, lastMoveDone: false });
    },
  };
}
