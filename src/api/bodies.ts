import type { FastifyInstance, FastifyRequest } from 'fastify';
import { decodeText, hintOfNul, withoutMarks } from '../booking/bytes';
import { charsetOf } from '../booking/content-type';
import { Failure } from '../booking/failures';

/** Reads request bodies: decodes the bytes as declared, and parses the JSON in them. */

const JSON_TYPE = 'application/json';

/**
 * Reads JSON from the bytes of a body by its mark or charset, else as UTF-8. Fastify's own parser would put U+FFFD for
 * unreadable bytes. Refuses bytes that are invalid in their charset, and unsupported charsets and codings.
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
  if ('text' in decoded) return withoutMarks(decoded.text);
  const { hint, isCharsetUnknown } = decoded;
  return new Failure(isCharsetUnknown ? 'unsupported_media_type' : 'malformed_json', { hint });
}
