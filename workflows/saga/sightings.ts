import { missingFrom } from '../../src/booking/absence';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Sighting } from '../../src/booking/model';
import { sightingMark } from '../../src/booking/sighting';
import { polls } from './activities';
import { clueOf, knownLive, recordOwn, ownIn, ownershipOf } from './ownership';
import { lookUp, whereToLook } from './lookups';
import { appointmentGone, appointmentSeen } from './parts/appointment';
import { moveOvertaken } from './parts/move';
import { orderSeen } from './parts/order';
import type { Booking } from './state';
import { takeSeenAfter } from './ahead';
import { takeNews } from './mail';
import { recordLook, recordLookAhead, takeAhead } from './pace';
import { isPast, watch, type Watching } from './waiting';

/** Watching a booking's appointment at the provider, and recording what a look shows. */

export interface Watch extends Watching {
  /** The mark of what was seen last. */
  mark: string;
  everyMs?: number;
  /** Whether the order is read as well when an appointment stands. */
  withOrder?: boolean;
}

/**
 * Returns what the provider shows next: found by polling, read after news, or read once after the deadline. Returns
 * null when a caller's change came first.
 */
export async function nextSighting(
  b: Booking,
  { mark, everyMs, withOrder, ...watching }: Watch,
): Promise<Sighting | null> {
  const { limits } = b.state.terms;
  // A look from before the deadline decides nothing after it.
  const seenAfter = mark === '' && !isPast(watching.until) ? takeSeenAfter(b) : null;
  if (seenAfter) {
    recordLookAhead(watching.pace);
    return withOrder ? seenAfter : withoutOrder(seenAfter);
  }
  const appointment = b.state.appointment.held;
  const pollsSeldom = everyMs !== undefined;
  // Without a mark that look was not taken in: a person was asked about it, and their decision is to be seen at once.
  const wasAhead = takeAhead(watching.pace) && mark !== '';
  const leftAloneMs = wasAhead ? pauseAfterAhead(b, everyMs) : 0;
  // A poll that failed, or was lost with its worker, has seen nothing: the next one does not wait for a day.
  const failedPauseMs = pollsSeldom ? limits.keepPollMs : undefined;
  const seen = await watch(
    b,
    { ...watching, leftAloneMs, pollsSeldom },
    {
      poll: ({ pauseMs, until }) =>
        polls(b, `poll for ${watching.what}`, { failedPauseMs, until }).awaitAppointmentChange({
          ...whereToLook(b, { startsAt: appointment?.startsAt ?? null, withOrder }),
          seen: mark,
          missingForMs: limits.patienceMs,
          everyMs,
          pauseMs,
          ...(until !== null && { until }),
        }),
      look: (why) => lookUp(b, why, { withOrder }),
      // A poll that keeps its deadline returns what has not changed only then.
      isFromAfter: (found) => pollsSeldom && sightingMark(found) === mark,
    },
  );
  if (seen === null) return null;
  recordLook(watching.pace, pollsSeldom ? limits.keepPollMs : limits.pollMaxMs);
  return seen;
}

/**
 * Returns how long the first poll leaves the provider alone after a look that was made ahead. News from before is answered
 * by a poll that reads at once; one that polls seldom has a look of its own made for it (waiting.ts).
 */
function pauseAfterAhead(b: Booking, everyMs?: number): number {
  if (everyMs !== undefined) return everyMs;
  return takeNews(b) ? 0 : b.state.terms.limits.pollFirstMs;
}

/** Returns what a look shows that reads the order only where no appointment stands, as its polls do. */
function withoutOrder(sighting: Sighting): Sighting {
  return sighting.live.length > 0 ? { ...sighting, order: null } : sighting;
}

/**
 * Records what a look shows of the booking's appointment. An appointment that got another id stays ours under the new
 * id. If the look does not show it, it has ended only where that is known (src/booking/absence.ts); otherwise it is
 * missing.
 */
export function recordSighting(b: Booking, sighting: Sighting): void {
  const appointment = b.state.appointment.held;
  const order = b.state.order.known;
  if (sighting.order && order) orderSeen(b, sighting.order);
  const own = ownIn(b, sighting);
  const seen = ownershipOf(b, sighting);
  // Somebody else's appointment in place of ours is for a person: theirs must not be touched, and ours may not have
  // ended.
  if (!own && seen.is !== 'none') throw new Failure('ambiguous_match');
  // Somebody else moved it: the appointment no longer stands as the caller's last change asked for.
  if (own && own.startsAt !== appointment?.startsAt) moveOvertaken(b);
  if (own) {
    appointmentSeen(b, own);
    recordOwn(b, own);
  } else if (appointment) {
    recordUnseen(b, sighting, appointment);
  }
  // Another appointment of our own beside it is for a person too: say, an earlier one that the provider restored.
  const known = knownLive(b, sighting).filter(
    ({ id }) => id !== own?.id && id !== b.state.appointment.replaces?.id,
  );
  if (!b.state.terms.capabilities.refReturns && known.length > 0) throw new Failure('ambiguous_match');
}

/**
 * Concludes that an unseen appointment has ended, or fails with `appointment_missing`. The activity checked the same
 * rule.
 */
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
