import { Failure, failureRow, isFailureCode, type FailureCode, type FailureOwner } from '../booking/failures';
import { shortened, unclear, type HttpAnswer } from './http';

/**
 * Decides what an answer means, for every call of every adapter. An adapter brings its language: the rows of its table
 * of refusals, and how the vendor words an error.
 *
 * A write's answer has three values. It is *done* when a 2xx says so and can be read. It had *no effect* only when a
 * row proves it: one that names the operation and its words, or one of the few that the vendor documents by their form
 * alone. Everything else is *unknown*: gateways and load balancers answer for the vendor after the request went
 * through, and a vendor's own refusal in unknown words may come after its effect.
 *
 * A read has no effect. Answers of gateways and overload to it are retried; an answer that no row names is for a
 * person. A page, and bytes that are not text, come from a gateway whatever their status. An answer that would end a
 * booking is believed only if it comes from the vendor.
 */

/**
 * One row of an adapter's table of refusals. The first row that fits counts, so precise words stand before loose ones.
 */
export interface RefusalRow<Operation extends string = string, Is extends string = string> {
  /** Its source: a row of the vendor's answers in docs/providers.md. */
  readonly source: string;
  /** The operations it is about; all when left out. */
  readonly operations?: readonly Operation[];
  readonly statuses: readonly number[];
  /** What the answer's text must say; anything when left out. */
  readonly says?: RegExp;
  /**
   * The vendor's own forms in which it is documented. With them its words need not prove a write's refusal, because it
   * has no words or the vendor documents none.
   */
  readonly forms?: readonly string[];
  readonly is: Is;
  readonly field?: string;
  readonly hint?: string;
}

/**
 * Meanings of a row that prove nothing about a write. Such a row keeps looser rows from matching. For the first, the
 * effect is looked up over the late-commit window; the second is a refusal that a person has to understand.
 */
const PROVES_NOTHING: readonly string[] = ['outcome_unknown', 'unexpected_answer'] satisfies FailureCode[];

/** What the body of an unsuccessful answer says. */
export interface Complaint {
  text: string;
  /** The name of one of the vendor's own forms, or one of FOREIGN_FORMS. */
  form: string;
}

/**
 * `plain`: text, which a row may match by its words; `foreign`: JSON that is not the vendor's; `garbage`: nothing
 * readable.
 */
const FOREIGN_FORMS: readonly string[] = ['plain', 'foreign', 'garbage'];

/** Returns the form of a text body. A page of markup comes from a gateway, and truncated JSON is unreadable. */
export function formOfText(text: string): 'plain' | 'garbage' {
  return /^\s*([<{[]|$)/.test(text) ? 'garbage' : 'plain';
}

/** How a vendor refuses. */
export interface Language<Row extends RefusalRow> {
  readonly rows: readonly Row[];
  complaintOf(body: unknown): Complaint;
}

/** One exchange and its operation. `read` returns the value of a success, or null when the body has another shape. */
export interface Answered<T, Operation extends string> {
  operation: Operation;
  answer: HttpAnswer;
  read: (body: unknown) => { value: T } | null;
}

export type WriteMeaning<T, Row> =
  | { is: 'done'; value: T }
  /** The write was refused, as the row says. */
  | { is: 'no_effect'; row: Row; said: string }
  | { is: 'unknown'; failure: Failure };

export type ReadMeaning<T, Row> =
  { is: 'done'; value: T } | { is: 'refused'; row: Row; said: string } | { is: 'failed'; failure: Failure };

/** Returns what the answer to a write means. */
export function meaningOfWrite<T, Row extends RefusalRow>(
  language: Language<Row>,
  { operation, answer, read }: Answered<T, string>,
): WriteMeaning<T, Row> {
  const done = valueOf(answer, read);
  if (done) return { is: 'done', value: done.value };
  const { text, form } = language.complaintOf(answer.body);
  const said = quoted(answer, { text, form });
  if (answer.illegible !== undefined) return { is: 'unknown', failure: unclear('write', said) };
  const row = language.rows.find((one) => fits(one, operation, answer, text) && isProven(one, form));
  if (row && !PROVES_NOTHING.includes(row.is)) return { is: 'no_effect', row, said };
  const isRefusal = row?.is !== 'outcome_unknown' && isOwnRefusal(answer, form);
  return { is: 'unknown', failure: isRefusal ? refusedUnread(said) : unclear('write', said) };
}

/** Returns what the answer to a read means. */
export function meaningOfRead<T, Row extends RefusalRow>(
  language: Language<Row>,
  { operation, answer, read }: Answered<T, string>,
): ReadMeaning<T, Row> {
  const done = valueOf(answer, read);
  if (done) return { is: 'done', value: done.value };
  const { text, form } = language.complaintOf(answer.body);
  const said = quoted(answer, { text, form });
  if (isNobodys(answer, form)) return { is: 'failed', failure: passing(answer, said) };
  const row = language.rows.find((one) => fits(one, operation, answer, text));
  if (row && isBelieved(row, form)) return { is: 'refused', row, said };
  const isForPeople = isRefusalStatus(answer.status) && form !== 'garbage' && !isGateways(answer);
  return {
    is: 'failed',
    failure: isForPeople ? new Failure('unexpected_answer', { said }) : passing(answer, said),
  };
}

/**
 * Returns true for a body that no vendor sends, whatever the status: a page, truncated JSON, or bytes that are not
 * text.
 */
function isNobodys({ body, illegible }: HttpAnswer, form: string): boolean {
  return illegible !== undefined || (typeof body === 'string' && form === 'garbage');
}

/** Owners of failures that end a booking. */
const ENDING: readonly FailureOwner[] = ['slot', 'order', 'request'];

/**
 * Returns true when a row that fits an answer to a read counts. A row that would end the booking counts only by its
 * words or the vendor's own form.
 */
function isBelieved({ is, says }: RefusalRow, form: string): boolean {
  const isEnding = isFailureCode(is) && ENDING.includes(failureRow(is).owner);
  return !isEnding || says !== undefined || isItsOwn(form);
}

/** Returns true when a status means success. */
export function isSuccess({ status }: Pick<HttpAnswer, 'status'>): boolean {
  return status >= 200 && status <= 299;
}

function valueOf<T>(answer: HttpAnswer, read: Answered<T, string>['read']): { value: T } | null {
  return isSuccess(answer) && answer.isReadable ? read(answer.body) : null;
}

function fits(row: RefusalRow, operation: string, { status }: HttpAnswer, text: string): boolean {
  return (
    row.statuses.includes(status) &&
    (row.operations?.includes(operation) ?? true) &&
    (row.says?.test(text) ?? true)
  );
}

/**
 * Returns true when a row that fits proves what a write did, by its words for this operation or by a documented form.
 */
function isProven({ operations, says, forms }: RefusalRow, form: string): boolean {
  if (forms) return forms.includes(form);
  return operations !== undefined && says !== undefined && (form === 'plain' || isItsOwn(form));
}

function isItsOwn(form: string): boolean {
  return !FOREIGN_FORMS.includes(form);
}

/** Statuses by which a gateway or a busy vendor does not refuse the request itself. */
const IN_PASSING: readonly number[] = [408, 425, 429, 499];

function isRefusalStatus(status: number): boolean {
  return status >= 400 && status <= 499 && !IN_PASSING.includes(status);
}

/** Returns true for the vendor's own refusal. Some vendors refuse with a success status whose body says otherwise. */
function isOwnRefusal(answer: HttpAnswer, form: string): boolean {
  return (isRefusalStatus(answer.status) || isSuccess(answer)) && isItsOwn(form);
}

function refusedUnread(said: string): Failure {
  return new Failure('outcome_unknown', { said, sent: 'yes', isRefusal: true });
}

/** Statuses that mean overload. */
const LOADED: readonly number[] = [429, 503];

/**
 * Statuses below 500 with which proxies, gateways and load balancers answer for the vendor: 407, 408, 421, 425, 429
 * (RFC 9110, 8470 and 6585); 420 (Twitter's "Enhance Your Calm") and 430 (Shopify's "Security Rejection",
 * shopify.dev/docs/api/usage/response-codes), both for a caller that asks too much; 440 and 449 (IIS); 444, 494 to 497
 * and 499 (nginx); 460, 463 and 464 (AWS load balancers); 498 (ArcGIS).
 */
const OF_GATEWAYS: readonly number[] = [
  ...[407, 408, 420, 421, 425, 429, 430, 440, 444, 449, 460, 463, 464],
  ...[494, 495, 496, 497, 498, 499],
];

/**
 * Returns true when the status shows that a gateway or an overloaded vendor answered. To a read that is no refusal, and
 * the pause that it asks for is kept.
 */
export function isGateways({ status }: Pick<HttpAnswer, 'status'>): boolean {
  return status >= 500 || OF_GATEWAYS.includes(status);
}

function passing({ status, retryAfterMs }: HttpAnswer, said: string): Failure {
  const code = LOADED.includes(status) ? 'rate_limited' : 'provider_unavailable';
  return new Failure(code, { said, retryAfterMs: isGateways({ status }) ? retryAfterMs : undefined });
}

function quoted(answer: HttpAnswer, { text, form }: Complaint): string {
  const isOdd = isSuccess(answer) && !isItsOwn(form);
  const words = answer.illegible ?? (isOdd ? 'a body of another shape than was asked for' : text);
  return shortened(`HTTP ${answer.status}: ${words}`);
}
