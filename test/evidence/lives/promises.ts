import type { BookingView } from '../../../src/booking/schema/view';
import type { Lane } from '../../matrix/lanes';

/** Promises 1 to 4, held against what stands at the stand-ins of one case. */

/** What is somebody else's, before and after. */
export interface Bystanders {
  order: string;
  appointments: Standing[];
}

/** An appointment that is live. */
interface Standing {
  id: string;
  status: string;
  startsAt: string | null;
}

/** What a case has to say beside what is seen. */
export interface Told {
  keptOrder: string | null;
  bystanders: Bystanders;
  /** Whether somebody asked for the end: the caller, or a person who was asked. */
  wasToEnd: boolean;
  /** Whether a person took something that stands upon themselves. */
  wasLeft: boolean;
  /** Whether the one refusal of the case may end a booking by itself. */
  mayFail: boolean;
}

const DAY_MS = 86_400_000;
const OTHER_USER = '0d7b9d4e-5c0b-4a57-9a39-6f3b1f5c2a10';
/** The client of atPractice() in the clinic's seed, and another one. */
const OWN_CLIENT = { client_id: '301', patient_id: '701' };
const OTHER_CLIENT = { client_id: '302', patient_id: '703' };

/** Makes what is somebody else's: another patient's order and visit, and at the practice another visit of the same client. */
export async function placeBystanders({ sandbox, clinic }: Lane): Promise<Bystanders> {
  const times = (days: number) => ({
    start_at: new Date(Date.now() + days * DAY_MS).toISOString(),
    end_at: new Date(Date.now() + days * DAY_MS + 1_200_000).toISOString(),
  });
  const order = await sandbox.placeReadyOrder({ user_id: OTHER_USER });
  await sandbox.control('appointments', { order_id: order, status: 'confirmed', ...times(3) });
  await clinic.control('appointments', { ...OWN_CLIENT, ...times(20) });
  await clinic.control('appointments', { ...OTHER_CLIENT, ...times(4) });
  return { order, appointments: await liveAppointments({ sandbox, clinic }) };
}

type Places = Pick<Lane, 'sandbox' | 'clinic'>;

async function liveAppointments({ sandbox, clinic }: Places): Promise<Standing[]> {
  const [junction, oliver] = [await sandbox.state(), await clinic.state()];
  return [
    ...junction.appointments
      .filter(({ id }) => junction.live.appointments.includes(id))
      .map(({ id, status, start_at: startsAt }) => ({ id, status, startsAt })),
    ...oliver.appointments
      .filter(({ id }) => oliver.live.appointments.includes(String(id)))
      .map(({ id, status, booking_date }) => ({ id: String(id), status, startsAt: String(booking_date) })),
  ];
}

/** What is broken, in words; empty where every promise holds. */
export async function brokenPromises(places: Places, view: BookingView, told: Told): Promise<string[]> {
  const all = await liveAppointments(places);
  const { live } = await places.sandbox.state();
  const others = told.bystanders.appointments.map(({ id }) => id);
  const own = all.filter(({ id }) => !others.includes(id));
  const ownOrders = live.orders.filter((id) => id !== told.bystanders.order && id !== told.keptOrder);
  return [
    ...oneAppointment(view, own, told),
    ...nothingLeft(view, own, ownOrders),
    ...nothingHidden(view, own, told),
    ...noFalseUndo(view, told),
    ...untouched(told, all, live.orders),
  ];
}

const isOver = ({ status }: BookingView) => status === 'cancelled' || status === 'failed';
const isLeft = ({ compensation }: BookingView, step: string) =>
  compensation.some((undo) => undo.step === step && undo.outcome === 'left_to_person');

/** Promise 1. Two may stand where a person is asked about a move by booking anew, or has left one of them. */
function oneAppointment({ provider, attention }: BookingView, own: Standing[], { wasLeft }: Told): string[] {
  const most = wasLeft || (provider === 'oliver' && attention) ? 2 : 1;
  return own.length > most ? [`${own.length} live appointments: ${JSON.stringify(own)}`] : [];
}

/** Promise 2. */
function nothingLeft(view: BookingView, own: Standing[], ownOrders: string[]): string[] {
  if (!isOver(view)) return [];
  return [
    ...(own.length > 0 && !isLeft(view, 'appointment')
      ? [`ended ${view.status} with live appointments ${JSON.stringify(own)}`]
      : []),
    ...(ownOrders.length > 0 && !isLeft(view, 'order')
      ? [`ended ${view.status} with live orders ${ownOrders.join(', ')}`]
      : []),
  ];
}

/** Promise 3: what is confirmed is what stands, what is over has no undo open, and what is neither asks. */
function nothingHidden(view: BookingView, own: Standing[], { wasLeft }: Told): string[] {
  const { status, attention, appointment, compensation } = view;
  if (isOver(view))
    return compensation
      .filter(({ outcome }) => outcome === 'pending')
      .map(({ step }) => `ended ${status} with the undo of the ${step} pending`);
  if (attention) return [];
  if (status !== 'confirmed') return [`stands ${status}, and nobody is asked`];
  const stands = own.some(
    ({ id, startsAt }) => id === appointment?.id && timeOf(startsAt) === timeOf(appointment.startsAt),
  );
  if (stands && (own.length === 1 || wasLeft)) return [];
  return [`confirmed as ${appointment?.id} at ${appointment?.startsAt}, but live: ${JSON.stringify(own)}`];
}

const timeOf = (time: string | null | undefined) => (time ? Date.parse(time) : null);

/** Promise 4 about the booking itself: what nobody asked to end has not ended because of an answer that says nothing. */
function noFalseUndo(view: BookingView, { wasToEnd, mayFail }: Told): string[] {
  if (!isOver(view) || wasToEnd || mayFail) return [];
  return [`ended ${view.status} (${view.failure?.code ?? 'no code'}) though nobody asked for that`];
}

/** Promise 4 about everybody else's. */
function untouched({ keptOrder, bystanders }: Told, all: Standing[], liveOrders: string[]): string[] {
  const changed = bystanders.appointments.filter(
    (was) =>
      !all.some((now) => now.id === was.id && now.status === was.status && now.startsAt === was.startsAt),
  );
  return [
    ...changed.map(({ id }) => `somebody else's appointment ${id} was touched`),
    ...(liveOrders.includes(bystanders.order) ? [] : ["somebody else's order is no longer live"]),
    ...(keptOrder === null || liveOrders.includes(keptOrder)
      ? []
      : ['the order that its caller keeps is cancelled']),
  ];
}
