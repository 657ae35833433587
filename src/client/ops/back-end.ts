import type { AuditPlace, Finding, TracedOrder } from '../../booking/audit';
import type { ProviderName } from '../../booking/model';
import type {
  IncidentFilter,
  LeftBehind,
  StuckReport,
  Retrying,
  Swept,
  Told,
  Waiting,
  WaitingCursor,
} from '../../booking/ops';
import type { ClientContext } from '../executions/client-context';
import { auditedBookings, otherAccounts, readAgain, strayOrders, type Read } from './audit';
import { readLeftBehind, sweepCutOff } from './cut-off';
import { retryOne, waitingFor } from './incidents';
import { findStuckBookings } from './stuck';

/** What the workers' activities need from Temporal to look after bookings. */
export interface OpsBackEnd {
  sweepCutOff(nowMs: number, beat: () => void): Promise<Swept>;
  readLeftBehind(bookingId: string, runId: string): Promise<LeftBehind>;
  findStuckBookings(nowMs: number): Promise<StuckReport>;
  waitingFor(incident: IncidentFilter, before: string, after: WaitingCursor | null): Promise<Waiting>;
  retryOne(workflowId: string, retrying: Retrying & { since: string | null }): Promise<Told>;
  auditedBookings(
    place: AuditPlace,
    since: string,
    pageToken: string | null,
  ): Promise<Read & { seen: number; nextPageToken: string | null }>;
  readAgain(place: AuditPlace, bookingIds: string[]): Promise<Read>;
  strayOrders(place: AuditPlace, orders: TracedOrder[]): Promise<Finding[]>;
  otherAccounts(
    provider: ProviderName,
    known: readonly string[],
    since: string,
  ): Promise<{ account: string; bookings: number }[]>;
}

/** Creates the back end for the bookings of the client's namespace. */
export function createOpsBackEnd(context: ClientContext): OpsBackEnd {
  return {
    sweepCutOff: (nowMs, beat) => sweepCutOff(context, nowMs, beat),
    readLeftBehind: (bookingId, runId) => readLeftBehind(context, bookingId, runId),
    findStuckBookings: (nowMs) => findStuckBookings(context, undefined, nowMs),
    waitingFor: (incident, before, after) => waitingFor(context, incident, before, after),
    retryOne: (workflowId, retrying) => retryOne(context, workflowId, retrying),
    auditedBookings: (place, since, pageToken) => auditedBookings(context, place, since, pageToken),
    readAgain: (place, bookingIds) => readAgain(context, place, bookingIds),
    strayOrders: (place, orders) => strayOrders(context, place, orders),
    otherAccounts: (provider, known, since) => otherAccounts(context, provider, known, since),
  };
}
