import { ApplicationFailure, proxyActivities, sleep } from '@temporalio/workflow';
import type { AuditActivities, ProviderAuditActivities } from '../activities/contract';
import type { AuditedBooking, AuditPlace, AuditReport, AuditScope, Finding } from '../src/booking/audit';
import { TASK_QUEUE } from '../src/booking/names';
import { after, now } from './clock';
import { failureOf } from './ending';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A booking may be moving while it is looked at: what does not fit counts when it still does not, so much later. */
const LOOK_AGAIN_MS = 3_000;

/** More bookings at one account than this are not looked at; the report says so. */
const MAX_BOOKINGS = 5_000;

const RETRY = { initialInterval: 1_000, maximumInterval: MINUTE_MS, maximumAttempts: 5 };

/**
 * Holds what bookings believe against what providers show, in both directions. It only reads, so it is safe at any
 * time; provider calls run on the providers' queues, under their limits.
 */
export async function audit(scope: AuditScope): Promise<AuditReport> {
  const report: AuditReport = { findings: [], bookings: 0, orders: 0, truncated: false };
  const since = after(now(), -scope.days * DAY_MS);
  try {
    const places = await inTemporal('see which accounts there are').auditPlaces({ scope });
    for (const place of places) {
      await auditBookings(report, place, since);
      if (place.hasOrders) await auditOrders(report, place, since);
    }
    return report;
  } catch (err) {
    const failure = failureOf(err);
    if (!failure) throw err;
    throw ApplicationFailure.nonRetryable(failure.message, failure.code, failure.facts);
  }
}

async function auditBookings(report: AuditReport, place: AuditPlace, since: string): Promise<void> {
  let pageToken: string | null = null;
  let seen = 0;
  do {
    const page: { bookings: AuditedBooking[]; nextPageToken: string | null } = await inTemporal(
      `read the bookings of ${place.provider}, ${place.account}`,
    ).auditedBookings({ place, since, pageToken });
    report.findings.push(...(await standingFindings(place, page.bookings)));
    seen += page.bookings.length;
    pageToken = page.nextPageToken;
  } while (pageToken !== null && seen < MAX_BOOKINGS);
  report.bookings += seen;
  report.truncated ||= pageToken !== null;
}

/** What does not fit, twice. */
async function standingFindings(place: AuditPlace, bookings: AuditedBooking[]): Promise<Finding[]> {
  const first = await compare(place, bookings);
  if (first.length === 0) return [];
  await sleep(LOOK_AGAIN_MS, { summary: 'let bookings that are moving settle' });
  const bookingIds = [...new Set(first.flatMap(({ bookingId }) => bookingId ?? []))];
  const second = await compare(
    place,
    await inTemporal('read what does not fit again').readAgain({ bookingIds }),
  );
  const marks = first.map(markOf);
  return second.filter((finding) => marks.includes(markOf(finding)));
}

function compare(place: AuditPlace, bookings: AuditedBooking[]): Promise<Finding[]> {
  return atProvider(place, `hold ${bookings.length} bookings against the provider`).compareBookings({
    place,
    bookings,
  });
}

function markOf({ kind, bookingId, orderId, appointmentId }: Finding): string {
  return JSON.stringify([kind, bookingId, orderId, appointmentId]);
}

async function auditOrders(report: AuditReport, place: AuditPlace, since: string): Promise<void> {
  const { orders, seen } = await atProvider(place, 'list the orders').tracedOrders({ place, since });
  report.orders += seen;
  const known = new Set(report.findings.map(({ orderId }) => orderId));
  const strays = await inTemporal('look for the bookings of the orders').withoutBooking({ place, orders });
  report.findings.push(...strays.filter(({ orderId }) => !known.has(orderId)));
}

function inTemporal(summary: string) {
  return proxyActivities<AuditActivities>({
    taskQueue: TASK_QUEUE.bookings,
    startToCloseTimeout: 5 * MINUTE_MS,
    retry: RETRY,
    summary,
  });
}

function atProvider({ taskQueue }: AuditPlace, summary: string) {
  return proxyActivities<ProviderAuditActivities>({
    taskQueue,
    startToCloseTimeout: 30 * MINUTE_MS,
    heartbeatTimeout: MINUTE_MS,
    retry: RETRY,
    summary,
  });
}
