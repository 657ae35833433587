/**
 * The table of all failures. A code says what went wrong. Its owner says who must act, and so what the saga does: the
 * slot (try another), the order (wait or end), the request (end and undo), the provider (retry, then attention), us
 * (pause and attention, never an undo).
 */

export type FailureOwner = 'slot' | 'order' | 'request' | 'provider' | 'us';

/** What a person may decide about a booking that needs attention. */
export const CHOICES = {
  retry: 'Try again what failed.',
  keep: 'Leave the appointment as it is. In a move: give the move up.',
  end: 'Give the booking up: undo what it made and end it.',
  rebook: 'Look for another slot.',
  completed: 'The visit took place: end the booking as completed.',
  accept_fees: 'Undo it and accept what the provider charges for that.',
  undone: 'It has been undone by hand (checked where the provider can be read).',
  leave: 'Leave it standing; somebody else takes care of it.',
  drop: 'Leave the oldest unread message unread: it has no effect.',
} as const;
export type Choice = keyof typeof CHOICES;

interface FailureRow {
  readonly owner: FailureOwner;
  /** HTTP status of the problem details that carry this code. */
  readonly status: number;
  /** One sentence for the person who reads it. Holds no value of a request or of a patient. */
  readonly text: string;
  /** What a person may choose when this is the reason of an attention in a forward step. */
  readonly choices?: readonly Choice[];
}

const RETRY_OR_END = ['retry', 'end'] as const;

export const FAILURES = {
  // The slot: try another.
  slot_gone: { owner: 'slot', status: 409, text: 'The slot is no longer available.' },
  slot_key_invalid: {
    owner: 'slot',
    status: 409,
    text: 'The slot key is malformed or has expired; search again.',
  },
  slot_declined: {
    owner: 'slot',
    status: 409,
    text: 'The provider took the slot back or did not confirm it.',
  },

  // The order: wait, or end.
  order_not_ready: { owner: 'order', status: 409, text: 'The order has no requisition yet.' },
  order_not_bookable: {
    owner: 'order',
    status: 409,
    text: 'The order is in a state that does not allow this.',
  },
  order_ended: {
    owner: 'order',
    status: 409,
    text: 'The order was cancelled, failed or completed before the visit.',
  },
  order_ready_timeout: { owner: 'order', status: 409, text: 'The order did not become bookable in time.' },

  // The request: end and undo.
  invalid_request: { owner: 'request', status: 422, text: 'The request is not valid.' },
  malformed_json: { owner: 'request', status: 400, text: 'The body is not valid JSON.' },
  plaintext_input: {
    owner: 'request',
    status: 422,
    text: 'The input was not encrypted; use BookingClient, the HTTP API or the codec server, or allow plain input with BOOKING_ALLOW_PLAINTEXT=1.',
  },
  request_refused: { owner: 'request', status: 422, text: 'The provider refused the request as invalid.' },
  area_not_served: { owner: 'request', status: 422, text: 'The provider does not serve this place.' },
  no_slot: { owner: 'request', status: 409, text: 'No slot in the wanted windows could be held.' },
  order_not_found: { owner: 'request', status: 404, text: 'The provider does not know this order.' },
  order_wrong_kind: {
    owner: 'request',
    status: 409,
    text: 'The order is of another kind than this provider books.',
  },
  order_in_use: { owner: 'request', status: 409, text: 'Another open booking uses this order.' },
  appointment_exists: {
    owner: 'request',
    status: 409,
    text: 'The order already has a live appointment; set policy.existingAppointment to "adopt" to take it over.',
  },
  not_settled_in_time: {
    owner: 'request',
    status: 409,
    text: 'The booking was not confirmed within its time limit.',
  },
  cannot_reschedule_now: {
    owner: 'request',
    status: 409,
    text: 'Only a confirmed booking that is not being changed already can be moved.',
  },
  cannot_reschedule: {
    owner: 'request',
    status: 409,
    text: 'The provider does not let this appointment be moved.',
  },
  appointment_gone: { owner: 'request', status: 409, text: 'The appointment to move is no longer there.' },
  client_not_found: { owner: 'request', status: 404, text: 'The provider does not know this client.' },
  patient_not_found: { owner: 'request', status: 404, text: 'The provider does not know this patient.' },

  // The provider: retry, then attention.
  provider_unavailable: {
    owner: 'provider',
    status: 503,
    text: 'The provider does not answer or answers with an error.',
    choices: RETRY_OR_END,
  },
  rate_limited: {
    owner: 'provider',
    status: 503,
    text: 'The provider asks for fewer calls.',
    choices: RETRY_OR_END,
  },
  appointment_missing: {
    owner: 'provider',
    status: 503,
    text: 'The provider shows no trace of an appointment that it gave us, not even a cancelled one.',
    choices: RETRY_OR_END,
  },
  outcome_unknown: {
    owner: 'provider',
    status: 503,
    text: 'A call may or may not have taken effect, and looking it up did not settle it.',
    choices: RETRY_OR_END,
  },

  // Us: pause and attention, never an undo.
  search_incomplete: {
    owner: 'us',
    status: 409,
    text: 'The search for slots stopped at its limit of calls before it had seen all wanted days, and found none so far.',
    choices: RETRY_OR_END,
  },
  credentials_rejected: {
    owner: 'us',
    status: 503,
    text: 'The provider rejected our credentials.',
    choices: RETRY_OR_END,
  },
  cannot_be_sent: {
    owner: 'us',
    status: 503,
    text: 'Our request to the provider cannot be sent: a setting of the account, or a value of the request, does not fit into HTTP.',
    choices: RETRY_OR_END,
  },
  account_unknown: {
    owner: 'us',
    status: 422,
    text: 'No such account is configured for this provider.',
    choices: RETRY_OR_END,
  },
  feature_not_enabled: {
    owner: 'us',
    status: 503,
    text: 'Our account at the provider lacks a feature that this booking needs.',
    choices: RETRY_OR_END,
  },
  unexpected_answer: {
    owner: 'us',
    status: 502,
    text: 'The provider gave an answer that we do not understand.',
    choices: RETRY_OR_END,
  },
  activity_failed: {
    owner: 'us',
    status: 500,
    text: 'One of our own steps failed with an error that we did not expect.',
    choices: RETRY_OR_END,
  },
  patient_has_appointment: {
    owner: 'us',
    status: 409,
    text: 'The patient has a live appointment with this provider already, so it takes no other.',
    choices: RETRY_OR_END,
  },
  status_unknown: {
    owner: 'us',
    status: 502,
    text: 'The provider describes the appointment with a word that we do not know.',
    choices: RETRY_OR_END,
  },
  booking_reset: {
    owner: 'us',
    status: 409,
    text: 'The booking was reset in Temporal, and it cannot recognise what it had made before as its own.',
    choices: RETRY_OR_END,
  },
  ambiguous_match: {
    owner: 'us',
    status: 409,
    text: 'An appointment is there that may or may not be ours.',
    choices: RETRY_OR_END,
  },
  foreign_appointment: {
    owner: 'us',
    status: 409,
    text: 'The order carries a live appointment that must not be cancelled with it.',
    choices: RETRY_OR_END,
  },
  undo_failed: { owner: 'us', status: 502, text: 'An undo did not go through.', choices: RETRY_OR_END },
  order_not_cancellable: {
    owner: 'us',
    status: 409,
    text: 'The order is past the point where the provider lets it be cancelled.',
    choices: RETRY_OR_END,
  },
  visit_begun: {
    owner: 'us',
    status: 409,
    text: 'The visit has begun or is over, so the appointment cannot be undone.',
    choices: RETRY_OR_END,
  },
  staff_task_overdue: {
    owner: 'us',
    status: 409,
    text: "The provider's staff was asked to cancel the appointment and has not done so in time.",
    choices: RETRY_OR_END,
  },
  fee_window: {
    owner: 'us',
    status: 409,
    text: 'Undoing this now would cost a fee that the request does not accept.',
    choices: RETRY_OR_END,
  },
  provider_cancelled: {
    owner: 'us',
    status: 409,
    text: 'The appointment was cancelled at the provider after it was confirmed.',
    choices: ['rebook', 'end', 'retry'],
  },
  order_gone: {
    owner: 'us',
    status: 409,
    text: 'The order was cancelled or failed at the provider before the confirmed visit.',
    choices: ['end', 'retry'],
  },
  reschedule_lost: {
    owner: 'us',
    status: 409,
    text: 'The appointment was given up for a move, and no slot could be had in its place.',
    choices: ['rebook', 'end'],
  },
  booking_cut_off: {
    owner: 'us',
    status: 409,
    text: 'The booking was ended in Temporal, outside of itself, and what it had confirmed still stands.',
    choices: ['keep', 'end', 'retry'],
  },
  cut_off_unreadable: {
    owner: 'us',
    status: 409,
    text: 'The booking was ended in Temporal, outside of itself, and what it left behind cannot be read.',
    choices: ['retry', 'leave'],
  },
  no_final_word: {
    owner: 'us',
    status: 409,
    text: 'The visit is over and the provider does not say how it ended.',
    choices: ['retry', 'completed', 'end'],
  },
  message_unreadable: {
    owner: 'us',
    status: 503,
    text: 'A message to the booking is encrypted with a key that the workers do not have.',
    choices: ['retry', 'drop'],
  },

  // Callers' messages to a booking, and the doors.
  malformed_message: {
    owner: 'request',
    status: 422,
    text: 'The message to the booking is malformed or too long.',
  },
  nothing_to_resolve: { owner: 'request', status: 409, text: 'The booking does not wait for a decision.' },
  attention_changed: {
    owner: 'request',
    status: 409,
    text: 'The booking now waits for a different decision than this one was made for; look at it again.',
  },
  choice_not_offered: {
    owner: 'request',
    status: 422,
    text: 'That choice is not offered for this attention.',
  },
  already_ended: { owner: 'request', status: 409, text: 'The booking has ended.' },
  already_ending: { owner: 'request', status: 409, text: 'The booking is being undone already.' },
  too_late_to_cancel: { owner: 'request', status: 409, text: 'The visit has begun or is over.' },
  fees_not_accepted: {
    owner: 'request',
    status: 409,
    text: 'Cancelling this close to the visit costs a fee; repeat it with acceptFees.',
  },
  not_supported: { owner: 'request', status: 422, text: 'This build does not support that yet.' },
  cancelled_by_caller: { owner: 'request', status: 409, text: 'The caller cancelled the booking.' },
  booking_not_found: {
    owner: 'request',
    status: 404,
    text: 'There is no such booking (or it is past the retention of Temporal).',
  },
  idempotency_key_reused: {
    owner: 'request',
    status: 422,
    text: 'The Idempotency-Key was used before with another request.',
  },
  unauthorized: { owner: 'request', status: 401, text: 'A valid bearer key is needed.' },
  route_not_found: { owner: 'request', status: 404, text: 'There is no such route.' },
  payload_too_large: { owner: 'request', status: 413, text: 'The body is too large.' },
  unsupported_media_type: { owner: 'request', status: 415, text: 'The body must be application/json.' },
  invalid_signature: { owner: 'request', status: 401, text: 'The webhook signature does not match.' },
  key_missing: {
    owner: 'us',
    status: 503,
    text: 'This is encrypted with a key that is not configured here.',
  },
  temporal_unavailable: { owner: 'us', status: 503, text: 'Temporal cannot be reached.' },
  internal_error: { owner: 'us', status: 500, text: 'Something went wrong on our side.' },
} as const satisfies Record<string, FailureRow>;

export type FailureCode = keyof typeof FAILURES;

/** Returns true when `code` is a row of the table. */
export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.prototype.hasOwnProperty.call(FAILURES, code);
}

/** Returns the row of a code, with the optional columns visible to the type. */
export function failureRow(code: FailureCode): FailureRow {
  return FAILURES[code];
}

/** What a person may choose when an undo waits for them (not a forward step). */
export const UNDO_CHOICES: readonly Choice[] = ['retry', 'undone', 'leave'];

/** Facts about one occurrence. `said` may quote the provider, so it is stored only encrypted and never logged. */
export interface FailureFacts {
  /** The request's field at fault, dotted: `patient.firstName`. */
  field?: string;
  /** What is right, for the person who made the request. Never quotes the value. */
  hint?: string;
  /** The provider's words, shortened. */
  said?: string;
  /** How long the provider asks us to wait, in ms. */
  retryAfterMs?: number;
  /** Whether any of the call was sent; `no` proves that it had no effect. Left out where that does not matter. */
  sent?: 'yes' | 'no';
  /** For an `outcome_unknown`: see Unanswered in model.ts. */
  isRefusal?: boolean;
  /** For a `booking_reset`: the run that was told so. */
  runId?: string;
  /** How long a read was tried, pauses included, before it was given up, in ms. */
  triedForMs?: number;
}

/**
 * A failure of the table, thrown by adapters and wherever requests come in. Its message is the table's text and holds
 * no value of a request.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly code: FailureCode,
    readonly facts: FailureFacts = {},
  ) {
    super(
      [FAILURES[code].text, facts.field && `Field: ${facts.field}.`, facts.hint].filter(Boolean).join(' '),
    );
  }
}
