import { isSameTime } from './times';

/** Who of this deployment's bookings holds what, where the provider does not return our refs. Pure. */

/** What other bookings say of some appointments. */
export interface OthersClaims {
  /** Those that another booking knows as its own by an answer of the provider: they are simply not ours. */
  theirs: string[];
  /** Those that another booking holds by inference: either may be wrong. */
  inferred: string[];
  /** Whether another booking has a call at that start whose effect is unknown: what is new may be its. */
  mayBeAnothers: boolean;
}

/** What another booking, or the clean-up after one, told of itself last. */
export interface Claimant {
  ownIds: readonly string[];
  inferredIds: readonly string[];
  /** Start of the slot whose book call is on its way; null where none is. */
  callingFor: string | null;
  /** Start of the slot whose book call was not answered and is still looked up; null where none is. */
  unknownFor: string | null;
  /** Starts of all slots whose book calls were not answered, ever. */
  unansweredFor: readonly string[];
  /** Whether a person had what its unanswered calls may have made left standing: nothing accounts for it any more. */
  isLeft: boolean;
  /** When it closed, in ms since 1970; null while it is open. */
  closedMs: number | null;
}

/** What is asked about them. */
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

/** Returns true when an open booking's call for that start is on its way: its answer, soon, will tell. */
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
 * One that closed settled its calls first, unless it was cut off: then what it left may surface within the window. What a
 * person had left standing was settled by nobody.
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
 * Returns true when a call of another booking may have taken effect after the asking one first called. A closed booking
 * calls no more: what surfaced before that, the asking one saw in its look before the call.
 */
function mayStillSurface({ closedMs }: Claimant, { windowMs, calledMs }: ClaimQuestion): boolean {
  return closedMs === null || calledMs === null || closedMs + windowMs > calledMs;
}
