import type { Agenda } from '../agenda';
import type { Clock } from '../clock';
import type { Oddity } from '../oddities';
import type { Webhooks } from '../webhooks';
import { REFUSALS } from './errors';
import { LIVE_APPOINTMENT } from './rules';
import type { AppointmentRecord, JunctionJob, JunctionState, NewJob, OrderRecord, VisitKind } from './state';

/** The parts that every operation of the sandbox works on. */
export interface Context {
  readonly state: JunctionState;
  readonly clock: Clock;
  readonly webhooks: Webhooks;
  /** How long a booking key lasts, in sandbox ms. */
  readonly keyLifetimeMs: number;
  /** Plans a job `inMs` real ms from now. */
  plan(job: NewJob, inMs: number): void;
  readonly agenda: Agenda<JunctionJob>;
}

/** Returns the present time in the format of the wire. */
export function timestamp(context: Context): string {
  return new Date(context.clock.now()).toISOString();
}

/** Returns the quirks and zones that apply to answers and webhooks now. */
export function oddityOf({ state }: Context): Oddity {
  const { quirks, zone } = state;
  const zoneName = zone.name === null ? undefined : zone.name === '' ? null : zone.name;
  return { quirks, zone: 'utc', offset: zone.offset, zoneName };
}

/** Returns the order. Refuses with 404 when there is none. */
export function orderOf(context: Context, id: string): OrderRecord {
  const { orders } = context.state;
  const order = Object.hasOwn(orders, id) ? orders[id] : undefined;
  if (!order) throw REFUSALS.noOrder();
  return order;
}

/** Returns an order's newest appointment of a kind, preferring a live one; null when the order has none. */
export function currentAppointment(
  context: Context,
  orderId: string,
  kind?: VisitKind,
): AppointmentRecord | null {
  const all = Object.values(context.state.appointments).filter(
    (appointment) => appointment.orderId === orderId && (kind === undefined || appointment.kind === kind),
  );
  return all.findLast(isLive) ?? all.at(-1) ?? null;
}

/** Returns true when an appointment holds its slot. */
export function isLive(appointment: AppointmentRecord): boolean {
  return LIVE_APPOINTMENT.includes(appointment.status);
}
