import { Failure, CHOICES, type Choice } from '../../src/booking/failures';
import { workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import type { Command } from './commands';
import type { Play } from './play';

/** Callers and the people who handle bookings: what they send, and what is remembered of what they asked. */

type Message = Extract<Command, { by: unknown }>;
type Body = Record<string, unknown>;

/** Sends a message. One that is refused asked for nothing; one by signal may have been, so it counts. */
export async function send(p: Play, message: Message): Promise<void> {
  const body = await bodyOf(p, message);
  if (body === null) return;
  const atMs = Date.now();
  if (message.by === 'signal') await signal(p, message.do, body);
  else if (await isRefused(() => update(p, message.do, body))) return;
  remember(p, message.do, body, atMs);
}

/** Signals nonsense. */
export async function garble(p: Play, [name, body]: readonly [string, unknown]): Promise<void> {
  await signal(p, name, body);
}

/** Longest that workers may be away, in ms: a restart of them cuts off what is asked meanwhile. */
const AWAY_MS = 60_000;

/** Asks until there is an answer: the workers may be restarting. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + AWAY_MS;
  for (;;) {
    try {
      return await ask();
    } catch (err) {
      if (!isAway(err) || Date.now() > giveUpAt) throw err;
    }
  }
}

function isAway(err: unknown): boolean {
  return err instanceof Failure && err.code === 'temporal_unavailable';
}

/** Null: there is nothing to decide just now. */
async function bodyOf({ story, rig, id }: Play, message: Message): Promise<Body | null> {
  switch (message.do) {
    case 'cancel':
      return { acceptFees: story.acceptFees ?? true, ...(story.cancelOrder && { order: story.cancelOrder }) };
    case 'reschedule':
      return { windows: [{ from: `+${message.fromDay}d`, to: `+${message.fromDay + 4}d` }] };
    case 'retry':
      return {};
    case 'resolve': {
      const choices = (await patiently(() => rig.bookings.get(id))).attention?.choices ?? [];
      const choice = choices[message.nth % choices.length];
      return choice === undefined ? null : { choice, why: 'the story says so' };
    }
  }
}

async function update({ rig, id }: Play, name: Message['do'], body: Body): Promise<BookingView> {
  const { bookings } = rig;
  switch (name) {
    case 'cancel':
      return bookings.cancel(id, body);
    case 'reschedule':
      return bookings.reschedule(id, body);
    case 'retry':
      return bookings.retry(id, body);
    case 'resolve':
      return bookings.resolve(id, { choice: choiceOf(body), why: 'the story says so' });
  }
}

function choiceOf({ choice }: Body): Choice {
  const known = Object.keys(CHOICES).find((one): one is Choice => one === choice);
  if (!known) throw new Error(`${String(choice)} is offered and is no choice of the table`);
  return known;
}

/** When no worker answers, the message may still be accepted later. */
async function isRefused(sending: () => Promise<unknown>): Promise<boolean> {
  try {
    await sending();
    return false;
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    return !isAway(err);
  }
}

async function signal({ rig, id }: Play, name: string, body: unknown): Promise<void> {
  await rig.server.client.workflow
    .getHandle(workflowIdOf(id))
    .signal(name, body)
    .catch((err: unknown) => {
      if (!(err instanceof Error) || err.name !== 'WorkflowNotFoundError') throw err;
    });
}

/** What may cost a confirmed appointment when it is asked for. */
const COSTLY: readonly unknown[] = ['cancel', 'reschedule', 'end', 'rebook', 'accept_fees'];

function remember({ wishes }: Play, name: Message['do'], body: Body, atMs: number): void {
  if (COSTLY.includes(name) || COSTLY.includes(body.choice)) wishes.undoAt.push(atMs);
  if (name === 'reschedule') wishes.move = true;
  if (body.choice === 'leave' || body.choice === 'undone') wishes.left = true;
}
