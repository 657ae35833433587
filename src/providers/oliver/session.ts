import type { z } from 'zod';
import { Failure } from '../../booking/failures';
import { isSuccess, meaningOfRead, meaningOfWrite } from '../answer';
import { beforeSending } from '../before-sending';
import type { Clocks } from '../clocks';
import type { HttpAnswer } from '../http';
import { noticeLeftOut } from '../left-out';
import { UNHEARD, type Notice } from '../once';
import type { PacedExchange } from '../pace';
import type { Call } from '../provider';
import type { OliverAccount } from './accounts';
import { failureOf, isItsOwn, LANGUAGE, type ErrorRow } from './errors';
import { ENDPOINTS, urlOf, type Operation, type Query } from './operations';
import { orAborted, sharedWork, type SharedWork } from './shared-work';
import { successWire, tokenWire } from './wire';

/** What every operation at Oliver works with. */
export interface Session extends Clocks {
  accounts: Readonly<Record<string, OliverAccount>>;
  notice: Notice;
  /** Sends a request at the practice's pace. */
  send: PacedExchange;
  /**
   * Bearer tokens by account. Their lifetime is unknown (docs/providers.md#operations-at-oliver), so each is kept until
   * refused.
   */
  tokens: SharedWork<string>;
}

/** Creates a session that has not signed in anywhere yet. */
export function createSession(options: Omit<Session, 'tokens'>): Session {
  return { ...options, tokens: sharedWork<string>(Infinity, options.steady) };
}

/** What goes into one request besides its operation. */
export interface Ask {
  /** The id in the operation's path, if it has one. */
  id?: string;
  query?: Query;
  body?: unknown;
}

export type Reply<T> =
  | { is: 'done'; value: T }
  /** A create was refused. What was there before and what is on offer tell what that means. */
  | { is: 'not_created'; row: ErrorRow; said: string };

/** Returns the settings of the call's account. Throws `account_unknown`. */
export function accountOf(session: Session, call: Pick<Call, 'account'>): OliverAccount {
  const account = Object.hasOwn(session.accounts, call.account) ? session.accounts[call.account] : undefined;
  if (!account) throw new Failure('account_unknown');
  return account;
}

/** Returns the call for work that several callers share: no single caller can stop it. */
export function detached(call: Call): Call {
  return { ...call, signal: new AbortController().signal };
}

/**
 * Makes one call to Oliver, signed in. After a 401 it signs in once more and repeats the call; a write is repeated only
 * after Oliver's own 401, which had no effect. Returns a refused create, and throws every other refusal.
 */
export async function ask<T>(
  session: Session,
  call: Call,
  operation: Operation,
  schema: z.ZodType<T>,
  request: Ask = {},
): Promise<Reply<T>> {
  const isWrite = ENDPOINTS[operation].effect === 'write';
  const signedIn = (): Promise<string> => tokenOf(session, call);
  const token = await (isWrite ? beforeSending(signedIn) : signedIn());
  let answer = await send(session, call, operation, request, token);
  if (isSignedOut(operation, answer)) {
    session.tokens.drop(call.account, token);
    answer = await send(session, call, operation, request, await tokenOf(session, call));
  }
  return replyOf(operation, schema, answer, session.notice);
}

/** Makes one call, and throws every refusal. */
export async function demand<T>(...args: Parameters<typeof ask<T>>): Promise<T> {
  return valueOf(await ask(...args));
}

function valueOf<T>(reply: Reply<T>): T {
  if (reply.is === 'not_created') throw new Failure('unexpected_answer', { said: reply.said });
  return reply.value;
}

const UNAUTHORIZED = 401;

function isSignedOut(operation: Operation, answer: HttpAnswer): boolean {
  return answer.status === UNAUTHORIZED && (ENDPOINTS[operation].effect === 'read' || isItsOwn(answer));
}

function tokenOf(session: Session, call: Call): Promise<string> {
  const signedIn = session.tokens.get(call.account, () => signIn(session, detached(call)));
  return orAborted(signedIn, call.signal);
}

/** Signs in and returns the token. `role` is always ROLE_API (contract: SignInRequest). */
async function signIn(session: Session, call: Call): Promise<string> {
  const { username, password } = accountOf(session, call);
  const answer = await send(session, call, 'sign_in', { body: { username, password, role: 'ROLE_API' } });
  return valueOf(replyOf('sign_in', tokenWire, answer, session.notice)).token;
}

function send(
  session: Session,
  call: Call,
  operation: Operation,
  { id = '', query = {}, body }: Ask,
  token?: string,
): Promise<HttpAnswer> {
  const { baseUrl, locationId } = accountOf(session, call);
  const { method, effect } = ENDPOINTS[operation];
  return session.send(call.account, {
    method,
    effect,
    url: urlOf(operation, baseUrl, id, query),
    headers: {
      accept: 'application/json',
      'user-agent': 'booking-saga',
      // Sent on create too, although the contract leaves it out there (docs/providers.md#times-ids-and-headers).
      // Signing in names no practice.
      ...(token !== undefined && { authorization: `Bearer ${token}`, 'x-client-id': locationId }),
    },
    body,
    timeoutMs: call.timeoutMs,
    signal: call.signal,
    isLastTry: call.isLastTry,
    fence: effect === 'write' ? call.fence : undefined,
  });
}

/** Returns what an answer means to its operation. Throws a refusal that the operation cannot use. */
export function replyOf<T>(
  operation: Operation,
  schema: z.ZodType<T>,
  answer: HttpAnswer,
  notice = UNHEARD,
): Reply<T> {
  const read = (body: unknown): { value: T } | null => {
    const data = dataOf(body);
    const parsed = schema.safeParse(data);
    if (!parsed.success) return null;
    noticeLeftOut(notice, operation, data, parsed.data);
    return { value: parsed.data };
  };
  const meaning =
    ENDPOINTS[operation].effect === 'write'
      ? meaningOfWrite(LANGUAGE, { operation, answer, read })
      : meaningOfRead(LANGUAGE, { operation, answer: asRefusal(answer), read });
  if (meaning.is === 'done') return meaning;
  if ('failure' in meaning) throw meaning.failure;
  const { row, said } = meaning;
  if (row.is === 'not_created') return { is: row.is, row, said };
  throw failureOf(row.is, row, said, answer.retryAfterMs);
}

/** Returns the data that a success wraps; undefined for any other body. */
function dataOf(body: unknown): unknown {
  const answer = successWire.safeParse(body);
  return answer.success && answer.data.success !== false ? answer.data.data : undefined;
}

/** Returns the answer, as a 400 if it is a success status that says `success: false`: that refuses a read. */
function asRefusal(answer: HttpAnswer): HttpAnswer {
  return isSuccess(answer) && isItsOwn(answer) ? { ...answer, status: 400 } : answer;
}
