import { FINDINGS, type AuditReport } from '../../booking/audit';
import type { Incident, StuckReport } from '../../booking/ops';
import type { Bulk } from '../../client/booking-client';
import type { Paint } from './paint';
import { fieldRows, tableText } from './table';
import { momentText } from './times';

/** The output of the commands that look after many bookings at once. */

/** Returns an audit's findings, one per row, and what each kind means. */
export function auditText({ findings, bookings, orders, truncated }: AuditReport, paint: Paint): string {
  const looked = `Looked at ${bookings} bookings and ${orders} orders.`;
  const more = truncated
    ? ' There was more than one audit can list: ask for fewer days, or for one account.'
    : '';
  if (findings.length === 0) return `${looked}${more} Everything fits.`;
  const rows = findings.map((finding) => [
    paint('yellow', finding.kind),
    finding.bookingId ?? '',
    [finding.provider, finding.account].join('/'),
    finding.orderId ?? '',
    finding.booking,
    finding.shown,
  ]);
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  return [
    tableText(['Finding', 'Booking', 'Provider', 'Order', 'Booking says', 'Provider shows'], rows),
    '',
    fieldRows(kinds.map((kind) => [`  ${kind}`, FINDINGS[kind]])),
    '',
    `${looked}${more}`,
  ].join('\n');
}

/** Returns incidents, the largest first. */
export function incidentsText(incidents: readonly Incident[], paint: Paint): string {
  if (incidents.length === 0) return 'Nothing waits for a person.';
  const rows = incidents.map(({ reason, provider, account, count, since, bookingIds }) => [
    paint('yellow', reason),
    [provider, account].filter(Boolean).join('/'),
    String(count),
    since === null ? '' : momentText(since),
    bookingIds[0] ?? '',
  ]);
  return tableText(['Reason', 'Provider', 'Bookings', 'First began', 'For example'], rows);
}

/** Returns the bookings that cannot report themselves. */
export function stuckText(
  { stuck, unattendedQueues, tellsFailingTasks, sweepFails }: StuckReport,
  paint: Paint,
): string {
  const rows = stuck.map(({ bookingId, cause, detail, since }) => [
    bookingId,
    paint('yellow', cause),
    detail,
    since === null ? '' : momentText(since),
  ]);
  return [
    rows.length === 0 ? 'Nothing is stuck.' : tableText(['Booking', 'Cause', 'Detail', 'Since'], rows),
    ...unattendedQueues.map((queue) => `No worker takes tasks of ${queue}.`),
    sweepFails &&
      `The newest sweep ended badly (${sweepFails}): nobody looks for bookings that were cut off.`,
    tellsFailingTasks ? '' : 'This Temporal server does not tell which workflow tasks keep failing.',
  ]
    .filter(Boolean)
    .join('\n');
}

/** How many bookings are named in a line; --json names more. */
const MAX_NAMED = 10;

/** Returns how far a resumption has come. */
export function bulkText({ id, total, resumed, passedOver, changed, failed, failedIds, done }: Bulk): string {
  const of = total === null ? '' : ` of ${total}`;
  const passed = passedOver === 0 ? '' : `, ${passedOver} had ended`;
  const left = changed === 0 ? '' : `, ${changed} left alone: decided meanwhile, or asking anew`;
  const named = failedIds.slice(0, MAX_NAMED).join(' ');
  const lost =
    failed === 0 ? '' : `, ${failed} could not be told (${named}${failed > MAX_NAMED ? ' …' : ''})`;
  return `${done ? 'Done' : 'Under way'}: ${resumed}${of} resumed${passed}${left}${lost} (${id}).`;
}
