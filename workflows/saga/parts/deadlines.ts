import { now } from '../clock';
import { ownerOf, type Owning } from './own';

/** A deadline: it stands still while the booking has a person's attention. */
export interface Deadline {
  readonly from: string;
  readonly limitMs: number;
  /** What had held deadlines back when this one began; null for one that waits for nobody, as a slot's start. */
  readonly heldBackMs: number | null;
}

/** By when the booking is to be where, and how long that was held back. */
export interface DeadlinesPart {
  /** Since when the booking is to be settled: its creation, or its last move or rebooking. */
  readonly settleFrom: string;
  /** For how long attention had held the deadlines back by then, in ms. */
  readonly settleHeldBackMs: number;
  /** For how long attention held the deadlines back, in ms. */
  readonly heldBackMs: number;
  /** The deadlines of the wait that is under way in a forward step: its own, and the booking's; null while there is none. */
  readonly wait: { readonly own: Deadline; readonly settleBy: Deadline } | null;
  /** Whether the time for the provider's final word was up at the last look. */
  readonly finalWordDue: boolean;
}

type HasDeadlines = Owning<'deadlines', DeadlinesPart>;

export function deadlinesFrom(createdAt: string): DeadlinesPart {
  return { settleFrom: createdAt, settleHeldBackMs: 0, heldBackMs: 0, wait: null, finalWordDue: false };
}

const change = ownerOf<'deadlines', DeadlinesPart>('deadlines');

/** The booking is changed: it has its whole time to settle again. */
export function settlingBeganAnew(b: HasDeadlines, settleHeldBackMs: number): void {
  change(b, (part) => ({ ...part, settleFrom: now(), settleHeldBackMs }));
}

/** A person was asked for so long, and no deadline came nearer. */
export function deadlinesHeldBack(b: HasDeadlines, ms: number): void {
  change(b, (part) => ({ ...part, heldBackMs: part.heldBackMs + ms }));
}

/** A forward step waits, until these deadlines. */
export function waitLimited(b: HasDeadlines, wait: NonNullable<DeadlinesPart['wait']>): void {
  change(b, (part) => ({ ...part, wait }));
}

/** That wait is over, whatever it led to. */
export function waitOver(b: HasDeadlines): void {
  change(b, (part) => ({ ...part, wait: null }));
}

/** A look at the visit was made, before its final word was due or after it. */
export function visitLookedAt(b: HasDeadlines, finalWordDue: boolean): void {
  change(b, (part) => ({ ...part, finalWordDue }));
}

/** A person is asked for the final word: it is due again after another look only. */
export function finalWordAsked(b: HasDeadlines): void {
  change(b, (part) => ({ ...part, finalWordDue: false }));
}
