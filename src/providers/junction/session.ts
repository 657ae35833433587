import type { z } from 'zod';
import { Failure } from '../../booking/failures';
import type { JunctionAccount } from '../../config';
import type { Clocks } from '../clocks';
import { unclear } from '../http';
import type { Notice } from '../once';
import type { PacedExchange } from '../pace';
import type { Call } from '../provider';
import { verdictOf, type Verdict } from './errors';
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
  /** Empty where the operation's path has no order. */
  orderId?: string;
  query?: Query;
  body?: unknown;
  /** Idempotency key. Stored failures are replayed unless told otherwise, so it is always told (providers.md). */
  key?: string | null;
}

export type Reply<T> = { is: 'done'; value: T } | ({ is: 'refused' } & Verdict);

/** The settings of the call's account. Throws `account_unknown`. */
export function accountOf(session: Session, call: Call): JunctionAccount {
  const account = Object.hasOwn(session.accounts, call.account) ? session.accounts[call.account] : undefined;
  if (!account) throw new Failure('account_unknown');
  return account;
}

/** One call to Junction; a refusal that may mean more than it says is returned, every other one is thrown. */
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
  });
  if (answer.status < 200 || answer.status > 299) {
    const verdict = verdictOf(operation, answer);
    if (verdict.riddle === null) throw verdict.failure;
    return { is: 'refused', ...verdict };
  }
  const parsed = schema.safeParse(answer.body);
  if (!parsed.success)
    throw unclear(effect, `HTTP ${answer.status} with a body of another shape than ${operation} has`);
  return { is: 'done', value: parsed.data };
}

/** The same where no refusal is worth a second look: all are thrown. */
export async function demand<T>(...args: Parameters<typeof ask<T>>): Promise<T> {
  const reply = await ask(...args);
  if (reply.is === 'refused') throw reply.failure;
  return reply.value;
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) search.append(name, one);
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}
