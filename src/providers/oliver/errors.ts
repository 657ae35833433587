import { Failure, type FailureCode, type FailureFacts } from '../../booking/failures';
import { formOfText, type Complaint, type Language, type RefusalRow } from '../answer';
import { complaint } from '../bounded';
import type { HttpAnswer } from '../http';
import type { Operation } from './operations';
import { envelopeWire } from './wire';

/**
 * Oliver's refusals, in one table. ../answer.ts decides what each proves about a write, and what an answer means that
 * no row names. The contract documents `{success: false, message, data?}` with 400, 401 and 500, but no words.
 */

export interface ErrorRow extends RefusalRow<Operation, FailureCode | 'not_created'> {
  /** For a refused create: what it means once a list that was read after it shows nothing new. */
  readonly means?: FailureCode;
}

/** The one form of Oliver's errors. */
const ENVELOPE = 'envelope';

/** Matches words for "not found", on either side of the noun. */
const unknownOne = (noun: string): RegExp =>
  new RegExp(
    `\\b${noun}s?\\b.{0,60}(not (be )?found|n[o']t exist|unknown|not valid|invalid)|` +
      `\\b(no( such)?|unknown|invalid|not find|n't find)\\b.{0,20}\\b${noun}s?\\b`,
    'i',
  );

/** The first row that fits counts, so precise words stand before loose ones. */
export const ERROR_ROWS: readonly ErrorRow[] = [
  {
    source: 'sign-in answers 400 or 401 SignInError "Incorrect email"',
    operations: ['sign_in'],
    statuses: [400, 401, 403, 404, 422],
    is: 'credentials_rejected',
  },
  {
    source: 'on 401 sign in again once; a 403 is no better after it',
    statuses: [401, 403],
    forms: [ENVELOPE],
    is: 'credentials_rejected',
  },
  {
    source: 'create needs a patient_id or patient_remote_id that exists, in words that are not documented',
    operations: ['create_appointment'],
    statuses: [400],
    forms: [ENVELOPE],
    says: unknownOne('patient'),
    is: 'not_created',
    means: 'patient_not_found',
    field: 'patient',
  },
  {
    source: 'create looks the client up by id, remote id or name, in words that are not documented',
    operations: ['create_appointment'],
    statuses: [400],
    forms: [ENVELOPE],
    says: unknownOne('client'),
    is: 'not_created',
    means: 'client_not_found',
    field: 'client',
  },
  {
    source: 'a taken slot, in words that leave no doubt',
    operations: ['create_appointment'],
    statuses: [400],
    forms: [ENVELOPE],
    says: /no longer available|already (been )?(booked|taken|reserved)|\bslot\b.{0,40}\b(taken|booked|expired|unavailable|not available)/i,
    is: 'not_created',
    means: 'slot_gone',
  },
  {
    source: 'after {success: false} with 400 on create a fresh list decides, open times the wording',
    operations: ['create_appointment'],
    statuses: [400],
    forms: [ENVELOPE],
    is: 'not_created',
  },
  {
    source: 'open_times takes one of wellness, sick, technician, recheck',
    operations: ['open_times'],
    statuses: [400, 422],
    says: /appointment[ _]?type/i,
    is: 'request_refused',
    field: 'appointmentType',
    hint: 'Oliver knows wellness, sick, technician and recheck.',
  },
  {
    source: 'search_from_date can be a present or future timestamp',
    operations: ['open_times'],
    statuses: [400, 422],
    says: /search_from_date|\bdate\b/i,
    is: 'request_refused',
    field: 'windows',
    hint: 'Windows must not lie in the past.',
  },
  {
    source: 'GET client by id, of an unknown id',
    operations: ['read_client'],
    statuses: [400, 404],
    is: 'client_not_found',
    field: 'client.id',
  },
  {
    source: 'GET patients of a client that is gone',
    operations: ['list_patients'],
    statuses: [400, 404],
    says: unknownOne('client'),
    is: 'client_not_found',
    field: 'client',
  },
  {
    source:
      'as everywhere: 422 is a request that is refused; Oliver documents none, so it proves nothing of a write',
    operations: [
      'open_times',
      'list_appointments',
      'list_clients',
      'read_client',
      'list_patients',
      'list_tasks',
    ],
    statuses: [422],
    is: 'request_refused',
  },
  { source: "429 in the vendor's own form", statuses: [429], forms: [ENVELOPE], is: 'rate_limited' },
];

/** How Oliver refuses. */
export const LANGUAGE: Language<ErrorRow> = { rows: ERROR_ROWS, complaintOf };

/** Returns true when an answer has the form of Oliver's own refusals. */
export function isItsOwn({ body }: Pick<HttpAnswer, 'body'>): boolean {
  return complaintOf(body).form === ENVELOPE;
}

/** Returns a failure with what a row adds to it. */
export function failureOf(
  code: FailureCode,
  { field, hint }: Pick<ErrorRow, 'field' | 'hint'>,
  said: string,
  retryAfterMs?: number,
): Failure {
  const facts: FailureFacts = { said };
  if (field) facts.field = field;
  if (hint) facts.hint = hint;
  if (code === 'rate_limited') facts.retryAfterMs = retryAfterMs;
  return new Failure(code, facts);
}

function complaintOf(body: unknown): Complaint {
  if (typeof body === 'string') return { text: complaint(body), form: formOfText(body) };
  const parsed = envelopeWire.safeParse(body);
  if (!parsed.success) return { text: '', form: 'garbage' };
  const { success, message, error } = parsed.data;
  return { text: complaint(message ?? error ?? ''), form: success === false ? ENVELOPE : 'foreign' };
}
