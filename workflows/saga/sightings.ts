import { missingFrom } from '../../src/booking/absence';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Sighting } from '../../src/booking/model';
import { polls } from './activities';
import { clueOf, knownLive, recordOwn, ownIn, ownershipOf } from './ownership';
import { lookUp, whereToLook } from './lookups';
import { appointmentGone, appointmentSeen } from './parts/appointment';
import { moveOvertaken } from './parts/move';
import { orderSeen } from './parts/order';
import type { Booking } from './state';
import { recordLook } from './pace';
import { seenBy, watch, type Watching } from './waiting';

/** What the provider shows next of a booking's appointment, and what the booking makes of it. */

export interface Watch extends Watching {
  /** The mark of what was seen last. */
  mark: string;
  everyMs?: number;
  /** Whether the order is read as well where an appointment stands. */
  withOrder?: boolean;
}

/**
 * What the provider shows next: by polling, at news, or once after the deadline. Null when a caller's change came
 * first.
 */
export async function nextSighting(
  b: Booking,
  { mark, everyMs, withOrder, ...watching }: Watch,
): Promise<Sighting | null> {
  const { limits } = b.state.terms;
  const appointment = b.state.appointment.held;
  const watched = await watch(b, watching, (pauseMs) =>
    polls(b, `poll for ${watching.what}`, everyMs).awaitAppointmentChange({
      ...whereToLook(b, { startsAt: appointment?.startsAt ?? null, withOrder }),
      seen: mark,
      missingForMs: limits.patienceMs,
      pauseMs,
    }),
  );
  if (watched.by === 'mail') return null;
  const seen = await seenBy(watched, watching.until, (why) => lookUp(b, why, { withOrder }));
  recordLook(watching.pace, everyMs ?? limits.pollMaxMs);
  return seen;
}

/**
 * Records what a look shows of the booking's appointment. An appointment that got another id stays ours under the new one.
 * One that the look does not show has ended only where that is known (src/booking/absence.ts); else it is missing.
 */
export function recordSighting(b: Booking, sighting: Sighting): void {
  const appointment = b.state.appointment.held;
  const order = b.state.order.known;
  if (sighting.order && order) orderSeen(b, sighting.order);
  const own = ownIn(b, sighting);
  const seen = ownershipOf(b, sighting);
  // Somebody else's appointment instead of ours is for a person: nothing of theirs may be touched, nor ours taken for ended.
  if (!own && seen.is !== 'none') throw new Failure('ambiguous_match');
  // Moved by somebody else: the change that a caller asked for last is no longer what stands.
  if (own && own.startsAt !== appointment?.startsAt) moveOvertaken(b);
  if (own) {
    appointmentSeen(b, own);
    recordOwn(b, own);
  } else if (appointment) {
    recordUnseen(b, sighting, appointment);
  }
  // So is another of our own beside it: an earlier one, say, that the provider has restored.
  const known = knownLive(b, sighting).filter(
    ({ id }) => id !== own?.id && id !== b.state.appointment.replaces?.id,
  );
  if (!b.state.terms.capabilities.refReturns && known.length > 0) throw new Failure('ambiguous_match');
}

/** The activity that looked has held this against the same rule; here it is what the booking concludes. */
function recordUnseen(b: Booking, sighting: Sighting, appointment: Appointment): void {
  if (appointment.phase === 'cancelled') return;
  const { capabilities } = b.state.terms;
  const { acceptedCancels } = b.state.undo;
  const said = missingFrom(sighting, {
    clue: clueOf(b),
    liveIds: [appointment.id],
    acceptedCancels,
    orderTakesAppointment: capabilities.orderCancelTakesAppointment,
  });
  if (said !== null) throw new Failure('appointment_missing', { said });
  appointmentGone(b);
}
