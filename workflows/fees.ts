import type { FeeTerms } from '../activities/contract';
import type { Appointment } from '../src/booking/model';
import { nowMs } from './clock';
import type { Booking } from './state';

/** Whether giving the appointment up now would cost a fee, as far as the provider's terms are known. */
export function costsFee(b: Booking, appointment: Appointment | null): boolean {
  const { feeWindowMs } = b.state.capabilities;
  if (feeWindowMs === 0 || !appointment?.startsAt || appointment.standing === 'cancelled') return false;
  return Date.parse(appointment.startsAt) - nowMs() < feeWindowMs;
}

/** What an undo may cost. */
export function feeTermsOf({ state, areFeesAccepted }: Booking): FeeTerms {
  const { capabilities, request, acceptFees } = state;
  return {
    feeWindowMs: capabilities.feeWindowMs,
    accepted: areFeesAccepted || acceptFees || request.policy?.acceptFees === true,
  };
}
