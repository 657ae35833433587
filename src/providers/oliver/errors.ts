import { Failure, type FailureCode, type FailureFacts } from '../../booking/failures';
import { complaint } from '../bounded';
import { shortened, type HttpAnswer } from '../http';
import type { Operation } from './operations';
import { envelopeWire } from './wire';

/**
 * Oliver's refusals, `{success: false, message, data?}`, told apart by one table. What leaves the outcome open
 * (timeouts, resets, 500) never gets here: the HTTP client settles it. A 401 gets here after the second sign-in.
 */

interface ErrorRow {
  /** Where this is known from. */
  readonly source: string;
  /** The operations it is about; all when left out. */
  readonly operations?: readonly Operation[];
  readonly statuses: readonly number[];
  /** What the answer's text must say; anything when left out. */
  readonly says?: RegExp;
  /** `maybe_gone` is no failure yet: open times are read again to tell what it means. */
  readonly is: FailureCode | 'maybe_gone';
  readonly field?: string;
  readonly hint?: string;
}

/** Words for "there is none of that", on either side of the noun. */
const unknownOne = (noun: string): RegExp =>
  new RegExp(
    `\\b${noun}s?\\b.{0,60}(not (be )?found|n[o']t exist|unknown|not valid|invalid)|` +
      `\\b(no( such)?|unknown|invalid|not find|n't find)\\b.{0,20}\\b${noun}s?\\b`,
    'i',
  );

/** In order: the first row that fits counts, so what is said precisely stands before what is said loosely. */
export const ERROR_ROWS: readonly ErrorRow[] = [
  {
    source: 'contract: sign-in answers 400 or 401 SignInError "Incorrect email"',
    operations: ['sign_in'],
    statuses: [400, 401, 403, 404, 422],
    is: 'credentials_rejected',
  },
  {
    source: 'providers.md: on 401 sign in again once; a 403 is no better after it',
    statuses: [401, 403],
    is: 'credentials_rejected',
  },
  {
    source: 'contract: create needs a patient_id or patient_remote_id that exists; wording [unknown]',
    operations: ['create_appointment'],
    statuses: [400, 404, 422],
    says: unknownOne('patient'),
    is: 'patient_not_found',
    field: 'patient',
  },
  {
    source: 'contract: create looks the client up by id, remote id or name; wording [unknown]',
    operations: ['create_appointment'],
    statuses: [400, 404, 422],
    says: unknownOne('client'),
    is: 'client_not_found',
    field: 'client',
  },
  {
    source: 'providers.md: the answer for a taken slot is [unknown]; words that leave no doubt',
    operations: ['create_appointment'],
    statuses: [400, 404, 409, 410],
    says: /no longer available|already (been )?(booked|taken|reserved)|\bslot\b.{0,40}\b(taken|booked|expired|unavailable|not available)/i,
    is: 'slot_gone',
  },
  {
    source:
      'providers.md: a 400 on create means "search again" until the slot shows up again, then a bad request',
    operations: ['create_appointment'],
    statuses: [400, 409],
    is: 'maybe_gone',
  },
  {
    source: 'contract: open_times takes one of wellness, sick, technician, recheck',
    operations: ['open_times'],
    statuses: [400, 422],
    says: /appointment[ _]?type/i,
    is: 'request_refused',
    field: 'appointmentType',
    hint: 'Oliver knows wellness, sick, technician and recheck.',
  },
  {
    source: 'contract: search_from_date can be a present or future timestamp',
    operations: ['open_times'],
    statuses: [400, 422],
    says: /search_from_date|\bdate\b/i,
    is: 'request_refused',
    field: 'windows',
    hint: 'Windows must not lie in the past.',
  },
  {
    source: 'contract: GET client by id; its answer for an unknown id is [unknown]',
    operations: ['read_client'],
    statuses: [400, 404],
    is: 'client_not_found',
    field: 'client.id',
  },
  {
    source: 'contract: GET patients of a client that is gone; the answer is [unknown]',
    operations: ['list_patients'],
    statuses: [400, 404],
    says: unknownOne('client'),
    is: 'client_not_found',
    field: 'client',
  },
  { source: 'as everywhere: 422 is a body that is refused', statuses: [422], is: 'request_refused' },
  { source: 'as everywhere: 429 and 503 ask for fewer calls', statuses: [429, 503], is: 'rate_limited' },
];

/** What a refusal means: a failure, or one to throw when the slot turns out to be on offer still. */
export interface Verdict {
  maybeGone: boolean;
  failure: Failure;
}

/** The meaning of an answer that is no success; `unexpected_answer` where no row names it. */
export function verdictOf(operation: Operation, answer: HttpAnswer): Verdict {
  const text = textOf(answer.body);
  // A 200 that says `success: false` refuses as a 400 does.
  const status = answer.status < 300 ? 400 : answer.status;
  const row = ERROR_ROWS.find((candidate) => fits(candidate, operation, status, text));
  const is = row?.is ?? 'unexpected_answer';
  const code = is === 'maybe_gone' ? 'request_refused' : is;
  const facts: FailureFacts = { said: shortened(`HTTP ${answer.status}: ${text}`) };
  if (row?.field) facts.field = row.field;
  if (row?.hint) facts.hint = row.hint;
  if (code === 'rate_limited') facts.retryAfterMs = answer.retryAfterMs;
  return { maybeGone: is === 'maybe_gone', failure: new Failure(code, facts) };
}

function fits(row: ErrorRow, operation: Operation, status: number, text: string): boolean {
  return (
    row.statuses.includes(status) &&
    (row.operations?.includes(operation) ?? true) &&
    (row.says?.test(text) ?? true)
  );
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return complaint(body);
  const parsed = envelopeWire.safeParse(body);
  return parsed.success ? complaint(parsed.data.message ?? parsed.data.error ?? '') : '';
}
