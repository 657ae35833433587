import type { CancelMessage } from '../../../src/booking/messages';
import type { BookingView } from '../../../src/booking/schema/view';
import type { BookingTraces } from '../../../src/booking/traces';
import { now } from '../clock';
import { ownerOf, type Owning } from './own';

/** What callers have said to the booking while it runs. */
export interface CallersPart {
  /** The cancel that somebody sent; null until then. */
  readonly cancel: Readonly<CancelMessage> | null;
  /** Whether the booking's end may cost a fee: by its request, by its cancel or by a person's word at the end. */
  readonly acceptFees: boolean;
  /** What became of the message that was answered last. */
  readonly lastRequest: Answer | null;
}

type Answer = Readonly<NonNullable<BookingView['lastRequest']>>;

type HasCallers = Owning<'callers', CallersPart>;

export const NOTHING_SAID: CallersPart = { cancel: null, acceptFees: false, lastRequest: null };

const change = ownerOf<'callers', CallersPart>('callers');

/** A caller, or Temporal's own cancel, asked the booking to end. */
export function cancelAsked(b: HasCallers, cancel: CancelMessage): void {
  change(b, (part) => ({ ...part, cancel, acceptFees: part.acceptFees || cancel.acceptFees === true }));
}

/** The booking's end may cost a fee. */
export function feesAccepted(b: HasCallers): void {
  change(b, (part) => ({ ...part, acceptFees: true }));
}

/** A message was answered, or an accepted message came to nothing after all. */
export function messageAnswered(b: HasCallers, answer: Omit<Answer, 'at'>): void {
  change(b, (part) => ({ ...part, lastRequest: { ...answer, at: now() } }));
}

/** Takes up what callers had said to an ended run. */
export function callersTakenUp(
  b: HasCallers,
  { cancel, acceptFees }: Pick<BookingTraces, 'cancel' | 'acceptFees'>,
): void {
  change(b, (part) => ({ ...part, cancel, acceptFees }));
}
