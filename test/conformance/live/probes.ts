import { FAILURES } from '../../../src/booking/failures';
import type { Slot } from '../../../src/booking/model';
import { isSuccess, meaningOfWrite, type WriteMeaning } from '../../../src/providers/answer';
import { isUsable, languageOf, type ErrorRow } from '../../../src/providers/junction/errors';
import {
  DIALECTS,
  ENDPOINTS,
  pathOf,
  type JunctionName,
  type Operation,
} from '../../../src/providers/junction/operations';
import { cancelPlaced, placed, type Desk, type Trial } from '../desk';
import type { LiveTarget } from './target';

/** What a probe works with: one provider of a Junction account, with nobody booked. */
export interface Bench {
  name: JunctionName;
  target: LiveTarget;
  desk: Desk;
}

/** Finds something out, in words for a person. Leaves nothing that `desk.cleanUp` does not take away. */
export type Probe = (bench: Bench) => Promise<string>;

interface Said {
  status: number;
  body: unknown;
}

export const PROBES = {
  badKey: async (bench) => {
    const trial = await bench.desk.open();
    return wordsFor(bench, 'book', await book(bench, trial, 'foo123'));
  },

  expiredKey: async (bench) => {
    const trial = await bench.desk.open();
    const { key, expiresAt } = trial.slot();
    const leftMs = expiresAt === null ? Infinity : Date.parse(expiresAt) - Date.now();
    if (leftMs > bench.target.patienceMs)
      return `not waited for: keys last until ${expiresAt ?? 'nobody knows when'}`;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, leftMs) + EXPIRY_SLACK_MS));
    return wordsFor(bench, 'book', await book(bench, trial, key));
  },

  secondActive: async (bench) => {
    const first = await bench.desk.open();
    await first.held();
    const second = await bench.desk.open();
    return wordsFor(bench, 'book', await book(bench, second, apartFrom(first.slot(), second).key));
  },

  sameSlot: async (bench) => {
    const trial = await bench.desk.open();
    await trial.held();
    return wordsFor(bench, 'book', await book(bench, trial, trial.slot().key));
  },

  asyncFields: async (bench) => {
    const trial = await bench.desk.open();
    const fields = { async_confirmation: true, sync_confirmation_timeout_millisecond: 1_000 };
    const said = await book(bench, trial, trial.slot().key, fields);
    return `${wordsFor(bench, 'book', said)}${said.status < 300 ? `, status ${statusOf(said)}` : ''}`;
  },

  bookKey: async (bench) => {
    if (!bench.desk.subject.takesBookKey) return 'there are no keys here';
    const trial = await bench.desk.open();
    const headers = { 'x-idempotency-key': `${trial.bookingId}/book/1`, 'x-idempotency-error': 'no-cache' };
    const [first, again] = [
      await book(bench, trial, trial.slot().key, {}, headers),
      await book(bench, trial, trial.slot().key, {}, headers),
    ];
    const isReplay = again.status === first.status && idOf(again) !== null && idOf(again) === idOf(first);
    return isReplay
      ? 'the first answer is replayed: keys count'
      : `keys do not count: ${wordsFor(bench, 'book', again)}`;
  },

  notReady: async (bench) => {
    const { desk } = bench;
    const trial = await desk.open();
    const target = desk.target();
    const order = await placed(desk, target, desk.subject.request());
    if (order.is !== 'done') return 'not found out: the order was not placed';
    const said = await book(bench, { ...trial, order: order.order }, trial.slot().key);
    await cancelPlaced(desk, trial, target, order.order.id);
    return wordsFor(bench, 'book', said);
  },

  cancelTwice: async (bench) => {
    const trial = await cancelled(bench);
    const reasons = await say(bench, 'reasons', trial, undefined);
    const [reason] = Array.isArray(reasons.body) ? (reasons.body as { id: string }[]) : [];
    const body = DIALECTS[bench.name].cancelBody(reason?.id ?? '', undefined);
    return wordsFor(bench, 'cancel_appointment', await say(bench, 'cancel_appointment', trial, body));
  },

  moveCancelled: async (bench) => {
    const trial = await cancelled(bench);
    const body = { booking_key: apartFrom(trial.slot(), trial).key };
    return wordsFor(bench, 'reschedule', await say(bench, 'reschedule', trial, body));
  },

  cancelledOrder: async (bench) => {
    const trial = await bench.desk.open();
    await trial.cancelOrder();
    return wordsFor(bench, 'book', await book(bench, trial, trial.slot().key));
  },
} as const satisfies Record<string, Probe>;

/** Clocks differ. */
const EXPIRY_SLACK_MS = 250;

async function cancelled({ desk }: Bench): Promise<Trial> {
  const trial = await desk.open();
  const { id } = await trial.held();
  await trial.cancel(id);
  return trial;
}

function book(bench: Bench, trial: Trial, key: string, more: object = {}, headers = {}): Promise<Said> {
  return say(bench, 'book', trial, { booking_key: key, ...more }, headers);
}

/** One call past the adapter, whose answer is what the probe is after. */
async function say(
  { name, target }: Bench,
  operation: Operation,
  { order }: Trial,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Said> {
  const path = pathOf(operation, DIALECTS[name], order?.id ?? '');
  const answer = await fetch(target.baseUrl.replace(/\/+$/, '') + path, {
    method: ENDPOINTS[operation].method,
    headers: { 'x-vital-api-key': target.apiKey, 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: parsed(text) };
}

/** The answer in short, its ids blotted out, and what our table of refusals makes of it. */
function wordsFor({ name }: Bench, operation: Operation, { status, body }: Said): string {
  if (isSuccess({ status })) return `accepted with ${status}`;
  const text = JSON.stringify(body).replace(ID, '<id>').slice(0, 240);
  const answer = { status, body, isReadable: true };
  const meaning = meaningOfWrite(languageOf(DIALECTS[name]), { operation, answer, read: () => null });
  return `${status} ${text}: ${verdictOf(meaning)}`;
}

function verdictOf(meaning: WriteMeaning<unknown, ErrorRow>): string {
  if (meaning.is === 'unknown') {
    return `outcome_unknown (${meaning.failure.facts.isRefusal ? 'a refusal that no row names' : 'looked up'})`;
  }
  if (meaning.is === 'done') return 'done';
  const { is } = meaning.row;
  return isUsable(is) ? `${is} (read again to tell)` : `${is} (${FAILURES[is].owner})`;
}

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

function apartFrom({ startsAt }: Slot, { slots }: Trial): Slot {
  const other = slots.find((slot) => slot.startsAt !== startsAt);
  if (!other) throw new Error('all slots are at one time');
  return other;
}

function fieldOf({ body }: Said, field: string): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const value = new Map<string, unknown>(Object.entries(body)).get(field);
  return typeof value === 'string' ? value : null;
}

const idOf = (said: Said): string | null => fieldOf(said, 'id');
const statusOf = (said: Said): string => fieldOf(said, 'status') ?? 'missing';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
