import type { Choice, Failure, FailureCode, FailureFacts } from '../../../src/booking/failures';
import type { BookingView } from '../../../src/booking/schema/view';
import { now } from '../clock';
import { ownerOf, type Owning } from './own';

/** What a person is asked, and what was tried before. */
export interface AttentionPart {
  /** The question that is open; null while nobody is asked. */
  readonly question: Question | null;
  /** The failure that it is about; null while nobody is asked, and for a question about messages. */
  readonly failure: { readonly code: FailureCode; readonly facts: FailureFacts } | null;
  /** What was tried before a person was asked, newest last. */
  readonly tried: readonly string[];
  /** How many older lines of that are gone. */
  readonly triedLeftOut: number;
}

export type Question = Readonly<NonNullable<BookingView['attention']>>;

type HasAttention = Owning<'attention', AttentionPart>;

export const NOBODY_ASKED: AttentionPart = { question: null, failure: null, tried: [], triedLeftOut: 0 };

/** Lines of what was tried that a booking keeps. */
const TRIED_KEPT = 20;

const change = ownerOf<'attention', AttentionPart>('attention');

/** A person is asked about a failure; `line` says what was tried. */
export function personAsked(
  b: HasAttention,
  { code, facts, message }: Failure,
  choices: readonly Choice[],
  line: string,
): void {
  change(b, (part) => {
    const all = [...part.tried, line];
    const tried = all.slice(-TRIED_KEPT);
    const triedLeftOut = part.triedLeftOut + all.length - tried.length;
    const question = { reason: code, message, since: now(), tried, triedLeftOut, choices: [...choices] };
    return { tried, triedLeftOut, question, failure: { code, facts } };
  });
}

/** A person is asked about messages that could not be read. No try of the booking's own led to this question. */
export function askedAboutMessages(
  b: HasAttention,
  { reason, message, choices }: Pick<Question, 'reason' | 'message' | 'choices'>,
  lines: string[],
): void {
  // Since now: a decision about another message must not count for this one, though both came at once.
  const question = { reason, message, since: now(), tried: lines, triedLeftOut: 0, choices };
  change(b, (part) => ({ ...part, question, failure: null }));
}

/** The question was decided, or no longer needs an answer. */
export function questionClosed(b: HasAttention): void {
  change(b, (part) => ({ ...part, question: null, failure: null }));
}
