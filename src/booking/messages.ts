import type { Choice } from './failures';

/**
 * The bodies of the messages to a running booking. `id` is the sender's own token: it comes back in
 * `lastRequest`, so that the sender can tell its answer from another's. Messages are untrusted where they
 * arrive (any Temporal client can send them): see workflows/saga/guard.ts.
 */
interface Sender {
  /** Who asks: an API key's name or an operator. Never a patient. */
  by?: string;
  id?: string;
}

export interface CancelMessage extends Sender {
  reason?: string;
  /** What becomes of the order; a placed one is cancelled, an adopted one as its request's `onFailure` says. */
  order?: 'cancel' | 'keep';
  acceptFees?: boolean;
}

/** Which question a person saw when they decided; what is left out is not compared. */
export interface Seen {
  /** The attention's `reason`. */
  reason?: string;
  /** The attention's `since`, RFC 3339. */
  since?: string;
}

export interface RetryMessage extends Sender, Seen {}

export interface ResolveMessage extends Sender, Seen {
  choice: Choice;
  /** For the record: why the person decided so. */
  why: string;
}

export interface RescheduleMessage extends Sender {
  /** As they were sent: days like `+4d` are counted from `receivedAt`, at the place. */
  windows?: unknown;
  slot?: unknown;
  acceptFees?: boolean;
}

/** A move that a booking has accepted. */
export interface AcceptedMove extends RescheduleMessage {
  /** RFC 3339. Not there where an earlier build accepted it. */
  receivedAt?: string;
  /** Whether its words are those of the last move, which was made: it is one of its own if they mean other days by now. */
  isRepeated?: boolean;
}

/** A day of a window as days from today: `+3d`. */
export const RELATIVE_DAY = /^\+(\d{1,3})d$/;

export type MessageKind = 'cancel' | 'retry' | 'resolve' | 'reschedule';

/** How much a message may hold. More is refused as malformed: what is cut may have lost its meaning. */
export const MESSAGE_LIMITS = {
  /** Characters of `id` and `by`, and of the reason and the time that a decision names. */
  token: 100,
  /** Characters of `reason` and `why`. */
  text: 1_000,
  windows: 20,
  /** Letters of windows or slot as JSON. */
  json: 8_192,
  /** Letters of all of it as JSON: what Temporal need not carry to be refused. */
  body: 16_384,
} as const;

/** What a message's sender is told. */
export interface MessageReceipt {
  outcome: 'accepted' | 'refused';
  code: string | null;
}

/** No field of a message lies deeper. */
const MAX_DEPTH = 6;

/** A message without its fields that are null, which say what leaving them out says; the fields of its blocks too. */
export function withoutNulls(value: unknown, depth = MAX_DEPTH): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, withoutNulls(item, depth - 1)]),
  );
}
