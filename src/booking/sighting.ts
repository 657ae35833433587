import type { Appointment, Order, Sighting } from './model';
import { isRefOf } from './ref';
import { isSameTime } from './times';
import type { TakenOver } from './traces';

/** Judging a look at the provider. Pure: workflows import it. */

/**
 * Returns a fingerprint of what matters in a sighting: two sightings with the same mark hold no news. The order of
 * appointments and fields without consequence (names, addresses) do not change it.
 */
export function sightingMark(sighting: Sighting): string {
  const appointments = [...sighting.live, ...sighting.ended].map((seen) =>
    JSON.stringify([seen.id, seen.status, seen.eventStatus, seen.startsAt, seen.endsAt, seen.canReschedule]),
  );
  return JSON.stringify([sighting.order?.status ?? null, ...appointments.sort()]);
}

const ENDED_PHASES: readonly Order['phase'][] = ['cancelled', 'failed', 'completed'];

/** Returns true when the order can no longer carry a visit. */
export function hasOrderEnded({ phase }: Pick<Order, 'phase'>): boolean {
  return ENDED_PHASES.includes(phase);
}

/** What tells a booking's own appointment from another's. */
export interface OwnershipClue {
  /** Who this booking is in its refs (ref.ts). */
  maker: string;
  /** Ids that answers to this booking's own calls named, or to which its appointment was followed. */
  ownIds: readonly string[];
  /** The appointment that was there before and was taken over. */
  takenOver: TakenOver | null;
  /**
   * The order whose appointments are looked at; null where there are no orders, so that a patient's other visits show
   * too.
   */
  orderId: string | null;
  /** Whether our ref comes back on appointments (capabilities); the fields below matter only where it does not. */
  refReturns: boolean;
  /** Ids that were live in the last look-up before the write. */
  before: readonly string[];
  /** Whether that look-up was partial: then a seemingly new appointment may have been there before. */
  isBeforePartial?: boolean;
  /** Start of the slot that was tried, RFC 3339; null before the first try. */
  triedStartsAt: string | null;
}

export type Ownership =
  | { is: 'none' }
  | { is: 'ours'; appointment: Appointment }
  /** An appointment that this booking did not make; the first one seen when there are several. */
  | { is: 'foreign'; appointment: Appointment }
  /** It cannot be told which one is ours to touch, so a person must decide. */
  | { is: 'ambiguous'; appointments: Appointment[] };

/**
 * Tells whose live appointment a look-up showed. Where refs return, the ref decides (see isOwn): a single live
 * appointment of the order is ours or foreign; several with ours among them are ambiguous. Where refs do not return,
 * only an appointment that the write can have made is ours: exactly one that was not there before, at the tried start,
 * with nothing else new and nothing at that start before (ARCHITECTURE.md#unknown-outcomes), which is not only a near
 * match. If the look before the write was partial, no appointment is ours by this rule.
 */
export function ownershipIn(sighting: Sighting, clue: OwnershipClue): Ownership {
  return clue.refReturns ? byRef(sighting.live, clue) : byChange(sighting.live, clue);
}

function byRef(live: Appointment[], clue: OwnershipClue): Ownership {
  // Without orders a patient's other visits show as well; they do not concern this booking.
  const concerning = clue.orderId === null ? live.filter((seen) => isOwn(seen, clue)) : live;
  const [first] = concerning;
  if (!first) return { is: 'none' };
  if (!concerning.some((seen) => isOwn(seen, clue))) return { is: 'foreign', appointment: first };
  return concerning.length === 1
    ? { is: 'ours', appointment: first }
    : { is: 'ambiguous', appointments: concerning };
}

/**
 * Returns true when an appointment is the booking's own, at providers whose refs return. Its ref decides. An
 * appointment without a ref is ours by an id that we were given, unless that id equals the order's, which proves
 * nothing. An appointment that was taken over is recognised by the id and ref that it had then.
 */
export function isOwn(seen: Appointment, { maker, ownIds, takenOver, orderId }: OwnershipClue): boolean {
  if (isRefOf(maker, seen.ref)) return true;
  if (takenOver && seen.id === takenOver.id && seen.ref === takenOver.ref) return true;
  return seen.ref === null && seen.id !== orderId && ownIds.includes(seen.id);
}

/**
 * Returns the live appointment with this id. Where refs return, the id may name somebody else's appointment by now, so
 * it is returned only if it is provably the booking's own.
 */
export function liveById(live: readonly Appointment[], id: string, clue: OwnershipClue): Appointment | null {
  return live.find((seen) => seen.id === id && (!clue.refReturns || isOwn(seen, clue))) ?? null;
}

function byChange(
  live: Appointment[],
  { ownIds, before, isBeforePartial, triedStartsAt }: OwnershipClue,
): Ownership {
  const fresh = live.filter((seen) => ownIds.includes(seen.id) || !before.includes(seen.id));
  const wasTaken = live.some((seen) => before.includes(seen.id) && isSameTime(seen.startsAt, triedStartsAt));
  const [only, ...others] = fresh;
  if (!only) return wasTaken ? { is: 'ambiguous', appointments: live } : { is: 'none' };
  const isNew = !wasTaken && !isBeforePartial;
  const isEffect = isNew && !only.isNearMatch && isSameTime(only.startsAt, triedStartsAt);
  const isOurs = ownIds.includes(only.id) || isEffect;
  return isOurs && others.length === 0
    ? { is: 'ours', appointment: only }
    : { is: 'ambiguous', appointments: live };
}
