import { randomUUID } from 'node:crypto';
import type { Choice, FailureCode } from '../../../src/booking/failures';
import type { BookingStatus } from '../../../src/booking/schema/view';
import type { Lane } from '../../matrix/lanes';
import { adopting, atPractice, type SagaRig } from '../../support/saga';

/** One way in which a booking comes to need a person, and what follows each of the choices. */
export interface Case {
  reason: FailureCode;
  /** Where in its life the booking is. */
  when: string;
  /** Brings a booking there; it shows the reason by itself then. */
  reach(stage: Stage): Promise<Reached>;
  /** Every choice that is offered, and no other. */
  choices: Partial<Record<Choice, Outcome>>;
}

export interface Stage extends Lane {
  rig: SagaRig;
}

export interface Reached {
  id: string;
  /** The order whose live things are counted; none at providers without orders. */
  orderId: string | null;
  /** Takes the cause away. */
  mend(): Promise<unknown>;
  /** Does by hand at the provider what the booking could not. */
  undoByHand?: () => Promise<unknown>;
}

export interface Outcome {
  /** What happens before the person decides. */
  first?: 'mend' | 'undoByHand';
  /** Where the booking gets to. */
  status: BookingStatus;
  /** The reason that it shows there, when it needs a person again. */
  asks?: FailureCode;
  /** What is live of the order then. */
  live?: { order: boolean; appointments: number };
}

export const NOTHING_LIVE = { order: false, appointments: 0 };
export const ORDER_LIVE = { order: true, appointments: 0 };
export const BOTH_LIVE = { order: true, appointments: 1 };

/** Starts a booking of an order that is there already. */
export async function startAdopting(
  { rig, account, sandbox }: Stage,
  onFailure: 'cancel' | 'keep',
  {
    prepare,
    ...overrides
  }: { prepare?: (orderId: string) => Promise<unknown>; [field: string]: unknown } = {},
): Promise<{ id: string; orderId: string }> {
  const orderId = await sandbox.placeOrder();
  await prepare?.(orderId);
  const { booking } = await rig.bookings.start(adopting(orderId, onFailure, { account, ...overrides }));
  return { id: booking.id, orderId };
}

/** Starts one and waits until it is confirmed; the id of its appointment. */
export async function startConfirmed(
  stage: Stage,
  onFailure: 'cancel' | 'keep',
  overrides: Record<string, unknown> = {},
): Promise<{ id: string; orderId: string; appointmentId: string }> {
  const started = await startAdopting(stage, onFailure, overrides);
  const view = await stage.rig.until(started.id, ({ status }) => status === 'confirmed');
  return { ...started, appointmentId: view.appointment?.id ?? '' };
}

/** Puts somebody else's appointment on an order; its id. */
export async function placeForeign({ sandbox }: Pick<Lane, 'sandbox'>, orderId: string): Promise<string> {
  const startsAt = Date.now() + 3 * 86_400_000;
  const made = await sandbox.control('appointments', {
    order_id: orderId,
    status: 'confirmed',
    start_at: new Date(startsAt).toISOString(),
    end_at: new Date(startsAt + 3_600_000).toISOString(),
  });
  return String(Reflect.get(Object(made), 'id'));
}

/** A confirmed booking of a client who has no other. */
export async function confirmedAtPractice(rig: SagaRig): Promise<{ id: string; appointmentId: string }> {
  const remoteId = randomUUID().slice(0, 8);
  await rig.clinic.control('clients', {
    ...{ first_name: 'Test', last_name: 'Client', remote_id: `C-${remoteId}` },
    patients: [{ name: 'Biscuit', remote_id: `P-${remoteId}` }],
  });
  const who = { client: { remoteId: `C-${remoteId}` }, patient: { remoteId: `P-${remoteId}` } };
  const { booking } = await rig.bookings.start(atPractice(who));
  const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
  return { id: booking.id, appointmentId: appointment?.id ?? '' };
}
