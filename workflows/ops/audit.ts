import {
  ActivityFailure,
  ApplicationFailure,
  continueAsNew,
  proxyActivities,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { AuditActivities, ProviderAuditActivities, ReadBookings } from '../../activities/contract';
import {
  unreadableAccount,
  type AuditPlace,
  type AuditReport,
  type AuditScope,
  type Finding,
  type OrderCursor,
  type TracedOrder,
} from '../../src/booking/audit';
import { TASK_QUEUE } from '../../src/booking/names';
import { after, now, nowMs } from '../saga/clock';
import { failureOf } from '../saga/ending';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long to wait before the second look, in ms. A booking may be moving, so a mismatch counts only if it lasts. */
const LOOK_AGAIN_MS = 3_000;

/** How many bookings of one account are looked at. The report says when there are more. */
const MAX_BOOKINGS = 5_000;

/** How many findings are told, so that the report fits into one payload. The report says when there are more. */
const MAX_FINDINGS = 1_000;

/** After this time no further page is begun, and the report says so. */
const ENOUGH_MS = 45 * MINUTE_MS;

const RETRY = { initialInterval: 1_000, maximumInterval: MINUTE_MS, maximumAttempts: 5 };

/** One part of an account, as far as it has been audited. */
type Part =
  | { of: 'bookings'; place: AuditPlace; pageToken: string | null; seen: number }
  | { of: 'orders'; place: AuditPlace; cursor: OrderCursor | null };

/** An audit under way: what is carried into the next run when the history has grown. */
interface UnderWay {
  startedAt: string;
  report: AuditReport;
  left: Part[];
}

/**
 * Compares what bookings believe with what providers show, in both directions. It only reads, so it is safe at any
 * time. Provider calls run on the providers' queues, under their limits. An account that cannot be audited is a
 * finding, and does not stop the audit of others.
 */
export async function audit(scope: AuditScope, underWay?: UnderWay): Promise<AuditReport> {
  const { startedAt, report, left } = underWay ?? (await begun(scope));
  const since = after(startedAt, -scope.days * DAY_MS);
  for (let part = left.shift(); part; part = left.shift()) {
    if (nowMs() - Date.parse(startedAt) > ENOUGH_MS) {
      report.truncated = true;
      break;
    }
    const rest = await auditedPart(report, part, since);
    if (rest) left.unshift(rest);
    if (left.length > 0 && workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof audit>(scope, { startedAt, report, left });
  }
  return report;
}

async function begun(scope: AuditScope): Promise<UnderWay> {
  const startedAt = now();
  const report: AuditReport = { findings: [], bookings: 0, orders: 0, truncated: false };
  try {
    const places = await inTemporal('see which accounts there are').auditPlaces({ scope });
    const since = after(startedAt, -scope.days * DAY_MS);
    tell(report, await inTemporal('look for bookings of other accounts').unknownAccounts({ scope, since }));
    return { startedAt, report, left: places.flatMap(partsOf) };
  } catch (err) {
    const failure = failureOf(err);
    if (!failure) throw err;
    throw ApplicationFailure.nonRetryable(failure.message, failure.code, failure.facts);
  }
}

function partsOf(place: AuditPlace): Part[] {
  const bookings: Part = { of: 'bookings', place, pageToken: null, seen: 0 };
  return place.hasOrders ? [bookings, { of: 'orders', place, cursor: null }] : [bookings];
}

/** Audits one page of a part. Returns the rest of the part, or null when it is done or cannot be audited. */
async function auditedPart(report: AuditReport, part: Part, since: string): Promise<Part | null> {
  try {
    return part.of === 'bookings'
      ? await auditBookings(report, part, since)
      : await auditOrders(report, part, since);
  } catch (err) {
    if (!(err instanceof ActivityFailure) || !failureOf(err)) throw err;
    tell(report, [unreadableAccount(part.place, part.of, whyOf(err))]);
    return null;
  }
}

/** Returns why a part could not be audited. A missing worker is told apart from a silent provider. */
function whyOf(err: ActivityFailure): string {
  const { cause } = err;
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START')
    return 'no worker took it up';
  return failureOf(err)?.code ?? 'activity_failed';
}

async function auditBookings(
  report: AuditReport,
  part: Part & { of: 'bookings' },
  since: string,
): Promise<Part | null> {
  const { place, pageToken } = part;
  const why = `read the bookings of ${place.provider}, ${place.account}`;
  const page = await inTemporal(why).auditedBookings({ place, since, pageToken });
  const { findings, gaveUp } = await lastingFindings(place, page);
  tell(report, findings);
  report.bookings += page.seen;
  if (gaveUp !== null) {
    tell(report, [unreadableAccount(place, part.of, gaveUp)]);
    return null;
  }
  const seen = part.seen + page.seen;
  if (page.nextPageToken !== null && seen < MAX_BOOKINGS)
    return { ...part, pageToken: page.nextPageToken, seen };
  report.truncated ||= page.nextPageToken !== null;
  return null;
}

interface Compared {
  findings: Finding[];
  gaveUp: string | null;
}

/** Returns the mismatches that two looks show. */
async function lastingFindings(place: AuditPlace, page: ReadBookings): Promise<Compared> {
  const first = await compare(place, page);
  if (first.findings.length === 0 && first.gaveUp === null) return first;
  await sleep(LOOK_AGAIN_MS, { summary: 'let bookings that are moving settle' });
  // If the account did not answer, all bookings of the page are read again.
  const asked = first.gaveUp === null ? [] : page.bookings.map(({ id }) => id);
  const bookingIds = [...new Set([...first.findings.flatMap(({ bookingId }) => bookingId ?? []), ...asked])];
  const again = await inTemporal('read what does not fit again').readAgain({ place, bookingIds });
  const second = await compare(place, again);
  if (first.gaveUp !== null) return second;
  const marks = first.findings.map(markOf);
  return { ...second, findings: second.findings.filter((finding) => marks.includes(markOf(finding))) };
}

async function compare(place: AuditPlace, { bookings, unreadable }: ReadBookings): Promise<Compared> {
  if (bookings.length === 0) return { findings: unreadable, gaveUp: null };
  const { findings, gaveUp } = await atProvider(
    place,
    `hold ${bookings.length} bookings against the provider`,
  ).compareBookings({ place, bookings });
  return { findings: [...unreadable, ...findings], gaveUp };
}

function markOf({ kind, provider, account, bookingId, orderId, appointmentId, booking }: Finding): string {
  const part = kind === 'account_unreadable' ? booking : null;
  return JSON.stringify([kind, provider, account, bookingId, orderId, appointmentId, part]);
}

async function auditOrders(
  report: AuditReport,
  part: Part & { of: 'orders' },
  since: string,
): Promise<Part | null> {
  const { place, cursor } = part;
  const listed = await atProvider(place, 'list the orders').tracedOrders({ place, since, after: cursor });
  report.orders += listed.seen;
  const known = new Set(report.findings.map(({ orderId }) => orderId));
  const strays = await lastingStrays(
    place,
    listed.orders.filter(({ orderId }) => !known.has(orderId)),
  );
  tell(report, strays);
  if (listed.gaveUp !== null) tell(report, [unreadableAccount(place, part.of, listed.gaveUp)]);
  return listed.next && { ...part, cursor: listed.next };
}

/**
 * Returns the orders that belong to nobody in two looks: the order, or the booking whose id it carries, may be moving.
 */
async function lastingStrays(place: AuditPlace, orders: TracedOrder[]): Promise<Finding[]> {
  const first = await straysAmong(place, orders);
  if (first.length === 0) return [];
  await sleep(LOOK_AGAIN_MS, { summary: 'let orders that are moving settle' });
  const found = new Set(first.map(({ orderId }) => orderId));
  const asked = orders.filter(({ orderId }) => found.has(orderId));
  const live = await atProvider(place, 'read what does not fit again').stillLive({ place, orders: asked });
  const marks = first.map(markOf);
  return (await straysAmong(place, live)).filter((finding) => marks.includes(markOf(finding)));
}

async function straysAmong(place: AuditPlace, orders: TracedOrder[]): Promise<Finding[]> {
  if (orders.length === 0) return [];
  return inTemporal('look for the bookings of the orders').strayOrders({ place, orders });
}

/** Adds each finding once: accounts may share their provider's credentials and see the same orders. */
function tell(report: AuditReport, findings: readonly Finding[]): void {
  const told = new Set(report.findings.map(markOf));
  const fresh = findings.filter((finding) => !told.has(markOf(finding)));
  const room = MAX_FINDINGS - report.findings.length;
  report.findings.push(...fresh.slice(0, room));
  report.truncated ||= fresh.length > room;
}

function inTemporal(summary: string) {
  return proxyActivities<AuditActivities>({
    taskQueue: TASK_QUEUE.bookings,
    startToCloseTimeout: 10 * MINUTE_MS,
    heartbeatTimeout: MINUTE_MS,
    retry: RETRY,
    summary,
  });
}

/** Limits the wait for a worker too: a provider without a worker must not hold up the audit of the others. */
function atProvider({ taskQueue }: AuditPlace, summary: string) {
  return proxyActivities<ProviderAuditActivities>({
    taskQueue,
    scheduleToStartTimeout: MINUTE_MS,
    startToCloseTimeout: 15 * MINUTE_MS,
    heartbeatTimeout: MINUTE_MS,
    retry: RETRY,
    summary,
  });
}
