import type { z } from 'zod';
import { Failure } from '../../booking/failures';
import type { OliverAccount } from '../../config';
import type { Clocks } from '../clocks';
import { unclear, type HttpAnswer } from '../http';
import type { Notice } from '../once';
import type { PacedExchange } from '../pace';
import type { Call } from '../provider';
import { verdictOf, type Verdict } from './errors';
import { ENDPOINTS, urlOf, type Operation, type Query } from './operations';
import { orAborted, sharedWork, type SharedWork } from './shared-work';
import { envelopeWire, tokenWire } from './wire';

/** What every operation at Oliver works with. */
export interface Session extends Clocks {
  accounts: Readonly<Record<string, OliverAccount>>;
  notice: Notice;
  /** Sends a request at the practice's pace. */
  send: PacedExchange;
  /** Bearer tokens by account. Their lifetime is unknown (providers.md): each is kept until it is refused. */
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

export type Reply<T> = { is: 'done'; value: T } | ({ is: 'refused' } & Verdict);

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
 * One call to Oliver, signed in. A 401 had no effect, so it is answered with one new sign-in and the same call
 * again, writes included; the second is `credentials_rejected`. A refused create that may mean a taken slot is
 * returned; every other refusal is thrown.
 */
export async function ask<T>(
  session: Session,
  call: Call,
  operation: Operation,
  schema: z.ZodType<T>,
  request: Ask = {},
): Promise<Reply<T>> {
  const token = await tokenOf(session, call);
  let answer = await send(session, call, operation, request, token);
  if (answer.status === UNAUTHORIZED) {
    session.tokens.drop(call.account, token);
    answer = await send(session, call, operation, request, await tokenOf(session, call));
  }
  return read(operation, schema, answer);
}

/** The same where no refusal is worth a second look: all are thrown. */
export async function demand<T>(...args: Parameters<typeof ask<T>>): Promise<T> {
  const reply = await ask(...args);
  if (reply.is === 'refused') throw reply.failure;
  return reply.value;
}

const UNAUTHORIZED = 401;

function tokenOf(session: Session, call: Call): Promise<string> {
  const signedIn = session.tokens.get(call.account, () => signIn(session, detached(call)));
  return orAborted(signedIn, call.signal);
}

/** `role` is always ROLE_API (contract). */
async function signIn(session: Session, call: Call): Promise<string> {
  const { username, password } = accountOf(session, call);
  const answer = await send(session, call, 'sign_in', { body: { username, password, role: 'ROLE_API' } });
  const reply = read('sign_in', tokenWire, answer);
  if (reply.is === 'refused') throw reply.failure;
  return reply.value.token;
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
      // On create too, although the contract leaves it out there (providers.md). Signing in is of no practice.
      ...(token !== undefined && { authorization: `Bearer ${token}`, 'x-client-id': locationId }),
    },
    body,
    timeoutMs: call.timeoutMs,
    signal: call.signal,
    isLastTry: call.isLastTry,
  });
}

function read<T>(operation: Operation, schema: z.ZodType<T>, answer: HttpAnswer): Reply<T> {
  const envelope = envelopeWire.safeParse(answer.body);
  const isSuccess = answer.status >= 200 && answer.status <= 299;
  if (!isSuccess || (envelope.success && envelope.data.success === false)) {
    const verdict = verdictOf(operation, answer);
    if (!verdict.maybeGone) throw verdict.failure;
    return { is: 'refused', ...verdict };
  }
  const parsed = schema.safeParse(envelope.data?.data);
  if (parsed.success) return { is: 'done', value: parsed.data };
  const said = `HTTP ${answer.status} with a body of another shape than ${operation} has`;
  throw unclear(ENDPOINTS[operation].effect, said);
}
