import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import { FAILURES, type FailureCode } from '../src/booking/failures';
import type { MessageReceipt } from '../src/booking/messages';
import { readCancel, readReschedule, readResolve, readRetry, senderOf } from './guard';
import { now } from './clock';
import { costsFee } from './fees';
import * as messages from './messages';
import { publishView } from './publish';
import { change, type Booking } from './state';
import { viewOf } from './view';

/**
 * The one inbox of a booking. Handlers decide at once whether a message is accepted and put it where the main
 * line takes it; they never wait and never call a provider. There is no second state machine here.
 */

type Verdict = { refused: FailureCode } | { accept: () => void };

/** One row per kind of message: what makes it acceptable and where it goes. */
const KINDS: Record<string, (b: Booking, body: unknown) => Verdict> = {
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
  setHandler(messages.cancel, (body) => void take(b, 'cancel', body));
  setHandler(messages.retry, (body) => void take(b, 'retry', body));
  setHandler(messages.resolve, (body) => void take(b, 'resolve', body));
  setHandler(messages.reschedule, (body) => void take(b, 'reschedule', body));
  setUpdate(b, messages.cancelBooking, 'cancel');
  setUpdate(b, messages.retryBooking, 'retry');
  setUpdate(b, messages.resolveBooking, 'resolve');
  setUpdate(b, messages.rescheduleBooking, 'reschedule');
}

function setUpdate(b: Booking, definition: UpdateDefinition<MessageReceipt, [unknown?]>, kind: string): void {
  setHandler(definition, (body?: unknown): MessageReceipt => take(b, kind, body), {
    validator: (body?: unknown) => {
      const verdict = verdictOf(b, kind, body);
      if ('refused' in verdict) throw refusal(verdict.refused);
    },
  });
}

function verdictOf(b: Booking, kind: string, body: unknown): Verdict {
  return KINDS[kind]?.(b, body) ?? { refused: 'malformed_message' };
}

function take(b: Booking, kind: string, body: unknown): MessageReceipt {
  const verdict = verdictOf(b, kind, body);
  const code = 'refused' in verdict ? verdict.refused : null;
  const outcome = code === null ? 'accepted' : 'refused';
  const { by = null, id = null } = senderOf(body);
  change(b, { lastRequest: { kind, outcome, code, id, by, at: now() } });
  if ('accept' in verdict) verdict.accept();
  publishView(b);
  return { outcome, code };
}

function refusal(code: FailureCode): ApplicationFailure {
  return ApplicationFailure.nonRetryable(FAILURES[code].text, code);
}

function cancelVerdict(b: Booking, body: unknown): Verdict {
  const message = readCancel(body);
  if (!message) return { refused: 'malformed_message' };
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
  const message = readRetry(body);
  if (!message) return { refused: 'malformed_message' };
  const { attention } = b.state;
  if (!attention || b.inbox.decision || (message.reason ?? attention.reason) !== attention.reason)
    return { refused: 'nothing_to_resolve' };
  if (!attention.choices.includes('retry')) return { refused: 'choice_not_offered' };
  return {
    accept: () => {
      b.inbox.decision = { ...message, choice: 'retry', why: 'retry' };
    },
  };
}

function resolveVerdict(b: Booking, body: unknown): Verdict {
  const message = readResolve(body);
  if (!message) return { refused: 'malformed_message' };
  if (!b.state.attention || b.inbox.decision) return { refused: 'nothing_to_resolve' };
  if (!b.state.attention.choices.includes(message.choice)) return { refused: 'choice_not_offered' };
  return {
    accept: () => {
      b.inbox.decision = message;
    },
  };
}

function rescheduleVerdict(b: Booking, body: unknown): Verdict {
  const message = readReschedule(body);
  if (!message) return { refused: 'malformed_message' };
  const { status, appointment, attention, capabilities, request, lastMove, lastMoveDone } = b.state;
  if (b.compensating || b.state.cancel) return { refused: 'already_ending' };
  // The same change again has no effect twice: it is on its way, or done.
  const asked = JSON.stringify([message.windows, message.slot]);
  const isAgain = asked === lastMove;
  if (isAgain && (b.inbox.reschedule || status === 'rescheduling')) return { accept: () => undefined };
  if (status !== 'confirmed' || attention || b.inbox.reschedule) return { refused: 'cannot_reschedule_now' };
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
