import type { FastifyInstance, FastifyRequest } from 'fastify';
import { decodeText, hintOfNul } from '../booking/bytes';
import { Failure } from '../booking/failures';

/** What comes in as the body of a request: bytes, decoded as they are declared, and the JSON in them. */

const JSON_TYPE = 'application/json';

/**
 * Reads JSON from the bytes of a body by its mark or charset, UTF-8 where nothing is said. Fastify's own parser puts U+FFFD
 * for what it cannot read. Refuses what is not valid in its charset, and charsets and codings that are not supported.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, body: Buffer, parsed) => {
    const read = bodyText(request, body);
    if (read instanceof Failure) return parsed(read);
    const hint = hintOfNul(read);
    if (hint !== null) return parsed(new Failure('malformed_json', { hint }));
    void parse(request, read, parsed);
  });
}

function bodyText(request: FastifyRequest, body: Buffer): string | Failure {
  const coding = request.headers['content-encoding'];
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity') {
    return new Failure('unsupported_media_type', {
      hint: 'Send it without Content-Encoding, not compressed.',
    });
  }
  const decoded = decodeText(body, charsetOf(request.headers['content-type']));
  if ('text' in decoded) return decoded.text;
  const { hint, isCharsetUnknown } = decoded;
  return new Failure(isCharsetUnknown ? 'unsupported_media_type' : 'malformed_json', { hint });
}

/** The charset that a content type declares, unquoted; undefined when it declares none. */
export function charsetOf(contentType: string | undefined): string | undefined {
  const found = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType ?? '');
  return found?.[1] ?? found?.[2];
}
