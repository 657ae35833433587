import { now } from '../clock';
import { ownerOf, type Owning } from './own';

/** A deadline. It stands still while the booking has a person's attention. */
export interface Deadline {
  readonly from: string;
  readonly limitMs: number;
  /** How long deadlines had been held back when this one began; null if it never stands still (a slot's start). */
  readonly heldBackMs: number | null;
}

/** The booking's deadlines, and how long they were held back. */
export interface DeadlinesPart {
  /** When the time to settle began: at the booking's creation, or at its last move or rebooking. */
  readonly settleFrom: string;
  /** How long attention had held the deadlines back by `settleFrom`, in ms. */
  readonly settleHeldBackMs: number;
  /** How long attention has held the deadlines back in total, in ms. */
  readonly heldBackMs: number;
  /** The deadlines of the wait that a forward step is in: its own and the booking's; null while there is no wait. */
  readonly wait: { readonly own: Deadline; readonly settleBy: Deadline } | null;
  /** Whether the time for the provider's final word was up at the last look. */
  readonly finalWordDue: boolean;
}

type HasDeadlines = Owning<'deadlines', DeadlinesPart>;

export function deadlinesFrom(createdAt: string): DeadlinesPart {
  return { settleFrom: createdAt, settleHeldBackMs: 0, heldBackMs: 0, wait: null, finalWordDue: false };
}

const change = ownerOf<'deadlines', DeadlinesPart>('deadlines');

/** The booking was changed: it has its whole time to settle again. */
export function settlingBeganAnew(b: HasDeadlines, settleHeldBackMs: number): void {
  change(b, (part) => ({ ...part, settleFrom: now(), settleHeldBackMs }));
}

/** A person was asked for `ms`, and no deadline came nearer meanwhile. */
export function deadlinesHeldBack(b: HasDeadlines, ms: number): void {
  change(b, (part) => ({ ...part, heldBackMs: part.heldBackMs + ms }));
}

/** A forward step began to wait, at most until these deadlines. */
export function waitLimited(b: HasDeadlines, wait: NonNullable<DeadlinesPart['wait']>): void {
  change(b, (part) => ({ ...part, wait }));
}

/** That wait is over, whatever it led to. */
export function waitOver(b: HasDeadlines): void {
  change(b, (part) => ({ ...part, wait: null }));
}

/** A look at the visit was made; `finalWordDue` tells whether the provider's final word was due by then. */
export function visitLookedAt(b: HasDeadlines, finalWordDue: boolean): void {
  change(b, (part) => ({ ...part, finalWordDue }));
}

/** A person is asked for the final word: it becomes due again only after another look. */
export function finalWordAsked(b: HasDeadlines): void {
  change(b, (part) => ({ ...part, finalWordDue: false }));
}
