import type { FeeTerms } from '../activities/contract';
import { costsFeeNow } from '../src/booking/fee';
import type { Appointment } from '../src/booking/model';
import { nowMs } from './clock';
import type { Booking } from './state';

/** Whether giving the appointment up now would cost a fee, as far as the provider's terms are known. */
export function costsFee(b: Booking, appointment: Appointment | null): boolean {
  return appointment !== null && costsFeeNow(appointment, b.state.capabilities.feeWindowMs, nowMs());
}

/** What an undo may cost. */
export function feeTermsOf({ state, areFeesAccepted }: Booking): FeeTerms {
  const { capabilities, request, acceptFees } = state;
  return {
    feeWindowMs: capabilities.feeWindowMs,
    accepted: areFeesAccepted || acceptFees || request.policy?.acceptFees === true,
  };
}
