import type { onRequestHookHandler } from 'fastify';
import { Failure } from '../booking/failures';
import { InvalidRequest } from './problems';

/** Checks the URL of a request: its percent escapes must be UTF-8, because otherwise their meaning is unknown. */

const HINT =
  'Holds what is not UTF-8: write its UTF-8 bytes as percent escapes, an ü as %C3%BC (not %FC), and a percent sign as %25.';

/** Refuses a URL whose path (`route_not_found`) or query (`invalid_request`, by its field) is not UTF-8. */
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

/**
 * Returns true when a part is UTF-8. Node passes each byte of a URL as one character, so non-ASCII bytes were not
 * escaped.
 */
function isReadable(part: string): boolean {
  if (!/^[\x21-\x7e]*$/.test(part)) return false;
  try {
    return !decodeURIComponent(part).includes('\uFFFD');
  } catch {
    return false;
  }
}

/** Returns the name of a query's field; `query` when the name itself cannot be read. */
function nameOf(part: string): string {
  const [name = ''] = part.split('=');
  return /^\w{1,40}$/.test(name) ? name : 'query';
}
