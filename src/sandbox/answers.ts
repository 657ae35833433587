import type { FastifyInstance, FastifyRequest } from 'fastify';
import { stringify } from 'lossless-json';
import { oddBytes } from './bytes';
import { isControl } from './misbehaviour';
import { oddly, type Oddity } from './oddities';

/** Has answers made odd as the quirks that are on say; the controls' own stay plain. Bigints go out as integers. */
export function answerOddly(app: FastifyInstance, oddityOf: (request: FastifyRequest) => Oddity): void {
  // Without a replacer only undefined itself has no text.
  app.setReplySerializer((payload) => stringify(payload) ?? '');
  app.addHook('preSerialization', async (request, _reply, payload) =>
    isControl(request) ? payload : oddly(payload, oddityOf(request)),
  );
  app.addHook('onSend', async (request, reply, payload) => {
    // A call that was let in by a fault is answered within the sandbox; its answer goes out under the outer call.
    if (isControl(request) || request.isInward || typeof payload !== 'string') return payload;
    if (!isPlainJson(String(reply.getHeader('content-type')))) return payload;
    const sent = oddBytes(payload, 'Answers', oddityOf(request).quirks);
    if (sent === null) return payload;
    reply.header('content-type', sent.contentType).removeHeader('content-length');
    return sent.bytes;
  });
}

/** Returns true when JSON goes out as UTF-8. A fault's answer that names another charset has bytes of its own. */
function isPlainJson(contentType: string): boolean {
  return /^application\/json(\s*;\s*charset=utf-8)?$/i.test(contentType);
}
