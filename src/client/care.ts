import type { IncidentFilter, Problems, Swept } from '../booking/care';
import { sweepCutOff } from './cut-off';
import type { Door } from './door';
import { retryOne, waitingFor } from './incidents';
import { findProblems } from './problems';

/** What the workers' activities need of Temporal to look after bookings. */
export interface BookingCare {
  sweepCutOff(beat: () => void): Promise<Swept>;
  findProblems(): Promise<Problems>;
  waitingFor(incident: IncidentFilter): Promise<string[]>;
  retryOne(workflowId: string, by: string): Promise<boolean>;
}

/** The care of the client's namespace. */
export function createBookingCare(door: Door): BookingCare {
  return {
    sweepCutOff: (beat) => sweepCutOff(door, beat),
    findProblems: () => findProblems(door),
    waitingFor: (incident) => waitingFor(door, incident),
    retryOne: (workflowId, by) => retryOne(door, workflowId, by),
  };
}
