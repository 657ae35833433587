import type { z } from 'zod';
import { Failure } from '../../booking/failures';
import { meaningOfRead, meaningOfWrite } from '../answer';
import type { Clocks } from '../clocks';
import type { HttpAnswer } from '../http';
import { noticeLeftOut } from '../left-out';
import { UNHEARD, type Notice } from '../once';
import type { PacedExchange } from '../pace';
import type { Call } from '../provider';
import type { JunctionAccount } from './accounts';
import { failureOf, isUsable, languageOf, type Usable } from './errors';
import { ENDPOINTS, pathOf, type Dialect, type Operation, type Query } from './operations';

/** What every operation of one Junction provider works with. */
export interface Session extends Clocks {
  dialect: Dialect;
  accounts: Readonly<Record<string, JunctionAccount>>;
  notice: Notice;
  /** Sends a request at the account's pace. */
  send: PacedExchange;
}

/** What goes into one request besides its operation. */
export interface Ask {
  /** Left out when the operation's path has no order. */
  orderId?: string;
  query?: Query;
  body?: unknown;
  /**
   * Idempotency key. Junction replays stored failures unless told not to, so it is always told
   * (docs/providers.md#idempotency).
   */
  key?: string | null;
}

export type Reply<T> = { is: 'done'; value: T } | { is: Usable; said: string };

/** Returns the settings of the call's account. Throws `account_unknown`. */
export function accountOf(session: Session, call: Call): JunctionAccount {
  const account = Object.hasOwn(session.accounts, call.account) ? session.accounts[call.account] : undefined;
  if (!account) throw new Failure('account_unknown');
  return account;
}

/** Makes one call to Junction. Returns a refusal that the operation can use, and throws every other one. */
export async function ask<T>(
  session: Session,
  call: Call,
  operation: Operation,
  schema: z.ZodType<T>,
  { orderId = '', query = {}, body, key }: Ask = {},
): Promise<Reply<T>> {
  const account = accountOf(session, call);
  const { method, effect } = ENDPOINTS[operation];
  const answer = await session.send(call.account, {
    method,
    effect,
    url: account.baseUrl.replace(/\/+$/, '') + pathOf(operation, session.dialect, orderId) + searchOf(query),
    headers: {
      'x-vital-api-key': account.apiKey,
      accept: 'application/json',
      'user-agent': 'booking-saga',
      ...(key && { 'x-idempotency-key': key, 'x-idempotency-error': 'no-cache' }),
    },
    body,
    timeoutMs: call.timeoutMs,
    signal: call.signal,
    isLastTry: call.isLastTry,
    fence: effect === 'write' ? call.fence : undefined,
  });
  return replyOf(session, operation, schema, answer);
}

/** Returns what an answer means to its operation. Throws a refusal that the operation cannot use. */
export function replyOf<T>(
  { dialect, notice = UNHEARD }: Pick<Session, 'dialect'> & Partial<Pick<Session, 'notice'>>,
  operation: Operation,
  schema: z.ZodType<T>,
  answer: HttpAnswer,
): Reply<T> {
  const meaningOf = ENDPOINTS[operation].effect === 'write' ? meaningOfWrite : meaningOfRead;
  const meaning = meaningOf(languageOf(dialect), {
    operation,
    answer,
    read: (body) => {
      const parsed = schema.safeParse(body);
      if (!parsed.success) return null;
      noticeLeftOut(notice, operation, body, parsed.data);
      return { value: parsed.data };
    },
  });
  if (meaning.is === 'done') return meaning;
  if ('failure' in meaning) throw meaning.failure;
  const { row, said } = meaning;
  if (isUsable(row.is)) return { is: row.is, said };
  throw failureOf({ ...row, is: row.is }, operation, answer, said);
}

/** Makes one call, and throws every refusal. */
export async function demand<T>(...args: Parameters<typeof ask<T>>): Promise<T> {
  const reply = await ask(...args);
  if (reply.is !== 'done') throw new Failure('unexpected_answer', { said: reply.said });
  return reply.value;
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) search.append(name, one);
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}
