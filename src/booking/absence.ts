import type { Sighting } from './model';
import { isOwn, type OwnershipClue } from './sighting';
import type { AcceptedCancel } from './traces';

/** Judging a look that does not show an appointment. Pure. */

/** What a booking knows about the appointments that a look may not show. */
export interface Known {
  clue: OwnershipClue;
  /** Ids of its own appointments that were live when last seen. */
  liveIds: readonly string[];
  acceptedCancels: readonly AcceptedCancel[];
  /** Whether the end of an order takes its appointment along (capabilities). */
  orderTakesAppointment: boolean;
}

/**
 * Returns in words what a look should show and does not. Returns null when nothing is missing, or when something else
 * explains the absence. An absence alone does not prove that an appointment has ended.
 */
export function missingFrom(sighting: Sighting, known: Known): string | null {
  const id = known.liveIds.find((one) => !isShown(sighting, one) && !isExplained(sighting, one, known));
  if (id !== undefined) return `appointment ${id} is not shown at all`;
  return contradictionOf(sighting, known.acceptedCancels);
}

/**
 * Returns true when an appointment that a look does not show has ended. That takes an accepted cancel of ours and a
 * look that read the order.
 */
export function hasEndedUnseen(
  sighting: Sighting,
  id: string,
  { clue, acceptedCancels }: Pick<Known, 'clue' | 'acceptedCancels'>,
): boolean {
  const isOrderRead = clue.orderId === null || sighting.order !== null || sighting.live.length > 0;
  return (
    isOrderRead &&
    !isShown(sighting, id) &&
    isCancelAccepted(acceptedCancels, id) &&
    contradictionOf(sighting, acceptedCancels) === null
  );
}

/** Returns true when the provider accepted a cancel of ours for this appointment. */
export function isCancelAccepted(acceptedCancels: readonly AcceptedCancel[], id: string): boolean {
  return acceptedCancels.some((one) => one.id === id);
}

function isShown({ live, ended }: Sighting, id: string): boolean {
  return [...live, ...ended].some((seen) => seen.id === id);
}

function isExplained(sighting: Sighting, id: string, known: Known): boolean {
  const wentWithOrder = known.orderTakesAppointment && hasOrderFallenThrough(sighting);
  return wentWithOrder || isFollowed(sighting, known) || hasEndedUnseen(sighting, id, known);
}

/**
 * Returns true when an appointment of ours stands under an id that we did not know: a provider that moves an
 * appointment may give it a new id. An id that we knew before is that of a copy from before the move.
 */
function isFollowed({ live }: Sighting, { clue, liveIds }: Known): boolean {
  const known = [...liveIds, ...clue.ownIds];
  return clue.refReturns && live.some((seen) => isOwn(seen, clue) && !known.includes(seen.id));
}

function hasOrderFallenThrough({ order }: Sighting): boolean {
  return order?.phase === 'cancelled' || order?.phase === 'failed';
}

/**
 * Returns in words how the order contradicts a look without a live appointment, or null. It does when the order's own
 * status, newer than our last cancel, says that it has an appointment. An ended appointment explains that, unless we
 * cancelled it ourselves: a lagging copy may still show that one.
 */
function contradictionOf(
  { order, live, ended }: Sighting,
  acceptedCancels: readonly AcceptedCancel[],
): string | null {
  const since = order?.hasAppointmentSince ?? null;
  if (since === null || live.length > 0) return null;
  const isOlder = acceptedCancels.some(({ at }) => Date.parse(at) >= Date.parse(since));
  const isEndedOtherwise = ended.some(({ id }) => !isCancelAccepted(acceptedCancels, id));
  return isOlder || isEndedOtherwise
    ? null
    : `the order says since ${since} that it has an appointment, and none is shown`;
}
