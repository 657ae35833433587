import type { z } from 'zod';
import { Failure } from '../../booking/failures';
import { meaningOfRead, meaningOfWrite } from '../answer';
import type { Clocks } from '../clocks';
import type { HttpAnswer } from '../http';
import { noticeLeftOut } from '../left-out';
import { UNHEARD, type Notice } from '../once';
import type { PacedExchange } from '../pace';
import type { Call } from '../provider';
import type { CalcomAccount } from './accounts';
import { failureOf, isUsable, LANGUAGE, type Usable } from './errors';
import { ENDPOINTS, urlOf, type Operation, type Query } from './operations';

/** What every operation at Cal.com works with. */
export interface Session extends Clocks {
  accounts: Readonly<Record<string, CalcomAccount>>;
  notice: Notice;
  /** Sends a request at the account's pace. */
  send: PacedExchange;
}

/** What goes into one request besides its operation. */
export interface Ask {
  /** Left out when the operation's path has no booking. */
  uid?: string;
  query?: Query;
  body?: unknown;
}

export type Reply<T> = { is: 'done'; value: T } | { is: Usable; said: string };

/** Returns the settings of the call's account. Throws `account_unknown`. */
export function accountOf(session: Pick<Session, 'accounts'>, call: Pick<Call, 'account'>): CalcomAccount {
  const account = Object.hasOwn(session.accounts, call.account) ? session.accounts[call.account] : undefined;
  if (!account) throw new Failure('account_unknown');
  return account;
}

/** Makes one call to Cal.com. Returns a refusal that the operation can use, and throws every other one. */
export async function ask<T>(
  session: Session,
  call: Call,
  operation: Operation,
  schema: z.ZodType<T>,
  { uid = '', query = {}, body }: Ask = {},
): Promise<Reply<T>> {
  const { apiKey, baseUrl } = accountOf(session, call);
  const { method, effect, version } = ENDPOINTS[operation];
  const answer = await session.send(call.account, {
    method,
    effect,
    url: urlOf(operation, baseUrl, uid, query),
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${apiKey}`,
      'cal-api-version': version,
      'user-agent': 'booking-saga',
    },
    body,
    timeoutMs: call.timeoutMs,
    signal: call.signal,
    isLastTry: call.isLastTry,
    fence: effect === 'write' ? call.fence : undefined,
  });
  return replyOf(operation, schema, answer, session.notice);
}

/** Returns what an answer means to its operation. Throws a refusal that the operation cannot use. */
export function replyOf<T>(
  operation: Operation,
  schema: z.ZodType<T>,
  answer: HttpAnswer,
  notice: Notice = UNHEARD,
): Reply<T> {
  const meaningOf = ENDPOINTS[operation].effect === 'write' ? meaningOfWrite : meaningOfRead;
  const meaning = meaningOf(LANGUAGE, {
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
  throw failureOf({ ...row, is: row.is }, said, answer.retryAfterMs);
}

/** Makes one call, and throws every refusal. */
export async function demand<T>(...args: Parameters<typeof ask<T>>): Promise<T> {
  const reply = await ask(...args);
  if (reply.is !== 'done') throw new Failure('unexpected_answer', { said: reply.said });
  return reply.value;
}
