import type { AcceptedMove, MessageKind, ResolveMessage } from '../../src/booking/messages';
import { now, nowMs } from './clock';
import { deadlinesHeldBack, type DeadlinesPart } from './parts/deadlines';

/**
 * What callers and providers have sent and the main line has not taken yet. Handlers put it here and steps take it,
 * through this file's exports only. It goes along into a new run.
 */
export interface Mail {
  /** Somebody says that something changed: read the provider once. */
  readonly news: boolean;
  readonly decision: ResolveMessage | null;
  readonly reschedule: AcceptedMove | null;
  /** Messages that could not be decrypted, oldest first; see unread.ts. */
  readonly unread: readonly UnreadMessage[];
  /** What a person has decided about them. */
  readonly unreadDecision: UnreadChoice | null;
  /** Since when a person is asked about them, in ms; null while nobody is. */
  readonly askedSinceMs: number | null;
}

/** A message that could not be decrypted when it came. */
export interface UnreadMessage {
  readonly kind: MessageKind;
  /** A stand-in for its ciphertext, or its plain body if a worker that has its key replayed the booking. */
  readonly body: unknown;
  readonly at: string;
  /** Whether an activity still has to try to read it. */
  readonly isFresh: boolean;
}

type UnreadChoice = 'retry' | 'drop';

interface HasMail {
  inbox: Mail;
}

export const NO_MAIL: Mail = {
  news: false,
  decision: null,
  reschedule: null,
  unread: [],
  unreadDecision: null,
  askedSinceMs: null,
};

function change(b: HasMail, fields: Partial<Mail>): void {
  b.inbox = { ...b.inbox, ...fields };
}

/** Somebody says that something changed. */
export function newsCame(b: HasMail): void {
  change(b, { news: true });
}

/** Takes the news. Returns true when there was some. */
export function takeNews(b: HasMail): boolean {
  const { news } = b.inbox;
  change(b, { news: false });
  return news;
}

/** A person has decided what is asked. */
export function decisionCame(b: HasMail, decision: ResolveMessage): void {
  if (isAsked(b)) change(b, { unreadDecision: decision.choice === 'drop' ? 'drop' : 'retry' });
  else change(b, { decision });
}

/** Takes the decision about the booking's own question. Returns null when there is none. */
export function takeDecision(b: HasMail): ResolveMessage | null {
  const { decision } = b.inbox;
  change(b, { decision: null });
  return decision;
}

/** A caller's change was accepted. */
export function moveCame(b: HasMail, reschedule: AcceptedMove): void {
  change(b, { reschedule });
}

/** Takes the change that is to be carried out. Returns null when there is none. */
export function takeMove(b: HasMail): AcceptedMove | null {
  const { reschedule } = b.inbox;
  change(b, { reschedule: null });
  return reschedule;
}

/** A message could not be decrypted. It is kept, and replaces the message `instead` if there is one. */
export function unreadCame(
  b: HasMail,
  { kind, body }: Pick<UnreadMessage, 'kind' | 'body'>,
  instead: UnreadMessage | null,
): void {
  const kept = b.inbox.unread.filter((one) => one !== instead);
  change(b, { unread: [...kept, { kind, body, at: now(), isFresh: true }] });
}

/** An unread message could be read after all, or is dropped. */
export function unreadGone(b: HasMail, message: UnreadMessage): void {
  change(b, { unread: b.inbox.unread.filter((one) => one !== message) });
}

/** An activity could not read it either. */
export function unreadTried(b: HasMail, message: UnreadMessage): void {
  change(b, { unread: b.inbox.unread.map((one) => (one === message ? { ...one, isFresh: false } : one)) });
}

/** Takes what a person decided about the unread messages. Returns null when they have not. */
export function takeUnreadDecision(b: HasMail): UnreadChoice | null {
  const { unread, unreadDecision } = b.inbox;
  if (unreadDecision === 'drop') change(b, { unread: unread.slice(1) });
  if (unreadDecision === 'retry') change(b, { unread: unread.map((one) => ({ ...one, isFresh: true })) });
  change(b, { unreadDecision: null });
  return unreadDecision;
}

/**
 * Returns true when a person is asked about unread messages, so that deadlines stand still while the booking goes on.
 */
export function isAsked({ inbox }: HasMail): boolean {
  return inbox.askedSinceMs !== null;
}

/** A person is asked about them from now on, if they were not before. */
export function askingBegan(b: HasMail): void {
  change(b, { askedSinceMs: b.inbox.askedSinceMs ?? nowMs() });
}

/** Nobody is asked about them any more. The time in which a person was asked held the deadlines back. */
export function stopAsking(b: HasMail & Parameters<typeof deadlinesHeldBack>[0]): void {
  const { askedSinceMs } = b.inbox;
  if (askedSinceMs !== null) deadlinesHeldBack(b, nowMs() - askedSinceMs);
  change(b, { askedSinceMs: null });
}

/** Returns how long deadlines have been held back by now, in ms. */
export function heldBackMs(b: HasMail & { readonly state: { readonly deadlines: DeadlinesPart } }): number {
  const { askedSinceMs } = b.inbox;
  return b.state.deadlines.heldBackMs + (askedSinceMs === null ? 0 : nowMs() - askedSinceMs);
}
