import type { Choice } from './failures';

/**
 * The bodies of the messages to a running booking. `id` is the sender's own token. It comes back in `lastRequest`, so
 * that the sender can tell its answer from another's. Any Temporal client can send messages, so they are untrusted on
 * arrival: see workflows/saga/guard.ts.
 */
interface Sender {
  /** Who asks: an API key's name or an operator. Never a patient. */
  by?: string;
  id?: string;
}

export interface CancelMessage extends Sender {
  reason?: string;
  /** What becomes of the order. By default a placed one is cancelled, and an adopted one follows `onFailure`. */
  order?: 'cancel' | 'keep';
  acceptFees?: boolean;
}

/** The question that a person saw when they decided. A field that is left out is not compared. */
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
  /** RFC 3339. Absent if an earlier build accepted it. */
  receivedAt?: string;
  /** Whether its words equal those of the last, completed move: it is a new move if they mean other days by now. */
  isRepeated?: boolean;
}

/** A day of a window as days from today: `+3d`. */
export const RELATIVE_DAY = /^\+(\d{1,3})d$/;

export type MessageKind = 'cancel' | 'retry' | 'resolve' | 'reschedule';

/** How much a message may hold. More is refused as malformed, because a cut text may lose its meaning. */
export const MESSAGE_LIMITS = {
  /** Characters of `id` and `by`, and of the reason and the time that a decision names. */
  token: 100,
  /** Characters of `reason` and `why`. */
  text: 1_000,
  windows: 20,
  /** Letters of windows or slot as JSON. */
  json: 8_192,
  /** Letters of the whole message as JSON. A longer one is refused before Temporal has to carry it. */
  body: 16_384,
} as const;

/** The answer to a message's sender. */
export interface MessageReceipt {
  outcome: 'accepted' | 'refused';
  code: string | null;
}

/** No field of a message lies deeper. */
const MAX_DEPTH = 6;

/** Returns a message without null fields, at any depth: null means the same as leaving a field out. */
export function withoutNulls(value: unknown, depth = MAX_DEPTH): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, withoutNulls(item, depth - 1)]),
  );
}
