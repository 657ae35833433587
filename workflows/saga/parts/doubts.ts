import { isSameTime } from '../../../src/booking/times';
import type { BookingTraces, OpenWrite, UnknownCall } from '../../../src/booking/traces';
import { nowMs } from '../clock';
import { ownerOf, type Owning } from './own';

/** What calls of this booking may have done without its knowing, and what tells their effects from those of others. */
export interface DoubtsPart {
  /** A book call whose effect is not known yet. */
  readonly unknownBook: UnknownCall | null;
  /** Unanswered cancels and moves that name the order: nothing is booked on it until their windows are over. */
  readonly openWrites: readonly OpenWrite[];
  /** Starts of all slots whose book call was ever left unanswered: a late effect would appear there. */
  readonly unansweredStarts: readonly string[];
  /** Ids that were live in the last look-up before a write, where refs do not return. */
  readonly seenBefore: readonly string[];
  /** Starts whose look-up before the write was partial: an appointment there may have been there before. */
  readonly partlySeenStarts: readonly string[];
  /**
   * Appointments at a doubted start that a person was asked about. The booking went on and asks again only at its end.
   */
  readonly askedIds: readonly string[];
  /**
   * Appointments that an answer named to another booking of ours, where refs do not return: nobody asks about them
   * again.
   */
  readonly othersIds: readonly string[];
  /**
   * When the window ends of a call whose effect was inferred; null once accounted for, absent in runs of earlier
   * builds.
   */
  readonly inferredUntil?: string | null;
}

type HasDoubts = Owning<'doubts', DoubtsPart>;

export const NO_DOUBTS: DoubtsPart = {
  unknownBook: null,
  openWrites: [],
  unansweredStarts: [],
  seenBefore: [],
  partlySeenStarts: [],
  askedIds: [],
  othersIds: [],
  inferredUntil: null,
};

const change = ownerOf<'doubts', DoubtsPart>('doubts');

const union = (some: readonly string[], others: readonly string[]): readonly string[] => [
  ...new Set([...some, ...others]),
];

/** A book call was not answered: its effect is to be found out before another one is made. */
export function callUnanswered(b: HasDoubts, unknownBook: UnknownCall): void {
  change(b, (part) => ({ ...part, unknownBook }));
}

/** The effect of the unanswered call is known, or a person is responsible for it. */
export function callAccountedFor(b: HasDoubts): void {
  change(b, (part) => ({ ...part, unknownBook: null }));
}

/**
 * From here on a new appointment at that start may be ours: a call for it was unanswered, or its refusal may be false.
 */
export function startDoubted(b: HasDoubts, startsAt: string | null): void {
  if (startsAt === null) return;
  change(b, (part) => ({ ...part, unansweredStarts: union(part.unansweredStarts, [startsAt]) }));
}

/** These appointments were there before the call, so they are no effect of it. */
export function seenBeforeCall(b: HasDoubts, ids: readonly string[]): void {
  change(b, (part) => ({ ...part, seenBefore: union(ids, []) }));
}

/**
 * The appointments at a start were looked at before the call for it. After a partial look, a later whole look counts
 * only while no call for that start has gone unanswered.
 */
export function startSeenBeforeCall(b: HasDoubts, startsAt: string | null, isPartial: boolean): void {
  const { partlySeenStarts, unansweredStarts } = b.state.doubts;
  const isDoubted = unansweredStarts.some((doubted) => isSameTime(doubted, startsAt));
  const others = partlySeenStarts.filter((one) => isDoubted || !isSameTime(one, startsAt));
  const seen = isPartial && startsAt !== null ? [startsAt] : [];
  if (seen.length === 0 && others.length === partlySeenStarts.length) return;
  change(b, (part) => ({ ...part, partlySeenStarts: union(others, seen) }));
}

/** A person was asked about these appointments, and the booking goes on beside them. */
export function strangersAskedAbout(b: HasDoubts, ids: readonly string[]): void {
  change(b, (part) => ({ ...part, askedIds: union(part.askedIds, ids) }));
}

/** These appointments belong to other bookings, for good. */
export function foundToBeOthers(b: HasDoubts, ids: readonly string[]): void {
  change(b, (part) => ({ ...part, othersIds: union(part.othersIds, ids) }));
}

/** The effect of an unanswered call was inferred. Until `inferredUntil` the call may have a second effect. */
export function effectInferred(b: HasDoubts, inferredUntil: string): void {
  change(b, (part) => ({ ...part, inferredUntil }));
}

/** The call whose effect was inferred can have no second effect any more, or a person knows of it. */
export function inferenceOutlasted(b: HasDoubts): void {
  change(b, (part) => ({ ...part, inferredUntil: null }));
}

/** Returns true when an unanswered write that names the order may still take effect. */
export function isOpenWrite({ until }: OpenWrite): boolean {
  return Date.parse(until) > nowMs();
}

/** A write that names the order is under way, or was not answered. */
export function writeOpened(b: HasDoubts, write: OpenWrite): void {
  change(b, (part) => ({ ...part, openWrites: [...part.openWrites.filter(isOpenWrite), write] }));
}

/** That write was answered. */
export function writeAnswered(b: HasDoubts, write: OpenWrite): void {
  change(b, (part) => ({ ...part, openWrites: part.openWrites.filter((one) => one !== write) }));
}

/** The effect of an unanswered move was seen: it can have no other. */
export function moveLanded(b: HasDoubts): void {
  change(b, (part) => ({ ...part, openWrites: part.openWrites.filter(({ what }) => what !== 'move') }));
}

/** The windows of all such writes are over. */
export function writesOutlasted(b: HasDoubts): void {
  change(b, (part) => ({ ...part, openWrites: [] }));
}

/** The booking was cut off. A write may have been on its way until then, so its window counts from the cut-off. */
export function writesCutOff(b: HasDoubts, untilAtLeast: string, isMoveOpen: boolean): void {
  const later = (until: string): string =>
    Date.parse(until) > Date.parse(untilAtLeast) ? until : untilAtLeast;
  const move: OpenWrite = { what: 'move', until: untilAtLeast };
  change(b, (part) => ({
    ...part,
    openWrites: [
      ...part.openWrites.map(({ what, until }) => ({ what, until: later(until) })),
      ...(isMoveOpen ? [move] : []),
    ],
  }));
}

/** Takes up the doubts of an ended run. */
export function doubtsTakenUp(b: HasDoubts, traces: BookingTraces): void {
  const { unknownBook, openWrites, unansweredStarts, seenBefore } = traces;
  const { partlySeenStarts = [], inferredUntil = null } = traces;
  change(b, (part) => ({
    ...part,
    unknownBook,
    openWrites,
    unansweredStarts,
    seenBefore,
    partlySeenStarts,
    inferredUntil,
  }));
}
