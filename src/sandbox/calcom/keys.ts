import type { FastifyRequest } from 'fastify';
import type { Context } from './context';
import { REFUSALS } from './errors';

/** API keys. Any key that begins with `cal_` is the first user's; one that begins with `cal_other` is the second's. */

const FIRST_USER = 501;
const SECOND_USER = 502;

/** Returns the user whose key a call carries; null without one. A key that does not work is refused, wherever it comes. */
export function userOfKey({ state }: Context, request: FastifyRequest): number | null {
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  const key = authorization.replace(/^Bearer /, '');
  // A call that takes effect late was let in when it came.
  const isRevoked = !request.isInward && state.revokedKeys.includes(key);
  if (!key.startsWith('cal_') || isRevoked) throw REFUSALS.badKey();
  return key.startsWith('cal_other') ? SECOND_USER : FIRST_USER;
}

/** Returns the user whose key a call carries. Refuses a call without one. */
export function neededUser(context: Context, request: FastifyRequest): number {
  const user = userOfKey(context, request);
  if (user === null) throw REFUSALS.noKey();
  return user;
}
