import type { Agenda } from '../agenda';
import type { Clock } from '../clock';
import type { AppointmentRecord, NewJob, OliverJob, OliverState, Practice } from './state';

/** What every operation of the sandbox works on. */
export interface Context {
  readonly state: OliverState;
  readonly clock: Clock;
  /** How long a token lasts, in sandbox ms. */
  readonly tokenLifetimeMs: number;
  /** Each practice's IANA zone: its slots are on its walls' clocks. */
  readonly timezones: Readonly<Record<Practice, string>>;
  /** Plans a job `inMs` real ms from now. */
  plan(job: NewJob, inMs: number): void;
  readonly agenda: Agenda<OliverJob>;
}

/** Now, as the wire has it. */
export function timestamp(context: Context): string {
  return new Date(context.clock.now()).toISOString();
}

/** A number that no other record has. */
export function newId(context: Context): number {
  return context.state.nextId++;
}

const OVER: readonly string[] = ['DONE', 'DELETED', 'DECLINED'];

/** Whether an appointment holds its slot: anything that is not over, unknown statuses included. */
export function isLive(appointment: AppointmentRecord): boolean {
  return !OVER.includes(appointment.status);
}
