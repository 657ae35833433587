import type { AppointmentView, BookingView, Stalled } from '../../booking/schema/view';
import { attentionText } from './attention';
import { type Paint, statusText, words } from './paint';
import { fieldRows, tableText } from './table';
import { momentText, slotText, spanText } from './times';

/** Returns a booking in full, for people. */
export function bookingText(view: BookingView, paint: Paint): string {
  return [
    fieldRows(headRows(view, paint)),
    attemptsText(view, paint),
    undosText(view, paint),
    attentionText(view, paint),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function headRows(view: BookingView, paint: Paint): [string, string][] {
  const { waitingFor, order, appointment, failure, lastRequest, stalled } = view;
  const rows: [string, string | null][] = [
    ['Booking', view.id],
    ['Status', statusText(view.status, paint)],
    ['Stands still', stalled && paint('red', stalledText(stalled))],
    ['Waits for', waitingFor && waitText(waitingFor)],
    ['Provider', `${view.provider ?? 'not known yet'}, account ${view.account ?? 'not known yet'}`],
    ['Reference', view.reference],
    ['Order', order && `${order.id} (${order.origin}), ${order.status}`],
    ['Appointment', appointment && appointmentText(appointment)],
    ['Failure', failure && paint('red', `${failure.code}: ${failure.message}`)],
    ['Last message', lastRequest && messageText(lastRequest)],
    ['Began', momentText(view.createdAt)],
    ['Changed', momentText(view.updatedAt)],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

/** Returns what a booking waits for, and how long at most. */
export function waitText({ what, until }: NonNullable<BookingView['waitingFor']>): string {
  return until === null ? what : `${what}, until ${momentText(until)}`;
}

const STALLED_WORDS: Readonly<Record<Stalled['why'], string>> = {
  task_failing: 'its workflow task keeps failing: what is shown may be out of date',
  no_worker: 'no worker takes it up: what is shown may be out of date',
  activity_waiting: 'no worker takes up what it has to do next',
  paused: 'somebody paused it in Temporal',
};

/** Returns why a booking stands still and cannot say so itself. */
export function stalledText({ since, why }: Stalled): string {
  // A word of another version is told as it is.
  const words = Object.hasOwn(STALLED_WORDS, why) ? STALLED_WORDS[why] : why;
  return since === null ? words : `${words}; since ${momentText(since)}`;
}

function appointmentText(appointment: AppointmentView): string {
  const { startsAt, endsAt, timezone, offsets, place } = appointment;
  const address = place?.address ?? appointment.address;
  return [
    startsAt === null ? momentText(null) : spanText(startsAt, endsAt, timezone, offsets),
    `${appointment.status} at ${appointment.provider}, id ${appointment.id}`,
    place?.name,
    address && addressText(address),
  ]
    .filter(Boolean)
    .join('\n');
}

function addressText(address: NonNullable<AppointmentView['address']>): string {
  const { firstLine, secondLine, city, state, zip } = address;
  return [firstLine, secondLine, city, `${state} ${zip}`].filter(Boolean).join(', ');
}

function messageText({ kind, outcome, code, by, at }: NonNullable<BookingView['lastRequest']>): string {
  const sender = by === null ? '' : ` from ${by}`;
  return `${kind}${sender}: ${outcome}${code === null ? '' : ` (${code})`}, ${momentText(at)}`;
}

function attemptsText({ attempts, attemptsLeftOut, appointment }: BookingView, paint: Paint): string {
  if (attempts.length === 0) return '';
  const rows = attempts.map(({ startsAt, outcome, reason, at }, index) => [
    `  ${attemptsLeftOut + index + 1}`,
    slotText(startsAt, appointment),
    words(outcome),
    momentText(at),
    reason ?? '',
  ]);
  return `${paint('bold', 'Slots tried')}\n${tableText(['  ', 'Starts', 'Outcome', 'Since', 'Reason'], rows)}`;
}

function undosText({ compensation }: BookingView, paint: Paint): string {
  if (compensation.length === 0) return '';
  const rows = compensation.map(({ step, outcome, attempts, at }) => [
    `  ${step}`,
    words(outcome),
    String(attempts),
    momentText(at),
  ]);
  return `${paint('bold', 'Undos')}\n${tableText(['  Step', 'Outcome', 'Tries', 'Since'], rows)}`;
}
