import type { Appointment, AppointmentPhase, Order, OrderPhase } from '../../booking/model';
import type { AppointmentView, BookingView } from '../../booking/schema/view';
import type { Age, Said } from '../../providers/junction/events';
import { UNHEARD } from '../../providers/once';
import { appointmentPhaseOf, phaseOf } from '../../providers/junction/statuses';
import type { News } from './news';

/** Compares news with its booking's view. News that cannot be compared counts as new, so that none is lost. */

/** The fields that a booking acts on, as in src/booking/sighting.ts. */
const COMPARED = [
  'id',
  'status',
  'eventStatus',
  'startsAt',
  'endsAt',
  'canReschedule',
] as const satisfies (keyof Appointment & keyof AppointmentView)[];

/** Returns true when the booking already shows what the news says. */
export function isShown(said: Said | null, view: BookingView | null): boolean {
  if (!said || !view) return false;
  if (said.of === 'order') return isOrderShown(said.is, view);
  const { appointment } = view;
  return appointment !== null && COMPARED.every((field) => said.is[field] === appointment[field]);
}

function isOrderShown(said: Pick<Order, 'id' | 'status'>, view: BookingView): boolean {
  if (said.id !== view.order?.id) return false;
  if (said.status === view.order.status) return true;
  const isOnItsWay = ON_ITS_WAY.includes(phaseOf(view.order.status, UNHEARD));
  return isOnItsWay && isShownOtherwise(said.status, view);
}

/** The order phases before and during the visit. */
const ON_ITS_WAY: readonly OrderPhase[] = ['received', 'ready', 'collecting'];

/**
 * Returns true when the booking shows what an order's status says although it has not read this very status. Until the
 * visit a status says only that the order can be booked, for which the booking no longer waits, or that it has an
 * appointment, which the booking holds.
 */
function isShownOtherwise(status: string, view: BookingView): boolean {
  const [, , detail = ''] = status.split('.');
  const phase = heldPhase(view);
  if (BOOKABLE.includes(detail))
    return view.status !== 'ordering' && (phase === null || phase === 'confirmed');
  const phases = Object.hasOwn(WITH_APPOINTMENT, detail) ? WITH_APPOINTMENT[detail] : undefined;
  return phase !== null && phases !== undefined && phases.includes(phase);
}

/** The last parts of an order's status while it has no appointment. */
const BOOKABLE: readonly string[] = ['ordered', 'requisition_created', 'requisition_bypassed'];

/** The last parts of an order's status while it has an appointment, with the appointment's phases that each tells. */
const WITH_APPOINTMENT: Readonly<Record<string, readonly AppointmentPhase[]>> = {
  appointment_pending: ['pending', 'reserved'],
  appointment_scheduled: ['confirmed'],
};

function heldPhase({ appointment }: BookingView): AppointmentPhase | null {
  return appointment && appointmentPhaseOf(appointment.status, appointment.eventStatus, UNHEARD);
}

/**
 * Returns the burst without news that newer news of the same order or appointment has overtaken: within one burst an
 * appointment is made and confirmed. Where nothing shows which is newer, both stay.
 */
export function newestOf(burst: readonly News[]): News[] {
  return burst.filter((news) => !burst.some((other) => isOvertaken(news.said, other.said)));
}

function isOvertaken(said: Said | null, by: Said | null): boolean {
  if (!said?.age || !by?.age || said.of !== by.of || said.is.id !== by.is.id) return false;
  return isOlder(said.age, by.age);
}

function isOlder(one: Age, other: Age): boolean {
  if (one.newestMs !== other.newestMs) return one.newestMs < other.newestMs;
  return one.events < other.events;
}
