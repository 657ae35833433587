import { isSameTime } from './times';

/** Which of this deployment's bookings holds which appointment, where the provider does not return our refs. Pure. */

/** What other bookings say about some appointments. */
export interface OthersClaims {
  /** Appointments that the provider's answer named to another booking: they are not ours. */
  theirs: string[];
  /** Appointments that another booking inferred to be its own: either booking may be wrong. */
  inferred: string[];
  /** Whether another booking has a call at that start whose effect is unknown: a new appointment may be that effect. */
  mayBeAnothers: boolean;
}

/** What another booking, or the clean-up after one, published last. */
export interface Claimant {
  ownIds: readonly string[];
  inferredIds: readonly string[];
  /** Start of the slot whose book call is on its way; null when none is. */
  callingFor: string | null;
  /** Start of the slot whose book call was not answered and is still looked up; null when there is none. */
  unknownFor: string | null;
  /** Starts of all slots whose book calls were ever left unanswered. */
  unansweredFor: readonly string[];
  /**
   * Whether a person left the possible effect of its unanswered calls standing: then no look accounts for it any more.
   */
  isLeft: boolean;
  /** When it closed, in ms since 1970; null while it is open. */
  closedMs: number | null;
}

/** The question about some appointments. */
export interface ClaimQuestion {
  startsAt: string;
  ids: readonly string[];
  /** How long after an unknown outcome its effect may still surface, in ms. */
  windowMs: number;
  nowMs: number;
  /** When the asking booking first called for that start, in ms since 1970; null where it does not say. */
  calledMs: number | null;
}

export function claimsOf(claimants: readonly Claimant[], question: ClaimQuestion): OthersClaims {
  const { ids } = question;
  const holds = (claimant: Claimant, id: string): boolean => claimant.ownIds.includes(id);
  const infers = (claimant: Claimant, id: string): boolean => claimant.inferredIds.includes(id);
  const inferred = ids.filter((id) => claimants.some((one) => infers(one, id)));
  const theirs = ids.filter((id) => claimants.some((one) => holds(one, id) && !infers(one, id)));
  const mayBeAnothers = claimants.some((one) => isUnanswered(one, question) || isCalling(one, question));
  return { theirs, inferred, mayBeAnothers };
}

/** Returns true when an open booking's call for that start is on its way: its answer will tell soon. */
export function isBeingTaken(
  claimants: readonly Claimant[],
  question: Pick<ClaimQuestion, 'startsAt'>,
): boolean {
  return claimants.some(({ closedMs, callingFor }) => {
    return closedMs === null && isSameTime(callingFor, question.startsAt);
  });
}

function isCalling(claimant: Claimant, question: ClaimQuestion): boolean {
  return isSameTime(claimant.callingFor, question.startsAt) && mayStillSurface(claimant, question);
}

/**
 * Returns true when an unanswered call of another booking may explain what is new at the start. A booking accounts for
 * its calls before it closes, unless it was cut off: then their effects may surface within the window. Calls whose
 * effect a person left standing were never accounted for.
 */
function isUnanswered(claimant: Claimant, question: ClaimQuestion): boolean {
  const { unknownFor, unansweredFor, isLeft, closedMs } = claimant;
  const { startsAt, windowMs, nowMs } = question;
  const wasUnanswered = unansweredFor.some((one) => isSameTime(one, startsAt));
  const isOpen = isSameTime(unknownFor, startsAt) || (isLeft && wasUnanswered);
  if (isOpen && mayStillSurface(claimant, question)) return true;
  return wasUnanswered && closedMs !== null && nowMs - closedMs < windowMs;
}

/**
 * Returns true when a call of another booking may have taken effect after the asking booking first called. A closed
 * booking makes no more calls, and what had surfaced before, the asking booking saw in its look before the call.
 */
function mayStillSurface({ closedMs }: Claimant, { windowMs, calledMs }: ClaimQuestion): boolean {
  return closedMs === null || calledMs === null || closedMs + windowMs > calledMs;
}
