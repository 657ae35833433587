import type { onRequestHookHandler } from 'fastify';
import { Failure } from '../booking/failures';
import { InvalidRequest } from './problems';

/** The address of a request: percent escapes are UTF-8, else what they stand for cannot be told. */

const HINT =
  'Holds what is not UTF-8: write its UTF-8 bytes as percent escapes, an ü as %C3%BC (not %FC), and a percent sign as %25.';

/** Refuses an address whose path (`route_not_found`) or query (`invalid_request`, by its field) is no UTF-8. */
export const readableAddress: onRequestHookHandler = (request, _reply, done) => {
  const [path = '', ...query] = request.raw.url?.split('?') ?? [];
  if (!isReadable(path)) return done(new Failure('route_not_found', { hint: `The path: ${HINT}` }));
  const errors = query
    .join('?')
    .split('&')
    .filter((part) => !isReadable(part))
    .map((part) => ({ field: nameOf(part), hint: HINT }));
  done(errors.length > 0 ? new InvalidRequest(errors) : undefined);
};

/** Node hands over each byte of an address as one character: what is no ASCII has not been escaped. */
function isReadable(part: string): boolean {
  if (!/^[\x21-\x7e]*$/.test(part)) return false;
  try {
    return !decodeURIComponent(part).includes('\uFFFD');
  } catch {
    return false;
  }
}

/** The name of a query's field; `query` where that is what cannot be read. */
function nameOf(part: string): string {
  const [name = ''] = part.split('=');
  return /^\w{1,40}$/.test(name) ? name : 'query';
}
