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

/** The zone of the walls' clocks at a practice. */
export function zoneOf({ state, timezones }: Context, practice: Practice): string {
  const offset = state.offsets[practice];
  return offset === null ? timezones[practice] : `UTC${offset}`;
}

/** Above all that a JavaScript number holds exactly; as it is odd, so are all ids made of it. */
const BIG = 2n ** 60n + 1n;

/** A number that no other record has, as text: with `bigIds` it is one that a JavaScript number cannot hold. */
export function newId({ state }: Context): string {
  const id = state.nextId++;
  return String(state.quirks.bigIds ? BIG + 2n * BigInt(id) : id);
}

const OVER: readonly string[] = ['DONE', 'DELETED', 'DECLINED'];

/** Returns true when an appointment holds its slot: anything that is not over, unknown statuses included. */
export function isLive(appointment: AppointmentRecord): boolean {
  return !OVER.includes(appointment.status);
}
