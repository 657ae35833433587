import type { Slot } from '../../../src/booking/model';
import type { AttemptOutcome } from '../../../src/booking/schema/view';
import { withoutOldWords } from '../attempts';
import { now } from '../clock';
import { ownerOf, type Owning } from './own';

/** The search for a slot: what is on offer, and what was tried. */
export interface SearchPart {
  /** Slots that the last search found and that were not tried yet, best first. */
  readonly slots: readonly Slot[];
  /** Every attempt of the booking, oldest first. */
  readonly attempts: readonly Attempt[];
  /** The index of the first attempt of this search. Slots of earlier attempts may be tried again. */
  readonly triedFrom: number;
  /** The number of attempts at which the search is given up; null while none is under way. */
  readonly until: number | null;
  /** The offer that is being taken; null between two offers. */
  readonly offer: Offer | null;
  /** How often another slot was looked for because the provider took a confirmed one back. */
  readonly rebookings: number;
}

/** What is being taken: a slot, a visit that a vendor is asked for, or another slot for an existing appointment. */
export type Offer =
  | { readonly kind: 'book'; readonly slot: Slot }
  | { readonly kind: 'visit'; readonly vendor: string }
  | { readonly kind: 'move'; readonly slot: Slot; readonly appointmentId: string };

/** One attempt to book. Its number in the list, from 1, is the generation of its ref. */
export interface Attempt {
  /** Identifies the slot across searches, because a slot's key changes with each search. */
  readonly slotMark: string;
  /** Null where the provider agrees on the time with the patient. */
  readonly startsAt: string | null;
  readonly outcome: AttemptOutcome;
  readonly reason: string | null;
  readonly at: string;
  /** How often it was made anew after a window without an effect. Each renewal has its own idempotency key. */
  readonly renewals?: number;
}

type HasSearch = Owning<'search', SearchPart>;

export const NO_SEARCH: SearchPart = {
  slots: [],
  attempts: [],
  triedFrom: 0,
  until: null,
  offer: null,
  rebookings: 0,
};

const change = ownerOf<'search', SearchPart>('search');

/** A search for a slot began: it is given up after this many more attempts. */
export function searchLimited(b: HasSearch, attempts: number): void {
  change(b, (part) => ({ ...part, until: part.attempts.length + attempts }));
}

/** The booking has its appointment: no slot is looked for any more. */
export function searchEnded(b: HasSearch): void {
  change(b, (part) => ({ ...part, until: null, offer: null }));
}

/** An offer is being taken from now on. */
export function offerMade(b: HasSearch, offer: Offer): void {
  change(b, (part) => ({ ...part, offer }));
}

/** The outcome of the offer is known. */
export function offerTaken(b: HasSearch): void {
  change(b, (part) => ({ ...part, offer: null }));
}

/** A search found these slots, best first. */
export function slotsFound(b: HasSearch, slots: readonly Slot[]): void {
  change(b, (part) => ({ ...part, slots }));
}

/** The slots that an earlier search found no longer count. */
export function slotsOutdated(b: HasSearch): void {
  change(b, (part) => ({ ...part, slots: [] }));
}

/** A picked slot was not tried after all: it is the next to be picked. */
export function slotPutBack(b: HasSearch, slot: Slot): void {
  change(b, (part) => ({ ...part, slots: [slot, ...part.slots] }));
}

/** The slots that were tried up to now may be tried again. */
export function triedForgotten(b: HasSearch): void {
  change(b, (part) => ({ ...part, triedFrom: part.attempts.length }));
}

/** Another slot is looked for in place of a lost one. Only the lost slot is not tried again. */
export function rebookingBegan(b: HasSearch, lostStart: string | null): void {
  change(b, (part) => {
    const { attempts } = part;
    const lost = attempts.findLastIndex(({ startsAt }) => startsAt !== null && startsAt === lostStart);
    const triedFrom = lost < 0 ? attempts.length : lost;
    return { ...part, slots: [], triedFrom, rebookings: part.rebookings + 1 };
  });
}

/** A new attempt began. */
export function attemptBegan(
  b: HasSearch,
  { slotMark, startsAt }: Pick<Attempt, 'slotMark' | 'startsAt'>,
): void {
  const attempt: Attempt = { slotMark, startsAt, outcome: 'booking', reason: null, at: now() };
  change(b, (part) => ({
    ...part,
    attempts: [...withoutOldWords(part.attempts, part.triedFrom), attempt],
  }));
}

/** The latest attempt has this outcome now. */
export function attemptBecame(b: HasSearch, outcome: AttemptOutcome, reason: string | null = null): void {
  latest(b, (attempt) => ({ ...attempt, outcome, reason: reason ?? attempt.reason, at: now() }));
}

/** The latest attempt is made anew: its earlier calls had no effect. */
export function attemptRenewed(b: HasSearch): void {
  latest(b, (attempt) => ({ ...attempt, renewals: (attempt.renewals ?? 0) + 1 }));
}

function latest(b: HasSearch, next: (attempt: Attempt) => Attempt): void {
  change(b, (part) => ({
    ...part,
    attempts: part.attempts.map((attempt, index, all) =>
      index === all.length - 1 ? next(attempt) : attempt,
    ),
  }));
}

/** Takes up the attempts of an ended run, as far as it published them. */
export function attemptsTakenUp(b: HasSearch, attempts: readonly Omit<Attempt, 'slotMark'>[]): void {
  change(b, (part) => ({ ...part, attempts: attempts.map((attempt) => ({ ...attempt, slotMark: '' })) }));
}
