import type { OthersClaims } from '../../src/booking/claims';
import type { Appointment, Sighting } from '../../src/booking/model';
import type { Ownership } from '../../src/booking/sighting';
import { isSameTime } from '../../src/booking/times';
import { slowCore } from './activities';
import { after } from './clock';
import { ownershipOf } from './ownership';
import { inferredAsOwn } from './parts/appointment';
import { effectInferred, foundToBeOthers } from './parts/doubts';
import { publish, publishedStart } from './publish';
import type { Booking } from './state';

/**
 * Ownership where refs do not return. A new appointment at the tried start is inferred to be the effect of the
 * unanswered call, but another booking of this deployment may infer the same. So the other bookings are asked first. An
 * appointment that an answer named to one of them is theirs and is ignored here. One that another booking inferred, or
 * may have made by an unanswered call of its own, is for a person.
 */

/**
 * Tells whose live appointment a sighting shows. The other bookings are asked before the answer is "ours", and then the
 * id is recorded as ours.
 */
export async function inferredOurs(b: Booking, sighting: Sighting): Promise<Ownership> {
  const seen = ownershipOf(b, sighting);
  const questionable = b.state.terms.capabilities.refReturns ? [] : unproven(b, seen);
  const { unknownBook } = b.state.doubts;
  if (questionable.length === 0 || !unknownBook?.startsAt) return seen;
  const claims = await claimsOn(b, questionable);
  const rest = ownershipOf(b, sighting);
  if (rest.is !== 'ours') return rest;
  const { appointment } = rest;
  if (claims.mayBeAnothers || claims.inferred.includes(appointment.id))
    return { is: 'ambiguous', appointments: [appointment] };
  inferredAsOwn(b, appointment.id);
  effectInferred(b, after(unknownBook.since, b.state.terms.capabilities.lateCommitWindowMs));
  return rest;
}

/**
 * Asks what other bookings know of these appointments. What is theirs is theirs for good, so it is not asked about
 * again. The question names the start that this booking publishes, because it must find itself in the list. A booking
 * that publishes no start is not in the list and says so (`isUnlisted`).
 */
export async function claimsOn(b: Booking, appointments: readonly Appointment[]): Promise<OthersClaims> {
  publish(b);
  const { id } = b.state;
  const { request } = b.state.terms;
  const starts = [...new Set(appointments.flatMap((one) => one.startsAt ?? []))];
  const published = publishedStart(b.state);
  const startsAt = published ?? starts[0];
  if (startsAt === undefined) return { theirs: [], inferred: [], mayBeAnothers: false };
  const claims = await slowCore('does another booking hold it?').othersClaims({
    provider: request.provider,
    account: request.account,
    bookingId: id,
    startsAt,
    isUnlisted: published === null,
    ids: appointments.map((one) => one.id),
    otherStarts: starts.filter((start) => !isSameTime(start, startsAt)),
  });
  if (claims.theirs.length > 0) foundToBeOthers(b, claims.theirs);
  return claims;
}

/** Returns the appointments that no answer to this booking has named, so that its ownership is not proved. */
function unproven(b: Booking, seen: Ownership): Appointment[] {
  const shown = 'appointments' in seen ? seen.appointments : 'appointment' in seen ? [seen.appointment] : [];
  return shown.filter(({ id }) => !b.state.appointment.ownIds.includes(id));
}
