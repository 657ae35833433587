import type { z } from 'zod';
import { Failure } from '../../booking/failures';
import type { OliverAccount } from '../../config';
import { isSuccess, meaningOfRead, meaningOfWrite } from '../answer';
import { beforeSending } from '../before-sending';
import type { Clocks } from '../clocks';
import type { HttpAnswer } from '../http';
import { noticeLeftOut } from '../left-out';
import { UNHEARD, type Notice } from '../once';
import type { PacedExchange } from '../pace';
import type { Call } from '../provider';
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
  /** Bearer tokens by account. Their lifetime is unknown (docs/providers.md#operations-at-oliver): each is kept until it is refused. */
  tokens: SharedWork<string>;
}

/** A session that has signed in nowhere yet. */
export function createSession(options: Omit<Session, 'tokens'>): Session {
  return { ...options, tokens: sharedWork<string>(Infinity, options.steady) };
}

/** What goes into one request besides its operation. */
export interface Ask {
  /** Where the operation's path has one. */
  id?: string;
  query?: Query;
  body?: unknown;
}

export type Reply<T> =
  | { is: 'done'; value: T }
  /** A create that was refused: what was there before and what is on offer tell what that means. */
  | { is: 'not_created'; row: ErrorRow; said: string };

/** The settings of the call's account. Throws `account_unknown`. */
export function accountOf(session: Session, call: Pick<Call, 'account'>): OliverAccount {
  const account = Object.hasOwn(session.accounts, call.account) ? session.accounts[call.account] : undefined;
  if (!account) throw new Failure('account_unknown');
  return account;
}

/** The same call for work that several callers share: no single one of them can stop it. */
export function detached(call: Call): Call {
  return { ...call, signal: new AbortController().signal };
}

/**
 * One call to Oliver, signed in. A 401 is answered with one new sign-in and the same call again; a write only where the
 * 401 is Oliver's own, which had no effect. A refused create is returned; every other refusal is thrown.
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

/** The same where no refusal is of use: all are thrown. */
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

/** `role` is always ROLE_API (contract: SignInRequest). */
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
      // On create too, although the contract leaves it out there (docs/providers.md#times-ids-and-headers). Signing in is of no practice.
      ...(token !== undefined && { authorization: `Bearer ${token}`, 'x-client-id': locationId }),
    },
    body,
    timeoutMs: call.timeoutMs,
    signal: call.signal,
    isLastTry: call.isLastTry,
    fence: effect === 'write' ? call.fence : undefined,
  });
}

/** What an answer is to its operation; a refusal that it cannot use is thrown. */
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

/** What a success wraps; nothing where it is none. */
function dataOf(body: unknown): unknown {
  const answer = successWire.safeParse(body);
  return answer.success && answer.data.success !== false ? answer.data.data : undefined;
}

/** A success that says `success: false` refuses a read as a 400 does. */
function asRefusal(answer: HttpAnswer): HttpAnswer {
  return isSuccess(answer) && isItsOwn(answer) ? { ...answer, status: 400 } : answer;
}
