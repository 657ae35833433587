import { isCancelAccepted } from '../../src/booking/absence';
import type { Appointment, Sighting } from '../../src/booking/model';
import { liveById, ownershipIn, type OwnershipClue, type Ownership } from '../../src/booking/sighting';
import { isSameTime } from '../../src/booking/times';
import { knownAsOwn } from './parts/appointment';
import { cancelledIdReused } from './parts/undo';
import { maker, type Booking } from './state';

/**
 * Ownership: whether an appointment that a look shows is this booking's own.
 *
 * Background. The order, the patient and the client may have appointments that this booking did not make. Cancelling
 * one of those costs somebody else a trip; overlooking one of ours leaves a live appointment behind.
 *
 * How it works. Some providers give back the ref that our book call put into the notes; there the ref decides. Without
 * returned refs, only ids we were given are ours; during an unanswered call, so is a new appointment at the tried start
 * (claims.ts first asks the other bookings about it). The rule itself is pure (src/booking/sighting.ts); this file
 * tells it what the booking knows of its own calls.
 *
 * On unwinding. An undo cancels only what is ours by this rule. Appointments that cannot be told apart are `ambiguous`,
 * for a person.
 */

/** Tells whose live appointment a sighting shows, by what this booking knows of its own calls. */
export function ownershipOf(b: Booking, sighting: Sighting): Ownership {
  const { capabilities } = b.state.terms;
  const { ownIds } = b.state.appointment;
  const { othersIds, unknownBook, seenBefore } = b.state.doubts;
  if (!capabilities.refReturns && !unknownBook) {
    const [own] = knownLive(b, sighting);
    return own ? { is: 'ours', appointment: own } : { is: 'none' };
  }
  // The call's effect is new, so it is neither an appointment that the booking held before nor another booking's.
  const held = capabilities.refReturns ? (unknownBook ? seenBefore : []) : [...ownIds, ...othersIds];
  const live = sighting.live.filter(({ id }) => !held.includes(id));
  return ownershipIn({ ...sighting, live }, clueOf(b));
}

/** Returns what tells this booking's own appointments from others'. */
export function clueOf(b: Booking): OwnershipClue {
  const { capabilities } = b.state.terms;
  const { attempts } = b.state.search;
  const { ownIds, takenOver } = b.state.appointment;
  const order = b.state.order.known;
  const { seenBefore, partlySeenStarts, askedIds, othersIds } = b.state.doubts;
  const triedStartsAt = attempts.at(-1)?.startsAt ?? null;
  const isBeforePartial = partlySeenStarts.some((one) => isSameTime(one, triedStartsAt));
  return {
    maker: maker(b),
    ownIds,
    takenOver,
    orderId: order?.id ?? null,
    refReturns: capabilities.refReturns,
    before: [...seenBefore, ...askedIds, ...othersIds],
    ...(isBeforePartial && { isBeforePartial }),
    triedStartsAt,
  };
}

/**
 * Records an appointment as the booking's own: from here on its id alone identifies it. A live one whose id we had
 * cancelled before is a new appointment, because a provider may use an id again (as it does an order's).
 */
export function recordOwn(b: Booking, { id, phase }: Appointment): void {
  const { acceptedCancels } = b.state.undo;
  knownAsOwn(b, id);
  if (phase !== 'cancelled' && isCancelAccepted(acceptedCancels, id)) cancelledIdReused(b, id);
}

/** Returns the live appointments whose ids are the booking's own, except those that a person had left. */
export function knownLive(b: Booking, sighting: Sighting): Appointment[] {
  const { ownIds, leftIds } = b.state.appointment;
  return sighting.live.filter(({ id }) => ownIds.includes(id) && !leftIds.includes(id));
}

/**
 * Returns the booking's appointment as a sighting shows it: the live one with the id that we know, else another of ours
 * (a move may give it another id), else the ended record with that id. Returns null when the provider no longer shows
 * it.
 */
export function ownIn(b: Booking, sighting: Sighting): Appointment | null {
  const id = b.state.appointment.held?.id;
  const known = id === undefined ? null : liveById(sighting.live, id, clueOf(b));
  if (known) return known;
  const seen = ownershipOf(b, sighting);
  if (seen.is === 'ours' && seen.appointment.id !== b.state.appointment.replaces?.id) return seen.appointment;
  return sighting.ended.find((one) => one.id === id) ?? null;
}
