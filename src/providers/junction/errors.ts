import { Failure, type FailureCode, type FailureFacts } from '../../booking/failures';
import { formOfText, type Complaint, type Language, type RefusalRow } from '../answer';
import { complaint } from '../bounded';
import type { HttpAnswer } from '../http';
import { fieldOfExtra, fieldOfLoc, fieldOfText, hintOf } from './fields';
import type { Dialect, Operation } from './operations';
import { errorWire, validationWire } from './wire';

/**
 * Junction's refusals, in one table. ../answer.ts decides what each proves about a write, and what an answer means that
 * no row names.
 */

/** What a row may mean other than a failure: an answer that the operation can use. */
const USABLE = ['cancelled_before', 'no_appointment'] as const;
export type Usable = (typeof USABLE)[number];

export interface ErrorRow extends RefusalRow<Operation, FailureCode | Usable> {
  /** The one kind of appointment that it is about; both when left out. */
  readonly segment?: Dialect['segment'];
}

/**
 * Junction's own error forms (docs/providers.md#error-bodies): `{detail}` and `{error, message, status_code}`; text is
 * a third.
 */
const DETAIL = 'detail';
const OWN_FORMS = [DETAIL, 'error'] as const;

/** Operations that name an order. Placing one does not, so "doesn't exist" says nothing about what it did. */
const ON_AN_ORDER = [
  'read_order',
  'cancel_order',
  'appointment',
  'book',
  'reschedule',
  'request_visit',
  'cancel_appointment',
] as const satisfies readonly Operation[];

const ON_APPOINTMENTS = [
  'availability',
  'reasons',
  'appointment',
  'book',
  'reschedule',
  'request_visit',
  'cancel_appointment',
] as const satisfies readonly Operation[];

/** The first row that fits counts, so precise words stand before loose ones. */
export const ERROR_ROWS: readonly ErrorRow[] = [
  {
    source: 'an account without async confirmation may refuse its fields',
    operations: ['book'],
    statuses: [400, 403, 404, 422],
    says: /sync[ _]confirmation.{0,80}\bnot (been )?(enabled|available|permitted|allowed|supported)/i,
    is: 'feature_not_enabled',
  },
  {
    source: '503 on a PSC call "…not enabled"',
    operations: ON_APPOINTMENTS,
    segment: 'psc',
    statuses: [503],
    says: /not (been )?enabled/i,
    is: 'feature_not_enabled',
  },
  {
    source: 'closed-beta features answer 400 or 403 the same way',
    operations: ON_APPOINTMENTS,
    statuses: [400, 403],
    says: /not (been )?enabled/i,
    is: 'feature_not_enabled',
  },
  { source: '401, 403', statuses: [401, 403], forms: OWN_FORMS, is: 'credentials_rejected' },
  {
    source: '404 "This order doesn\'t exist."',
    operations: ON_AN_ORDER,
    statuses: [404],
    says: /\border\b( with id)?( [0-9a-f-]{36})? (doesn['’]?t exist|does not exist|(was |is )?not found)/i,
    is: 'order_not_found',
  },
  {
    source: '404 "No slots found for zip code"; "No slots found. Not all PSCs support scheduling…"',
    operations: ['availability'],
    statuses: [400, 404],
    says: /no slots found/i,
    is: 'area_not_served',
  },
  {
    source: '400 "Location with site code … not found / no longer active"',
    operations: ['availability'],
    statuses: [400, 404],
    says: /location with site code/i,
    is: 'request_refused',
    field: 'site.siteCodes',
    hint: 'Use site codes of locations that are active and can be scheduled.',
  },
  {
    source: '400 "site_codes or zip_code must be provided"',
    operations: ['availability'],
    statuses: [400],
    says: /site_codes or zip_code must be provided/i,
    is: 'request_refused',
    field: 'site',
    hint: 'Give a ZIP code or up to three site codes.',
  },
  {
    source: '400 "site_codes must be less than or equal to 3"',
    operations: ['availability'],
    statuses: [400],
    says: /site_codes must be less/i,
    is: 'request_refused',
    field: 'site.siteCodes',
    hint: 'Give three site codes at most.',
  },
  {
    source: '400 "radius must be provided when using zip_code"',
    operations: ['availability'],
    statuses: [400],
    says: /radius must be provided/i,
    is: 'request_refused',
    field: 'site.radiusMiles',
  },
  {
    source: '400 "start_date must be greater…"',
    operations: ['availability'],
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
    says: /(not|n['’]t) have an? .{0,20}requisition/i,
    is: 'order_not_ready',
  },
  {
    source: '400 "Order is not in a state that allows booking/cancelling/rescheduling…"',
    operations: ['book', 'request_visit', 'reschedule', 'cancel_appointment'],
    statuses: [400],
    says: /not in a state that allows/i,
    is: 'order_not_bookable',
  },
  {
    source: '400 "This appointment cannot be rescheduled."',
    operations: ['reschedule'],
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
    is: 'order_not_cancellable',
  },
  {
    source: '400 "This order doesn\'t have an appointment yet." to a cancel',
    operations: ['cancel_appointment'],
    statuses: [400, 404],
    says: /(n['’]t|not) have an? .{0,20}appointment/i,
    is: 'appointment_missing',
  },
  {
    source: '404 "Appointment not found.", or other words for none, to a read',
    operations: ['appointment'],
    statuses: [400, 404],
    says: /appointment.*(not found|not exist|n['’]t exist)|(n['’]t|not) have an? .*appointment|no (active )?appointment/i,
    is: 'no_appointment',
  },
  {
    source: 'any other 404 to a read of the appointment; it counts only beside an order that reads',
    operations: ['appointment'],
    statuses: [404],
    is: 'no_appointment',
  },
  {
    // The other appointment may be our own from a lost answer. So the slot is not gone, and a read explains the
    // refusal.
    source: 'a second active appointment of one patient; not "slot gone"',
    operations: ['book', 'reschedule'],
    statuses: [400, 404],
    says: /\b(has|have|having)\b.{0,40}\bappointment|\b(active|existing)\b.{0,20}\bappointment|appointment already exists/i,
    is: 'unexpected_answer',
  },
  {
    source: '400 "Invalid booking key format"',
    operations: ['book', 'reschedule'],
    statuses: [400, 404],
    says: /invalid booking[ _]key/i,
    is: 'slot_key_invalid',
  },
  {
    source: 'any 400 or 404 to a book that names the key; gateways speak of keys too, in text',
    operations: ['book', 'reschedule'],
    statuses: [400, 404],
    forms: OWN_FORMS,
    says: /(?<!(api|idempotency)[ -])\bkey\b|booking_key/i,
    is: 'slot_key_invalid',
  },
  {
    source: '400 or 404 "This appointment slot is no longer available…" or a slot conflict',
    operations: ['book', 'reschedule'],
    statuses: [400, 404],
    says: /\bslot is no longer available|\bslot conflict/i,
    is: 'slot_gone',
  },
  {
    source: 'any 400 or 404 to a book that names slot or availability; gateways speak of that too, in text',
    operations: ['book', 'reschedule'],
    statuses: [400, 404],
    forms: OWN_FORMS,
    says: /\b(time)?slots?\b|availab/i,
    is: 'slot_gone',
  },
  {
    source: '422 {detail} to area info: the ZIP code is all that it is asked with',
    operations: ['area_info'],
    statuses: [422],
    is: 'request_refused',
    field: 'patient.address.zip',
  },
  { source: '422 {detail}', statuses: [422], forms: [DETAIL], is: 'request_refused' },
  {
    source: '409 to a request with a key: a conflict with one that is still executing is not stored',
    operations: ['place_order', 'book'],
    statuses: [409],
    says: /idempoten|concurrent|in progress|still (being )?(execut|process)/i,
    is: 'outcome_unknown',
  },
  { source: "429 in the vendor's own form", statuses: [429], forms: OWN_FORMS, is: 'rate_limited' },
];

/** Returns how Junction refuses, for one kind of appointment. */
export function languageOf({ segment }: Pick<Dialect, 'segment'>): Language<ErrorRow> {
  return {
    rows: ERROR_ROWS.filter((row) => row.segment === undefined || row.segment === segment),
    complaintOf,
  };
}

/** Returns true when a row means something that its operation can use, and not a failure. */
export function isUsable(is: ErrorRow['is']): is is Usable {
  return USABLE.some((usable) => usable === is);
}

/** Returns the failure that a row means. */
export function failureOf(
  row: { is: FailureCode } & Pick<ErrorRow, 'field' | 'hint'>,
  operation: Operation,
  { body, retryAfterMs }: Pick<HttpAnswer, 'body' | 'retryAfterMs'>,
  said: string,
): Failure {
  const facts: FailureFacts = { said };
  if (row.is === 'request_refused') {
    const { text, locs } = complaintOf(body);
    facts.field = row.field ?? fieldAtFault(operation, locs, text);
    facts.hint = row.hint ?? hintOf(facts.field);
  } else if (row.hint) facts.hint = row.hint;
  if (row.is === 'rate_limited') facts.retryAfterMs = retryAfterMs;
  return new Failure(row.is, facts);
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

interface Located extends Complaint {
  /** The places in the request that it points at. */
  locs: Loc[];
}

/** How deep bodies within each other are looked into. */
const MAX_DEPTH = 4;

/** How many entries of a list of mistakes are looked at. */
const MAX_ENTRIES = 50;

/** Returns what an error body says in any of the three documented forms, or what can be quoted from another form. */
function complaintOf(body: unknown, depth = 0): Located {
  if (typeof body === 'string') return { text: complaint(body), form: formOfText(body), locs: [] };
  const parsed = errorWire.safeParse(body);
  if (!parsed.success || depth === MAX_DEPTH) return { text: '', form: 'garbage', locs: [] };
  const { detail, error, message, status_code: statusCode } = parsed.data;
  if (isObject(detail)) return { ...complaintOf(detail, depth + 1), form: 'foreign' };
  if (typeof detail === 'string' && detail !== '') return { text: complaint(detail), form: DETAIL, locs: [] };
  if (Array.isArray(detail) && detail.length > 0) return validationOf(detail);
  const isOwn = Boolean(error) && Boolean(message) && typeof statusCode === 'number';
  return {
    text: complaint([error, message].filter(Boolean).join(': ')),
    form: isOwn ? 'error' : 'foreign',
    locs: [],
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a list of mistakes. Odd entries are skipped; a list of only odd entries is not Junction's form. */
function validationOf(detail: readonly unknown[]): Located {
  const entries = detail.slice(0, MAX_ENTRIES).flatMap((entry) => {
    const parsed = validationWire.safeParse(entry);
    if (!parsed.success) return [];
    const { loc, msg } = parsed.data;
    return loc || msg ? [{ loc: loc?.map(shortPart), msg: msg && complaint(msg) }] : [];
  });
  return {
    text: complaint(
      entries.map(({ loc, msg }) => [loc?.join('.'), msg].filter(Boolean).join(': ')).join('; '),
    ),
    form: entries.length > 0 ? DETAIL : 'foreign',
    locs: entries.flatMap(({ loc }) => (loc ? [loc] : [])),
  };
}

function shortPart(part: string | number): string | number {
  return typeof part === 'string' ? complaint(part) : part;
}
