import type { FastifyInstance, FastifyRequest } from 'fastify';
import { stringify } from 'lossless-json';
import { oddBytes } from './bytes';
import { isControl } from './misbehaviour';
import { oddly, type Oddity } from './oddities';

/** Applies the quirks that are on to every answer except those of the controls. Bigints go out as integers. */
export function answerOddly(app: FastifyInstance, oddityOf: (request: FastifyRequest) => Oddity): void {
  // Only undefined has no JSON text, because no replacer is given.
  app.setReplySerializer((payload) => stringify(payload) ?? '');
  app.addHook('preSerialization', async (request, _reply, payload) =>
    isControl(request) ? payload : oddly(payload, oddityOf(request)),
  );
  app.addHook('onSend', async (request, reply, payload) => {
    // A call that a fault runs inwardly is answered within the sandbox; the outer call sends that answer.
    if (isControl(request) || request.isInward || typeof payload !== 'string') return payload;
    if (!isPlainJson(String(reply.getHeader('content-type')))) return payload;
    const sent = oddBytes(payload, 'Answers', oddityOf(request).quirks);
    if (sent === null) return payload;
    reply.header('content-type', sent.contentType).removeHeader('content-length');
    return sent.bytes;
  });
}

/** Returns true when the content type is JSON in UTF-8. A fault's answer in another charset brings its own bytes. */
function isPlainJson(contentType: string): boolean {
  return /^application\/json(\s*;\s*charset=utf-8)?$/i.test(contentType);
}
