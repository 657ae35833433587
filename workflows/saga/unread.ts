import { condition, patched, workflowInfo } from '@temporalio/workflow';
import { Failure, failureRow } from '../../src/booking/failures';
import type { MessageKind } from '../../src/booking/messages';
import { isOpen } from '../../src/booking/status';
import { lacksKey, unreadableIn } from '../../src/booking/unreadable';
import { core } from './activities';
import { failureOf } from './ending';
import { askedAboutMessages, questionClosed, type AttentionPart } from './parts/attention';
import { messageAnswered } from './parts/callers';
import { publish } from './publish';
import {
  askingBegan,
  isAsked,
  stopAsking,
  takeUnreadDecision,
  unreadCame,
  unreadGone,
  unreadTried,
  type UnreadMessage,
} from './mail';
import { shielded, type Begun } from './state';

/**
 * Messages that could not be decrypted when they came, because their key is missing here. No such message is lost, and
 * none stops the booking. The ciphertext is kept, and an activity tries to decrypt it on whichever worker takes it. If
 * that fails, a person is asked. Meanwhile the booking goes on; only its deadlines stand still.
 *
 * Whether a message can be read depends on the worker's keys, and a replay may run on a worker with other keys. So the
 * history records (as a patch) that a message could not be read, and a replay treats it as unreadable even if it has
 * the key.
 */

/** How many unread messages are kept. One cancel always is. */
const KEPT = 10;
/** The guard accepts no message whose ciphertext is longer, in base64. */
const LONGEST_CIPHERTEXT = 32_768;

/** Receives a message that an activity could read after all. */
type Receive = (b: Begun, kind: MessageKind, body: unknown) => unknown;

/** Returns true when a signal, the next of this run, could not be read when it came. */
export function couldNotBeRead(b: Begun, body: unknown): boolean {
  b.heard += 1;
  const unreadable = unreadableIn(body);
  const wasUnread = recorded(`message-unreadable:${b.heard}`, unreadable !== null);
  // The message was readable when it came, and the booking acted on it: only a worker with its key can replay that.
  if (unreadable && !wasUnread) throw lacksKey('A message that this workflow has followed', unreadable);
  return wasUnread;
}

/** Keeps an unread message. Returns null when it is kept, else the code of its refusal. */
export function keepUnread(
  b: Begun,
  kind: MessageKind,
  body: unknown,
): 'malformed_message' | 'message_unreadable' | null {
  const isTooLong = (unreadableIn(body)?.payload.length ?? 0) > LONGEST_CIPHERTEXT;
  if (recorded(`message-too-long:${b.heard}`, isTooLong)) return 'malformed_message';
  const { unread } = b.inbox;
  if (unread.length >= KEPT) {
    // Only the loss of a cancel costs a patient's trip.
    const least = kind === 'cancel' ? unread.find((kept) => kept.kind !== 'cancel') : undefined;
    if (!least) return 'message_unreadable';
    unreadCame(b, { kind, body }, least);
    return null;
  }
  unreadCame(b, { kind, body }, null);
  return null;
}

/** Records the last unread message as refused, because a booking that ends takes no more messages. */
export function refuseUnread(b: Begun): void {
  const last = b.inbox.unread.at(-1);
  if (!last) return;
  const { kind } = last;
  messageAnswered(b, { kind, outcome: 'refused', code: 'message_unreadable', id: null, by: null });
}

/** Returns the first answer to this question in the run, on whichever worker a replay runs. */
function recorded(id: string, isSo: boolean): boolean {
  return workflowInfo().unsafe.isReplaying ? patched(id) : isSo && patched(id);
}

/** Looks after unread messages for as long as the booking is open. A cancel of the workflow does not end it. */
export function lookAfterUnread(b: Begun, receive: Receive): Promise<never> {
  return shielded(async () => {
    for (;;) {
      await condition(() => isOpen(b.state.progress.status) && (fresh(b) !== undefined || mayAsk(b)));
      const message = fresh(b);
      if (message) await readAgain(b, message, receive);
      else await ask(b);
    }
  });
}

function fresh(b: Begun): UnreadMessage | undefined {
  return b.inbox.unread.find(({ isFresh }) => isFresh);
}

/** A question of the booking's own comes first. */
function mayAsk({ state, inbox }: Begun): boolean {
  return inbox.unread.length > 0 && (state.attention.question === null || isOurs(state.attention));
}

function isOurs({ question }: AttentionPart): boolean {
  return question?.reason === 'message_unreadable';
}

async function readAgain(b: Begun, message: UnreadMessage, receive: Receive): Promise<void> {
  try {
    const { kind, body } = message;
    const read = await core('read a message that could not be read').readMessage({ body });
    unreadGone(b, message);
    if (b.inbox.unread.length === 0) closeQuestion(b);
    receive(b, kind, read.body);
  } catch (err) {
    if (!failureOf(err)) throw err;
    unreadTried(b, message); // not earlier: a new run that begins meanwhile must try again
  }
}

/** Asks a person until they decide, or until something more urgent comes. */
async function ask(b: Begun): Promise<void> {
  askingBegan(b);
  const { code: reason, message } = new Failure('message_unreadable');
  const choices = [...(failureRow(reason).choices ?? [])];
  askedAboutMessages(b, { reason, message, choices }, b.inbox.unread.map(triedLine));
  publish(b);
  await condition(
    () =>
      b.inbox.unreadDecision !== null ||
      fresh(b) !== undefined ||
      !isOurs(b.state.attention) ||
      !isOpen(b.state.progress.status),
  );
  if (isOurs(b.state.attention) && takeUnreadDecision(b)) closeQuestion(b);
}

function closeQuestion(b: Begun): void {
  if (isAsked(b)) stopAsking(b);
  if (!isOurs(b.state.attention)) return;
  questionClosed(b);
  publish(b);
}

function triedLine({ kind, body, at }: UnreadMessage): string {
  const keyId = unreadableIn(body)?.keyId;
  return `${at}: ${kind}${keyId === undefined ? '' : ` under the key "${keyId}"`}`;
}
