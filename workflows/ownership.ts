import type { OthersClaims } from '../src/booking/claims';
import type { Appointment, Sighting } from '../src/booking/model';
import type { Whose } from '../src/booking/sighting';
import { slowCore } from './activities';
import { whose } from './evidence';
import { change, type Booking } from './state';

/**
 * Ownership where refs do not return. What is new at the tried start is inferred to be the effect of the unanswered call,
 * and another booking of this deployment may infer the same of the same appointment. So before anything is inferred the
 * others are asked: what one of them knows by an answer is theirs and looked past; what one of them holds by inference,
 * or may have made by an unanswered call of its own, is for a person.
 */

/** Whose live appointment a sighting shows; what is said to be ours is so by proof, and is known by its id from then on. */
export async function inferredOurs(b: Booking, sighting: Sighting): Promise<Whose> {
  const seen = whose(b, sighting);
  const questionable = b.state.capabilities.refReturns ? [] : unproven(b, seen);
  const startsAt = b.state.unknownBook?.startsAt ?? null;
  if (questionable.length === 0 || startsAt === null) return seen;
  const claims = await claimsOn(b, startsAt, questionable);
  const rest = whose(b, without(sighting, claims.theirs));
  if (rest.is !== 'ours') return rest;
  const { appointment } = rest;
  if (claims.mayBeAnothers || claims.inferred.includes(appointment.id))
    return { is: 'ambiguous', appointments: [appointment] };
  change(b, {
    ownAppointmentIds: [...new Set([...b.state.ownAppointmentIds, appointment.id])],
    inferredIds: [...new Set([...b.state.inferredIds, appointment.id])],
  });
  return rest;
}

/** What other bookings know of these appointments. `startsAt` is where this booking's own call aimed. */
export function claimsOn(
  b: Booking,
  startsAt: string,
  appointments: readonly Appointment[],
): Promise<OthersClaims> {
  const { request, id } = b.state;
  const starts = appointments.flatMap((one) => (one.startsAt === null ? [] : [one.startsAt]));
  const otherStarts = [...new Set(starts)].filter((start) => Date.parse(start) !== Date.parse(startsAt));
  return slowCore('does another booking hold it?').othersClaims({
    provider: request.provider,
    account: request.account,
    bookingId: id,
    startsAt,
    ids: appointments.map((one) => one.id),
    otherStarts,
  });
}

/** Those that no answer named and that were not there before the call. */
function unproven(b: Booking, seen: Whose): Appointment[] {
  const shown = 'appointments' in seen ? seen.appointments : 'appointment' in seen ? [seen.appointment] : [];
  return shown.filter(({ id }) => !b.state.ownAppointmentIds.includes(id));
}

function without(sighting: Sighting, ids: readonly string[]): Sighting {
  return { ...sighting, live: sighting.live.filter(({ id }) => !ids.includes(id)) };
}
