import type { OtherVisit } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import { readsOnce } from '../saga/activities';
import { failureOf } from '../saga/ending';
import { targetOf, type Booking } from '../saga/state';

/**
 * Explains a refusal in unknown words by a read before a person is asked: most often the patient already has a live
 * appointment with the provider. The read has one try, because a person is better told at once than told why.
 */
export async function explained(b: Booking, said: string): Promise<Failure> {
  const visit = await otherVisit(b);
  return visit
    ? new Failure('patient_has_appointment', { said, hint: hintOf(visit) })
    : new Failure('unexpected_answer', { said });
}

/**
 * Returns the patient's other appointment, or null when there is none or the read fails: then only the refusal is
 * shown.
 */
async function otherVisit(b: Booking): Promise<OtherVisit | null> {
  const { request, capabilities } = b.state.terms;
  const order = b.state.order.known;
  const userId = request.patient?.userId ?? order?.userId;
  if (capabilities.orderKind === null || !order || !userId) return null;
  try {
    const read = readsOnce(b, 'look for another visit of the patient that explains the refusal');
    return await read.findOtherVisit({ target: targetOf(b), orderId: order.id, userId });
  } catch (err) {
    if (!failureOf(err)) throw err;
    return null;
  }
}

function hintOf({ appointmentId, orderId, startsAt, bookingId }: OtherVisit): string {
  const maker = bookingId === null ? 'no booking of ours is known to have made it' : `booking ${bookingId}`;
  return `Appointment ${appointmentId} at ${startsAt ?? 'no time yet'}, order ${orderId}, ${maker}.`;
}
