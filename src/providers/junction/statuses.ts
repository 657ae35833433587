import type { OrderPhase, AppointmentPhase } from '../../booking/model';
import type { Notice } from '../once';
import { folded } from '../reading';
import { timeOf } from './times';
import type { EventWire } from './wire';

/**
 * What Junction's status words mean to the saga. Both enums are non-exhaustive: words that no table names become
 * `unknown`, which moves nothing and counts as live. The case of a known word does not matter.
 */

/**
 * An appointment's `status` and `event_status` in one vocabulary: `confirmed` is `scheduled`
 * (docs/providers.md#confirmation).
 */
const APPOINTMENT_PHASES: Readonly<Record<string, AppointmentPhase>> = {
  pending: 'pending',
  reserved: 'reserved',
  confirmed: 'confirmed',
  scheduled: 'confirmed',
  in_progress: 'in_progress',
  completed: 'completed',
  cancelled: 'cancelled',
};

/**
 * Which of the two words wins when they differ, first to last.
 *
 * - `cancelled` wins over all: a cancelled appointment that counts as live would be waited for until the visit.
 * - Then what has happened already (`completed`, `in_progress`).
 * - `unknown` wins over the rest: a new word beside `scheduled` may well mean that it is not.
 * - Then the one further along. So the vendor's own example of `pending` beside `scheduled` (a patient's move) reads as
 *   confirmed: the event says that it was scheduled. Reading it as pending would end in cancelling an appointment that
 *   stands; if confirmed is wrong, the next look corrects it.
 */
const PRECEDENCE: readonly AppointmentPhase[] = [
  'cancelled',
  'completed',
  'in_progress',
  'unknown',
  'confirmed',
  'reserved',
  'pending',
];

/** Returns what an appointment's `status` and `event_status` mean together. If one is missing, the other decides. */
export function appointmentPhaseOf(
  status: string | null,
  eventStatus: string | null,
  notice: Notice,
): AppointmentPhase {
  const said = [
    wordOf(APPOINTMENT_PHASES, 'appointment.status', status, notice),
    wordOf(APPOINTMENT_PHASES, 'appointment.event_status', eventStatus, notice),
  ];
  return PRECEDENCE.find((phase) => said.includes(phase)) ?? 'unknown';
}

/**
 * The last part of an order's status. `appointment_*` is past the requisition (or booked before it). After
 * `draw_completed` there is nothing left to book, although Junction still counts it as collecting at home.
 */
const PHASES: Readonly<Record<string, OrderPhase>> = {
  ordered: 'received',
  awaiting_registration: 'received',
  registered: 'received',
  requisition_created: 'ready',
  requisition_bypassed: 'ready',
  appointment_pending: 'collecting',
  appointment_scheduled: 'collecting',
  appointment_cancelled: 'collecting',
  redraw_available: 'collecting',
  transit_customer: 'collecting',
  out_for_delivery: 'collecting',
  with_customer: 'collecting',
  transit_lab: 'collecting',
  problem_in_transit_customer: 'collecting',
  problem_in_transit_lab: 'collecting',
  draw_completed: 'with_lab',
  delivered_to_lab: 'with_lab',
  lab_processing_blocked: 'with_lab',
  partial_results: 'with_lab',
  completed: 'completed',
  order_completed: 'completed',
  corrected: 'completed',
  cancelled: 'cancelled',
  do_not_process: 'cancelled',
  sample_error: 'failed',
  lost: 'failed',
  failure_to_deliver_to_customer: 'failed',
  failure_to_deliver_to_lab: 'failed',
};

/** The first part of an order's status: Junction's own grouping, used where the last part is new or missing. */
const GROUPS: Readonly<Record<string, OrderPhase>> = {
  received: 'received',
  collecting_sample: 'collecting',
  sample_with_lab: 'with_lab',
  completed: 'completed',
  cancelled: 'cancelled',
  failed: 'failed',
};

/**
 * Returns the phase of an order, from its full status (`received.at_home_phlebotomy.ordered`) or the deprecated short
 * one.
 */
export function phaseOf(status: string | null, notice: Notice): OrderPhase {
  if (status === null) return 'unknown';
  const [group = '', , detail] = status.split('.');
  if (detail === undefined) return wordOf(GROUPS, 'order.status', group, notice) ?? 'unknown';
  return wordOf(PHASES, 'order.event', detail, notice, rowOf(GROUPS, group)) ?? 'unknown';
}

/** Returns an appointment's status as the tables spell it; a word that they do not name stays as it came. */
export function appointmentWord(status: string | null): string | null {
  return status !== null && rowOf(APPOINTMENT_PHASES, status) !== undefined ? folded(status) : status;
}

/** Returns an order's status as the tables spell it, by its last part; a new one stays as it came. */
export function orderWord(status: string | null): string | null {
  const [group = '', , detail] = status?.split('.') ?? [];
  const isKnown = detail === undefined ? rowOf(GROUPS, group) : rowOf(PHASES, detail);
  return status !== null && isKnown !== undefined ? status.split('.').map(folded).join('.') : status;
}

/** Returns the newest of an order's or appointment's events: by time, then the last one listed. */
export function newestOf(
  events: readonly (EventWire | null)[] | null | undefined,
  notice: Notice = () => undefined,
): EventWire | null {
  let newest: EventWire | null = null;
  for (const event of events ?? []) {
    if (event && (newest === null || msOf(event, notice) >= msOf(newest, notice))) newest = event;
  }
  return newest;
}

/** Returns an event's time in ms. An event without a time counts as older than all others. */
function msOf(event: EventWire, notice: Notice): number {
  return timeOf(event.created_at, { field: 'event.created_at', notice })?.ms ?? 0;
}

function wordOf<T extends AppointmentPhase | OrderPhase>(
  table: Readonly<Record<string, T>>,
  field: string,
  word: string | null,
  notice: Notice,
  otherwise?: T,
): T | 'unknown' | null {
  if (word === null) return null;
  const known = rowOf(table, word);
  if (known === undefined) notice(field, word);
  return known ?? otherwise ?? 'unknown';
}

function rowOf<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  const known = folded(word);
  return Object.hasOwn(table, known) ? table[known] : undefined;
}
