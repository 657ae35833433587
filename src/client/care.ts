import type { AuditedBooking, AuditPlace } from '../booking/audit';
import type { IncidentFilter, LeftBehind, Problems, Retrying, Swept } from '../booking/care';
import { auditedBookings, readAgain, unknownBookings } from './audit';
import { readLeftBehind, sweepCutOff } from './cut-off';
import type { Door } from './door';
import { retryOne, waitingFor } from './incidents';
import { findProblems } from './problems';

/** What the workers' activities need of Temporal to look after bookings. */
export interface BookingCare {
  sweepCutOff(nowMs: number, beat: () => void): Promise<Swept>;
  readLeftBehind(bookingId: string, runId: string): Promise<LeftBehind>;
  findProblems(): Promise<Problems>;
  waitingFor(incident: IncidentFilter): Promise<string[]>;
  retryOne(workflowId: string, retrying: Retrying): Promise<boolean>;
  auditedBookings(
    place: AuditPlace,
    since: string,
    pageToken: string | null,
  ): Promise<{ bookings: AuditedBooking[]; nextPageToken: string | null }>;
  readAgain(bookingIds: string[]): Promise<AuditedBooking[]>;
  unknownBookings(bookingIds: string[]): Promise<string[]>;
}

/** The care of the client's namespace. */
export function createBookingCare(door: Door): BookingCare {
  return {
    sweepCutOff: (nowMs, beat) => sweepCutOff(door, nowMs, beat),
    readLeftBehind: (bookingId, runId) => readLeftBehind(door, bookingId, runId),
    findProblems: () => findProblems(door),
    waitingFor: (incident) => waitingFor(door, incident),
    retryOne: (workflowId, retrying) => retryOne(door, workflowId, retrying),
    auditedBookings: (place, since, pageToken) => auditedBookings(door, place, since, pageToken),
    readAgain: (bookingIds) => readAgain(door, bookingIds),
    unknownBookings: (bookingIds) => unknownBookings(door, bookingIds),
  };
}
