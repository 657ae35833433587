import type { FastifyInstance } from 'fastify';
import { parse } from 'lossless-json';

/**
 * Reads the bodies that a sandbox gets, as strictly as the strictest vendor: it refuses text that is not valid UTF-8
 * or that holds half a surrogate pair, because a parser that is written in Rust or Go refuses it.
 */

/** How a sandbox refuses what it cannot read. */
export interface BodyRefusals {
  /** The bytes are not valid UTF-8. */
  notUtf8: () => Error;
  /** The text is not JSON. A byte order mark at its beginning is not part of JSON. */
  notJson: () => Error;
  /** A text or a field's name holds half a surrogate pair. `path` leads to it. */
  illFormed: (path: (string | number)[]) => Error;
  /** The query's percent-encoding is broken, or does not encode UTF-8. */
  badQuery: () => Error;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came; null when the call has none. */
    rawBody: Buffer | null;
  }
}

/**
 * Reads every body as JSON, whatever its content type, as the vendors do: their own samples send no content type.
 * Integers that a number cannot hold become bigints.
 */
export function readBodiesAsJson(app: FastifyInstance, refusals: BodyRefusals): void {
  app.decorateRequest('rawBody', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = body;
    try {
      done(null, body.length === 0 ? undefined : read(body, refusals));
    } catch (refusal) {
      done(refusal instanceof Error ? refusal : refusals.notJson(), undefined);
    }
  });
  app.addHook('onRequest', async ({ url }) => {
    if (!isWellEncoded(url.slice(url.indexOf('?') + 1))) throw refusals.badQuery();
  });
}

function read(body: Buffer, refusals: BodyRefusals): unknown {
  const value = parsed(decoded(body, refusals), refusals);
  const path = illFormedPath(value, []);
  if (path !== null) throw refusals.illFormed(path);
  return value;
}

function decoded(body: Buffer, refusals: BodyRefusals): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw refusals.notUtf8();
  }
}

function parsed(text: string, refusals: BodyRefusals): unknown {
  try {
    return parse(text, undefined, { parseNumber: exactNumber });
  } catch {
    throw refusals.notJson();
  }
}

function exactNumber(text: string): number | bigint {
  const value = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value;
}

const HALF_A_PAIR = /\p{Surrogate}/u;

/** Returns the path of the first text or name that is not well-formed; null when all are well-formed. */
function illFormedPath(value: unknown, path: (string | number)[]): (string | number)[] | null {
  if (typeof value === 'string') return HALF_A_PAIR.test(value) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, part] of Object.entries(value)) {
    // The path leaves an ill-formed name out: an answer that repeats it would be ill-formed as well.
    if (HALF_A_PAIR.test(name)) return path;
    const found = illFormedPath(part, [...path, Array.isArray(value) ? Number(name) : name]);
    if (found !== null) return found;
  }
  return null;
}

function isWellEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
