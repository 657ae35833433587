import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Context } from './context';
import { REFUSALS } from './errors';
import type { SignIn } from './validation';

/** The sandbox's only user. */
const USER = { username: 'sandbox', password: 'sandbox' } as const;

const HEADER = encoded({ alg: 'HS256', typ: 'JWT' });
const claimsSchema = z.object({ exp: z.number(), gen: z.number() });

/** Returns a token (a JWT, as the contract says) for the right name and password. Refuses others with 401. */
export function signIn(context: Context, given: SignIn): string {
  if (given.role !== 'ROLE_API') throw REFUSALS.badRole();
  if (given.username !== USER.username || given.password !== USER.password) throw REFUSALS.badSignIn();
  const { clock, state, tokenLifetimeMs } = context;
  const exp = (clock.now() + clock.scaled(tokenLifetimeMs)) / 1_000;
  const content = `${HEADER}.${encoded({ sub: USER.username, exp, gen: state.tokenGeneration })}`;
  return `${content}.${signature(context, content)}`;
}

/** Refuses with 401 an `Authorization` header without a token of this sandbox, or with an expired one. */
export function checkToken(context: Context, authorization: string | undefined): void {
  const [, header, claims, signed] = /^Bearer ([^.]+)\.([^.]+)\.([^.]+)$/.exec(authorization ?? '') ?? [];
  if (header === undefined || claims === undefined || signed === undefined) throw REFUSALS.badToken();
  if (!same(signed, signature(context, `${header}.${claims}`))) throw REFUSALS.badToken();
  const { exp, gen } = claimsSchema.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
  const expired = exp * 1_000 <= context.clock.now() || gen !== context.state.tokenGeneration;
  if (expired) throw REFUSALS.badToken();
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function signature(context: Context, content: string): string {
  return createHmac('sha256', context.state.tokenSecret).update(content).digest('base64url');
}

function same(given: string, wanted: string): boolean {
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}
