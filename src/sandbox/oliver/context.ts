import type { Agenda } from '../agenda';
import type { Clock } from '../clock';
import type { AppointmentRecord, NewJob, OliverJob, OliverState, Practice } from './state';

/** The parts that every operation of the sandbox works on. */
export interface Context {
  readonly state: OliverState;
  readonly clock: Clock;
  /** How long a token lasts, in sandbox ms. */
  readonly tokenLifetimeMs: number;
  /** Each practice's IANA zone: its slots follow its wall clocks. */
  readonly timezones: Readonly<Record<Practice, string>>;
  /** Plans a job `inMs` real ms from now. */
  plan(job: NewJob, inMs: number): void;
  readonly agenda: Agenda<OliverJob>;
}

/** Returns the present time in the format of the wire. */
export function timestamp(context: Context): string {
  return new Date(context.clock.now()).toISOString();
}

/** Returns the zone of a practice's wall clocks. */
export function zoneOf({ state, timezones }: Context, practice: Practice): string {
  const offset = state.offsets[practice];
  return offset === null ? timezones[practice] : `UTC${offset}`;
}

/** Larger than any integer that a JavaScript number holds exactly. It is odd, so all ids made from it are odd. */
const BIG = 2n ** 60n + 1n;

/** Returns a new unique number as text; while `bigIds` is on, a JavaScript number cannot hold it. */
export function newId({ state }: Context): string {
  const id = state.nextId++;
  return String(state.quirks.bigIds ? BIG + 2n * BigInt(id) : id);
}

const OVER: readonly string[] = ['DONE', 'DELETED', 'DECLINED'];

/** Returns true when an appointment holds its slot: it is not over. Unknown statuses count as live. */
export function isLive(appointment: AppointmentRecord): boolean {
  return !OVER.includes(appointment.status);
}
