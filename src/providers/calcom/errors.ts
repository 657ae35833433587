import { Failure, type FailureCode, type FailureFacts } from '../../booking/failures';
import { formOfText, type Complaint, type Language, type RefusalRow } from '../answer';
import { complaint } from '../bounded';
import type { Operation } from './operations';
import { errorWire } from './wire';

/**
 * Cal.com's refusals, in one table (docs/providers.md#answers-of-calcom). ../answer.ts decides what each proves about a
 * write, and what an answer means that no row names.
 */

/** What a row may mean other than a failure: an answer that the operation can use. */
const USABLE = ['cancelled_before', 'no_booking'] as const;
export type Usable = (typeof USABLE)[number];

export type ErrorRow = RefusalRow<Operation, FailureCode | Usable>;

/** The API's own form, and that of the framework below it. */
const OWN = 'error';
const FRAMEWORKS = 'framework';
const FORMS = [OWN, FRAMEWORKS] as const;

const READS = ['slots', 'bookings', 'booking'] as const satisfies readonly Operation[];
const WRITES = ['book', 'reschedule', 'cancel'] as const satisfies readonly Operation[];
const TAKING = ['book', 'reschedule'] as const satisfies readonly Operation[];

/** The first row that fits counts, so precise words stand before loose ones. Words are believed in Cal.com's forms only. */
export const ERROR_ROWS: readonly ErrorRow[] = [
  {
    source: '400 "User either already has booking at this time or is not available"',
    operations: TAKING,
    statuses: [400],
    forms: FORMS,
    says: /\buser either already has booking at this time or is not available/i,
    is: 'slot_gone',
  },
  {
    source: '400 "One of the hosts either already has booking at this time or is not available"',
    operations: TAKING,
    statuses: [400],
    forms: FORMS,
    says: /\bhosts either already has booking at this time or is not available/i,
    is: 'slot_gone',
  },
  {
    source: '400 "The event type can\'t be booked at the "start" time provided. …"',
    operations: TAKING,
    statuses: [400],
    forms: FORMS,
    says: /event type can't be booked at the "?start"? time provided/i,
    is: 'slot_gone',
  },
  {
    source: '400 "Attempting to book a meeting in the past."',
    operations: TAKING,
    statuses: [400],
    forms: FORMS,
    says: /attempting to book a meeting in the past/i,
    is: 'slot_gone',
  },
  {
    source: '409 "Invalid Input: Trying to create a record that already exists." (`error.code` `CONFLICT`)',
    operations: TAKING,
    statuses: [409],
    forms: FORMS,
    says: /trying to create a record that already exists/i,
    is: 'slot_gone',
  },
  {
    source: '400 "Attendee with this email can\'t book because the maximum number of active bookings…"',
    operations: ['book'],
    statuses: [400],
    forms: FORMS,
    says: /attendee with this email can't book because the maximum number of active bookings/i,
    is: 'patient_has_appointment',
  },
  {
    source: '400 "Missing required booking field response: …", "Missing attendee phone number - …"',
    operations: ['book'],
    statuses: [400],
    forms: FORMS,
    says: /missing attendee phone number/i,
    is: 'request_refused',
    field: 'client.phone',
    hint: 'The event type wants a phone number.',
  },
  {
    source: '400 "Missing required booking field response: …", "Missing attendee phone number - …"',
    operations: ['book'],
    statuses: [400],
    forms: FORMS,
    says: /missing required booking field response/i,
    is: 'request_refused',
    field: 'appointmentType',
    hint: 'The event type demands a field of its own, which requests do not have.',
  },
  {
    source: '400 "… property is wrong,…" (several in one text, with commas)',
    operations: ['book', 'reschedule'],
    statuses: [400],
    forms: FORMS,
    says: /\bproperty is wrong\b/i,
    is: 'request_refused',
  },
  {
    source: "400 \"Invalid time range given - check the 'start' and 'end' query parameters.\"",
    operations: ['slots'],
    statuses: [400],
    says: /invalid time range given/i,
    is: 'unexpected_answer',
  },
  {
    source: '404 "Event type with id … not found."',
    operations: ['slots', 'book'],
    statuses: [404],
    forms: FORMS,
    says: /\bevent type with id .{1,40} not found/i,
    is: 'request_refused',
    field: 'appointmentType',
    hint: 'The account has no such event type.',
  },
  {
    source: '404 "Booking with uid=… was not found in the database", or "…not found" alone',
    operations: ['booking'],
    statuses: [404],
    forms: FORMS,
    says: /\bbooking\b.{0,120}\bnot found\b/i,
    is: 'no_booking',
  },
  {
    source: '400 "Can\'t reschedule … has been cancelled and rescheduled already to booking with uid=… …"',
    operations: ['reschedule'],
    statuses: [400],
    forms: FORMS,
    says: /can't reschedule booking.{0,120}\bhas been cancelled and rescheduled already/i,
    is: 'appointment_gone',
  },
  {
    source: '400 "Can\'t reschedule booking with uid=… because it has been cancelled. …"',
    operations: ['reschedule'],
    statuses: [400],
    forms: FORMS,
    says: /can't reschedule booking.{0,120}\bhas been cancelled/i,
    is: 'appointment_gone',
  },
  {
    source: '400 "Can\'t cancel booking with uid=… because it has been cancelled already. …"',
    operations: ['cancel'],
    statuses: [400],
    forms: FORMS,
    says: /can't cancel booking.{0,120}\bhas been cancelled already/i,
    is: 'cancelled_before',
  },
  {
    source: '400 "This booking has already been cancelled."',
    operations: ['cancel'],
    statuses: [400],
    forms: FORMS,
    says: /this booking has already been cancelled/i,
    is: 'cancelled_before',
  },
  {
    source: '400 "This event type does not allow cancellations"',
    operations: ['cancel'],
    statuses: [400],
    forms: FORMS,
    says: /event type does not allow cancellations/i,
    is: 'feature_not_enabled',
  },
  {
    source: '400 "Cancellation reason is required when you are the host"',
    operations: ['cancel'],
    statuses: [400],
    forms: FORMS,
    says: /cancellation reason is required/i,
    is: 'unexpected_answer',
  },
  {
    source: '401 and 403 "checkBookingRequiresAuthentication - …"',
    operations: WRITES,
    statuses: [401, 403],
    forms: FORMS,
    says: /checkBookingRequiresAuthentication/,
    is: 'credentials_rejected',
  },
  {
    source: '401 "Your api key is not valid", "…is expired", "CustomThrottlerGuard - Invalid API Key"',
    operations: WRITES,
    statuses: [401],
    forms: FORMS,
    says: /\bapi key\b/i,
    is: 'credentials_rejected',
  },
  {
    source: '401 "Your api key is not valid", "…is expired", "CustomThrottlerGuard - Invalid API Key"',
    operations: READS,
    statuses: [401, 403],
    is: 'credentials_rejected',
  },
  {
    source: '429 "CustomThrottlerGuard - Too many requests. Please try again later."',
    statuses: [429],
    forms: FORMS,
    says: /too many requests/i,
    is: 'rate_limited',
  },
];

/** How Cal.com refuses. */
export const LANGUAGE: Language<ErrorRow> = { rows: ERROR_ROWS, complaintOf };

/** Returns true when a row means something that its operation can use, and not a failure. */
export function isUsable(is: ErrorRow['is']): is is Usable {
  return USABLE.some((usable) => usable === is);
}

/** For how long whoever called too often is blocked, in ms. No header says it (docs/providers.md#pace-of-calcom). */
const BLOCKED_MS = 60_000;

/** Returns the failure that a row means. */
export function failureOf(
  { is, field, hint }: { is: FailureCode } & Pick<ErrorRow, 'field' | 'hint'>,
  said: string,
  retryAfterMs: number = BLOCKED_MS,
): Failure {
  const facts: FailureFacts = { said };
  if (field) facts.field = field;
  if (hint) facts.hint = hint;
  if (is === 'rate_limited') facts.retryAfterMs = retryAfterMs;
  return new Failure(is, facts);
}

function complaintOf(body: unknown): Complaint {
  if (typeof body === 'string') return { text: complaint(body), form: formOfText(body) };
  const parsed = errorWire.safeParse(body);
  if (!parsed.success) return { text: '', form: 'garbage' };
  const { status, error, statusCode, message } = parsed.data;
  if (status === 'error' && error) return { text: complaint(error.message ?? error.code ?? ''), form: OWN };
  return {
    text: complaint(message ?? ''),
    form: message && typeof statusCode === 'number' ? FRAMEWORKS : 'foreign',
  };
}
