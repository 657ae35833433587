import type { AppointmentPhase, OrderPhase } from '../../booking/model';
import type { BookingView } from '../../booking/schema/view';
import { UNHEARD } from '../once';
import { appointmentPhaseOf, phaseOf } from './statuses';

/** Tells whether a booking shows what an order's status says in other words. */

/** The order phases before and during the visit. */
const ON_ITS_WAY: readonly OrderPhase[] = ['received', 'ready', 'collecting'];

/**
 * Returns true when the booking shows what an order's status says although it has not read this very status. Until the
 * visit a status says only that the order can be booked, for which the booking no longer waits, or that it has an
 * appointment, which the booking holds.
 */
export function showsOrderOtherwise(status: string, view: BookingView): boolean {
  const isOnItsWay = view.order && ON_ITS_WAY.includes(phaseOf(view.order.status, UNHEARD));
  if (!isOnItsWay) return false;
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
