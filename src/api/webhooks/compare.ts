import type { Appointment, AppointmentPhase, Order, OrderPhase } from '../../booking/model';
import type { AppointmentView, BookingView } from '../../booking/schema/view';
import type { Age, Said } from '../../providers/junction/events';
import { UNHEARD } from '../../providers/once';
import { appointmentPhaseOf, phaseOf } from '../../providers/junction/statuses';
import type { News } from './news';

/** What news says, compared with what its booking shows. What cannot be compared counts as new, so that no news is lost. */

/** What a booking acts on, as src/booking/sighting.ts has it. */
const COMPARED = [
  'id',
  'status',
  'eventStatus',
  'startsAt',
  'endsAt',
  'canReschedule',
] as const satisfies (keyof Appointment & keyof AppointmentView)[];

/** Returns true when the booking shows already what was said. */
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

/** Order phases until the visit. */
const ON_ITS_WAY: readonly OrderPhase[] = ['received', 'ready', 'collecting'];

/**
 * An order on its way says two things, and its booking shows both even where it has not read this very status: that it can be
 * booked, for which the booking no longer waits, and that it has an appointment, which the booking holds.
 */
function isShownOtherwise(status: string, view: BookingView): boolean {
  const [, , detail = ''] = status.split('.');
  const phase = heldPhase(view);
  if (BOOKABLE.includes(detail))
    return view.status !== 'ordering' && (phase === null || phase === 'confirmed');
  const phases = Object.hasOwn(WITH_APPOINTMENT, detail) ? WITH_APPOINTMENT[detail] : undefined;
  return phase !== null && phases !== undefined && phases.includes(phase);
}

/** The last part of an order's status until there is an appointment. */
const BOOKABLE: readonly string[] = ['ordered', 'requisition_created', 'requisition_bypassed'];

/** The last part of an order's status while there is an appointment, and the phases of one of which it says no more. */
const WITH_APPOINTMENT: Readonly<Record<string, readonly AppointmentPhase[]>> = {
  appointment_pending: ['pending', 'reserved'],
  appointment_scheduled: ['confirmed'],
};

function heldPhase({ appointment }: BookingView): AppointmentPhase | null {
  return appointment && appointmentPhaseOf(appointment.status, appointment.eventStatus, UNHEARD);
}

/**
 * Leaves out what other news of the same order or appointment has overtaken: within one burst an appointment is made and
 * confirmed. Where it is not told which is newer, both stay.
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
