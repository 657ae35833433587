import { isSameTime } from '../../../src/booking/times';
import type { BookingTraces, OpenWrite, UnknownCall } from '../../../src/booking/traces';
import { nowMs } from '../clock';
import { ownerOf, type Owning } from './own';

/** What calls of this booking may have done without its knowing, and what tells that from the doings of others. */
export interface DoubtsPart {
  /** A book call whose effect is not known yet. */
  readonly unknownBook: UnknownCall | null;
  /** Unanswered cancels and moves that name the order: nothing is booked on it until their windows are over. */
  readonly openWrites: readonly OpenWrite[];
  /** Starts of slots whose book call was not answered, ever: a late effect of it would be there. */
  readonly unansweredStarts: readonly string[];
  /** Ids that were live in the last look-up before a write, where refs do not return. */
  readonly seenBefore: readonly string[];
  /** Starts whose look-up before the write was partial: nobody knows whether what stands there was there before. */
  readonly partlySeenStarts: readonly string[];
  /** What stands at such a start, and a booking went on beside because a person said so: it asks about it at its end only. */
  readonly askedIds: readonly string[];
  /** What another booking of ours knows as its own by an answer, where refs do not return: nobody asks about it again. */
  readonly othersIds: readonly string[];
  /** When the window of a call is over whose effect was inferred; null once that is accounted for. Not there in earlier runs. */
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

/** What a call may have done is to be found out before any other is made. */
export function callUnanswered(b: HasDoubts, unknownBook: UnknownCall): void {
  change(b, (part) => ({ ...part, unknownBook }));
}

/** The effect of the unanswered call is known, or a person is responsible for it. */
export function callAccountedFor(b: HasDoubts): void {
  change(b, (part) => ({ ...part, unknownBook: null }));
}

/** What is new at that start is doubted from here on: a call for it was not answered, or refused where a refusal may lie. */
export function startDoubted(b: HasDoubts, startsAt: string | null): void {
  if (startsAt === null) return;
  change(b, (part) => ({ ...part, unansweredStarts: union(part.unansweredStarts, [startsAt]) }));
}

/** These were there before the call: they are no effect of it. */
export function seenBeforeCall(b: HasDoubts, ids: readonly string[]): void {
  change(b, (part) => ({ ...part, seenBefore: union(ids, []) }));
}

/**
 * What is there at a start was looked at before the call for it. It counts as seen whole again only by a look before any call
 * for it came to no answer.
 */
export function startSeenBeforeCall(b: HasDoubts, startsAt: string | null, isPartial: boolean): void {
  const { partlySeenStarts, unansweredStarts } = b.state.doubts;
  const isDoubted = unansweredStarts.some((doubted) => isSameTime(doubted, startsAt));
  const others = partlySeenStarts.filter((one) => isDoubted || !isSameTime(one, startsAt));
  const seen = isPartial && startsAt !== null ? [startsAt] : [];
  if (seen.length === 0 && others.length === partlySeenStarts.length) return;
  change(b, (part) => ({ ...part, partlySeenStarts: union(others, seen) }));
}

/** A person was asked about these, and the booking goes on beside them. */
export function strangersAskedAbout(b: HasDoubts, ids: readonly string[]): void {
  change(b, (part) => ({ ...part, askedIds: union(part.askedIds, ids) }));
}

/** These are other bookings' own, for good. */
export function foundToBeOthers(b: HasDoubts, ids: readonly string[]): void {
  change(b, (part) => ({ ...part, othersIds: union(part.othersIds, ids) }));
}

/** The effect of an unanswered call was inferred: until then the call may have another one. */
export function effectInferred(b: HasDoubts, inferredUntil: string): void {
  change(b, (part) => ({ ...part, inferredUntil }));
}

/** That call has no other effect any more, or a person knows of it. */
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

/** The effect of an unanswered move is there: it takes no other. */
export function moveLanded(b: HasDoubts): void {
  change(b, (part) => ({ ...part, openWrites: part.openWrites.filter(({ what }) => what !== 'move') }));
}

/** The windows of all such writes are over. */
export function writesOutlasted(b: HasDoubts): void {
  change(b, (part) => ({ ...part, openWrites: [] }));
}

/** The booking was cut off: such a write counts as on its way until then, and its window as begun at the end. */
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

/** The doubts of a run that is over. */
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
