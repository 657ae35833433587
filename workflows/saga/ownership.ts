import { isCancelAccepted } from '../../src/booking/absence';
import type { Appointment, Sighting } from '../../src/booking/model';
import { liveById, ownershipIn, type OwnershipClue, type Ownership } from '../../src/booking/sighting';
import { isSameTime } from '../../src/booking/times';
import { knownAsOwn } from './parts/appointment';
import { cancelledIdReused } from './parts/undo';
import { maker, type Booking } from './state';

/**
 * Whose live appointment a sighting shows, by what this booking knows of its own calls. Where refs do not return,
 * an id that we were told is ours and what else the client has is their business; only while a call is
 * unanswered is what is new at the tried start looked at.
 */
export function ownershipOf(b: Booking, sighting: Sighting): Ownership {
  const { capabilities } = b.state.terms;
  const { ownIds } = b.state.appointment;
  const { othersIds, unknownBook, seenBefore } = b.state.doubts;
  if (!capabilities.refReturns && !unknownBook) {
    const [own] = knownLive(b, sighting);
    return own ? { is: 'ours', appointment: own } : { is: 'none' };
  }
  // What the booking holds already is not what an unanswered call brought about, and what is another's neither.
  const held = capabilities.refReturns ? (unknownBook ? seenBefore : []) : [...ownIds, ...othersIds];
  const live = sighting.live.filter(({ id }) => !held.includes(id));
  return ownershipIn({ ...sighting, live }, clueOf(b));
}

/** What tells this booking's own appointments from others'. */
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
 * Notes an appointment as the booking's own: it is known by its id from here on, whatever its answers are. One that stands
 * under an id whose cancel was accepted is another one: ids may be used again, as an order's are.
 */
export function recordOwn(b: Booking, { id, phase }: Appointment): void {
  const { acceptedCancels } = b.state.undo;
  knownAsOwn(b, id);
  if (phase !== 'cancelled' && isCancelAccepted(acceptedCancels, id)) cancelledIdReused(b, id);
}

/** The live appointments that this booking knows as its own by id, but for those that a person left standing. */
export function knownLive(b: Booking, sighting: Sighting): Appointment[] {
  const { ownIds, leftIds } = b.state.appointment;
  return sighting.live.filter(({ id }) => ownIds.includes(id) && !leftIds.includes(id));
}

/**
 * How the booking's appointment stands in a sighting: the live one with the id that we know, else another of ours (a move
 * may give it another id), else the ended record with that id; null when the provider no longer shows it.
 */
export function ownIn(b: Booking, sighting: Sighting): Appointment | null {
  const id = b.state.appointment.held?.id;
  const known = id === undefined ? null : liveById(sighting.live, id, clueOf(b));
  if (known) return known;
  const seen = ownershipOf(b, sighting);
  if (seen.is === 'ours' && seen.appointment.id !== b.state.appointment.replaces?.id) return seen.appointment;
  return sighting.ended.find((one) => one.id === id) ?? null;
}
