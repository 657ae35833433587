import type { FeeTerms } from '../../activities/contract';
import { costsFeeNow } from '../../src/booking/fee';
import type { Appointment } from '../../src/booking/model';
import { nowMs } from './clock';
import { feesAccepted } from './parts/callers';
import { isRead, type Begun, type Booking } from './state';

/** Returns true when giving the appointment up now would cost a fee, as far as the provider's terms are known. */
export function costsFee(b: Begun, appointment: Appointment | null): boolean {
  if (appointment === null || !isRead(b)) return false;
  return costsFeeNow(appointment, b.state.terms.capabilities.feeWindowMs, nowMs());
}

/** Returns the provider's fee terms, and whether the undo may cost the fee. */
export function feeTermsOf({ state, areFeesAccepted }: Booking): FeeTerms {
  const { capabilities, request } = state.terms;
  const { acceptFees } = state.callers;
  return {
    feeWindowMs: capabilities.feeWindowMs,
    accepted: areFeesAccepted || acceptFees || request.policy?.acceptFees === true,
  };
}

/** Makes one move or one undo. Fees that are accepted for it, or while it runs, are accepted for nothing after it. */
export async function withOwnFees<T>(b: Booking, accepted: boolean, run: () => Promise<T>): Promise<T> {
  const { areFeesAccepted } = b;
  b.areFeesAccepted = accepted;
  try {
    return await run();
  } finally {
    b.areFeesAccepted = areFeesAccepted;
  }
}

/** Records that a person accepts fees: at the booking's end for all undos, before it only for what is under way. */
export function acceptFees(b: Booking): void {
  if (b.state.undo.isUnderWay) feesAccepted(b);
  else b.areFeesAccepted = true;
}
