import { Failure, type FailureCode, type FailureFacts } from '../../booking/failures';
import { complaint } from '../bounded';
import { shortened, type HttpAnswer } from '../http';
import { fieldOfExtra, fieldOfLoc, fieldOfText, hintOf } from './fields';
import type { Operation } from './operations';
import { errorWire, validationWire } from './wire';

/**
 * Junction's refusals, told apart by one table. What leaves the outcome open (timeouts, resets, 500, 502, 504)
 * never gets here: the HTTP client settles it.
 */

/** Refusals that are no failure yet: the operation reads the provider again to tell what they mean. */
export type Riddle = 'cancelled_before' | 'no_appointment' | 'not_in_state' | 'transition_refused';

interface ErrorRow {
  /** The row of providers.md (or of the vendor's documentation, [doc]) that this is. */
  readonly source: string;
  /** The operations it is about; all when left out. */
  readonly operations?: readonly Operation[];
  readonly statuses: readonly number[];
  /** What the answer's text must say; anything when left out. */
  readonly says?: RegExp;
  readonly is: FailureCode | Riddle;
  readonly field?: string;
  readonly hint?: string;
}

/** In order: the first row that fits counts, so what is said precisely stands before what is said loosely. */
export const ERROR_ROWS: readonly ErrorRow[] = [
  {
    source: 'Confirmation: an account without async confirmation may refuse its fields (our configuration)',
    operations: ['book'],
    statuses: [400, 403, 404, 422, 503],
    says: /sync[ _]confirmation/i,
    is: 'feature_not_enabled',
  },
  {
    source: '503 on a PSC call "…not enabled"; [doc] closed-beta features answer 400 or 403 the same way',
    statuses: [400, 403, 404, 503],
    says: /not (been )?enabled/i,
    is: 'feature_not_enabled',
  },
  { source: '401, 403', statuses: [401, 403], is: 'credentials_rejected' },
  {
    source: '404 "This order doesn\'t exist."',
    statuses: [404],
    says: /\border\b( with id)?( [0-9a-f-]{36})? (doesn['’]?t exist|does not exist|(was |is )?not found)/i,
    is: 'order_not_found',
  },
  {
    source: '404 "No slots found for zip code"; [doc] "No slots found. Not all PSCs support scheduling…"',
    operations: ['availability'],
    statuses: [400, 404],
    says: /no slots found/i,
    is: 'area_not_served',
  },
  {
    source: '400 "Location with site code … not found / no longer active"',
    statuses: [400, 404],
    says: /location with site code/i,
    is: 'request_refused',
    field: 'site.siteCodes',
    hint: 'Use site codes of locations that are active and can be scheduled.',
  },
  {
    source: '400 "site_codes or zip_code must be provided"',
    statuses: [400],
    says: /site_codes or zip_code must be provided/i,
    is: 'request_refused',
    field: 'site',
    hint: 'Give a ZIP code or up to three site codes.',
  },
  {
    source: '[doc] 400 "site_codes must be less than or equal to 3"',
    statuses: [400],
    says: /site_codes must be less/i,
    is: 'request_refused',
    field: 'site.siteCodes',
    hint: 'Give three site codes at most.',
  },
  {
    source: '400 "radius must be provided when using zip_code"',
    statuses: [400],
    says: /radius must be provided/i,
    is: 'request_refused',
    field: 'site.radiusMiles',
  },
  {
    source: '400 "start_date must be greater…"',
    statuses: [400],
    says: /start_date must be greater/i,
    is: 'request_refused',
    field: 'windows',
    hint: 'Windows must not lie in the past.',
  },
  {
    source: '400 "This order does not have a requisition…"',
    operations: ['book', 'request_visit', 'reschedule', 'cancel_appointment'],
    statuses: [400],
    says: /requisition/i,
    is: 'order_not_ready',
  },
  {
    source: '400 "Order is not in a state that allows booking/cancelling/rescheduling…"',
    operations: ['book', 'request_visit', 'reschedule'],
    statuses: [400],
    says: /not in a state that allows/i,
    is: 'order_not_bookable',
  },
  {
    source: 'the same on a cancel: read, then decide',
    operations: ['cancel_appointment'],
    statuses: [400],
    says: /not in a state that allows/i,
    is: 'not_in_state',
  },
  {
    source: '400 "This appointment cannot be rescheduled."',
    statuses: [400],
    says: /cannot be rescheduled/i,
    is: 'cannot_reschedule',
  },
  {
    source: '400 "This appointment has already been cancelled."',
    operations: ['cancel_appointment'],
    statuses: [400],
    says: /already (been )?cancell?ed/i,
    is: 'cancelled_before',
  },
  {
    source: '400 {"error","message":"Transition from … to cancelled is not allowed","status_code":400}',
    operations: ['cancel_order'],
    statuses: [400],
    says: /transition from .* to cancell?ed is not allowed|not in a state that allows/i,
    is: 'transition_refused',
  },
  {
    source:
      '[doc] "The order does not have an appointment"; the answer of GET appointment without one is a 404',
    operations: ['appointment', 'cancel_appointment'],
    statuses: [400, 404],
    says: /appointment.*(not found|not exist|n['’]t exist)|(n['’]t|not) have an? .*appointment|no (active )?appointment/i,
    is: 'no_appointment',
  },
  {
    source: 'GET appointment without one: any other 404',
    operations: ['appointment'],
    statuses: [404],
    is: 'no_appointment',
  },
  {
    // Its words are unknown, and the appointment in the way may be our own from a lost answer. So it neither
    // costs slots (slot_gone) nor ends the booking with its undos (appointment_exists): a person looks.
    source:
      'Preconditions: one active appointment per patient per provider, error [unknown], not "slot gone"',
    operations: ['book', 'request_visit'],
    statuses: [400, 404, 409],
    says: /\b(has|have|having)\b.{0,40}\bappointment|\b(active|existing)\b.{0,20}\bappointment|appointment already exists/i,
    is: 'unexpected_answer',
    hint: 'The patient seems to have an active appointment with this provider already.',
  },
  {
    source: '400 "Invalid booking key format"; Slots: any 400/404 on book that names the key',
    operations: ['book', 'reschedule'],
    statuses: [400, 404],
    says: /(?<!(api|idempotency)[ -])\bkey\b|booking_key/i,
    is: 'slot_key_invalid',
  },
  {
    source:
      '400 or 404 "This appointment slot is no longer available…" or a slot conflict; Slots: names slot or availability',
    operations: ['book', 'reschedule'],
    statuses: [400, 404],
    says: /\b(time)?slots?\b|availab/i,
    is: 'slot_gone',
  },
  {
    source: '422 {detail}: the ZIP code is all that area info is asked with',
    operations: ['area_info'],
    statuses: [422],
    is: 'request_refused',
    field: 'patient.address.zip',
  },
  { source: '422 {detail}', statuses: [422], is: 'request_refused' },
  {
    source: '[doc] Ordering idempotency: a conflict with a request that is still executing is not stored',
    operations: ['place_order', 'book'],
    statuses: [409],
    says: /idempoten|concurrent|in progress|still (being )?(execut|process)/i,
    is: 'outcome_unknown',
  },
  { source: '429, other 503', statuses: [429, 503], is: 'rate_limited' },
];

/** What a refusal means. A riddle comes with the failure to throw when the operation cannot solve it. */
export interface Verdict {
  riddle: Riddle | null;
  failure: Failure;
}

const UNSOLVED: Readonly<Record<Riddle, FailureCode>> = {
  cancelled_before: 'unexpected_answer',
  no_appointment: 'unexpected_answer',
  not_in_state: 'order_not_bookable',
  transition_refused: 'order_not_cancellable',
};

/** The meaning of an answer that is no 2xx; `unexpected_answer` where no row names it. */
export function verdictOf(operation: Operation, answer: HttpAnswer): Verdict {
  const { text, locs } = complaintOf(answer.body);
  const row = ERROR_ROWS.find((candidate) => fits(candidate, operation, answer.status, text));
  const is = row?.is ?? 'unexpected_answer';
  const riddle = isRiddle(is) ? is : null;
  const code = isRiddle(is) ? UNSOLVED[is] : is;
  const facts: FailureFacts = { said: shortened(`HTTP ${answer.status}: ${text}`) };
  if (code === 'request_refused') {
    facts.field = row?.field ?? fieldAtFault(operation, locs, text);
    facts.hint = row?.hint ?? hintOf(facts.field);
  } else if (row?.hint) facts.hint = row.hint;
  if (code === 'rate_limited') facts.retryAfterMs = answer.retryAfterMs;
  return { riddle, failure: new Failure(code, facts) };
}

function fits(row: ErrorRow, operation: Operation, status: number, text: string): boolean {
  return (
    row.statuses.includes(status) &&
    (row.operations?.includes(operation) ?? true) &&
    (row.says?.test(text) ?? true)
  );
}

function isRiddle(is: FailureCode | Riddle): is is Riddle {
  return Object.hasOwn(UNSOLVED, is);
}

type Loc = readonly (string | number)[];

function fieldAtFault(operation: Operation, locs: readonly Loc[], text: string): string | undefined {
  const known = firstOf(locs, fieldOfLoc);
  if (known !== undefined || operation !== 'place_order') return known;
  return fieldOfText(text) ?? firstOf(locs, fieldOfExtra);
}

function firstOf(locs: readonly Loc[], fieldOf: (loc: Loc) => string | undefined): string | undefined {
  return locs.map(fieldOf).find((field) => field !== undefined);
}

interface Complaint {
  text: string;
  locs: Loc[];
}

/** Bodies within each other that are looked into. */
const MAX_DEPTH = 4;

/** Entries of a list of mistakes that are looked at. */
const MAX_ENTRIES = 50;

/** What an error body says, whichever of the three shapes it has, and the places that it points at. */
function complaintOf(body: unknown, depth = 0): Complaint {
  if (typeof body === 'string') return { text: complaint(body), locs: [] };
  const parsed = errorWire.safeParse(body);
  if (!parsed.success || depth === MAX_DEPTH) return { text: '', locs: [] };
  const { detail, error, message } = parsed.data;
  if (Array.isArray(detail)) return validationOf(detail);
  if (detail !== undefined && detail !== null) return complaintOf(detail, depth + 1);
  return { text: complaint([error, message].filter(Boolean).join(': ')), locs: [] };
}

function validationOf(detail: readonly unknown[]): Complaint {
  const entries = detail.slice(0, MAX_ENTRIES).flatMap((entry) => {
    const parsed = validationWire.safeParse(entry);
    if (!parsed.success) return [];
    const { loc, msg } = parsed.data;
    return [{ loc: loc?.map(shortPart), msg: msg && complaint(msg) }];
  });
  return {
    text: complaint(
      entries.map(({ loc, msg }) => [loc?.join('.'), msg].filter(Boolean).join(': ')).join('; '),
    ),
    locs: entries.flatMap(({ loc }) => (loc ? [loc] : [])),
  };
}

function shortPart(part: string | number): string | number {
  return typeof part === 'string' ? complaint(part) : part;
}
