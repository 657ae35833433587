import type { FastifyBaseLogger, FastifyPluginCallback } from 'fastify';
import { decodeText } from '../../booking/bytes';
import { Failure } from '../../booking/failures';
import { charsetOf } from '../bodies';
import type { Metrics } from '../metrics';
import { eventLabel, newsOf } from './news';
import { routeNews, type Routing } from './routing';
import { webhookVerifier } from './signature';

export interface JunctionWebhookOptions {
  routing: Routing;
  secrets: readonly string[];
  metrics: Metrics;
  /** Aborts when the app stops. */
  stopping: AbortSignal;
}

/**
 * The receiver of Junction's news. What is signed is answered 204, whatever it is about, so that the provider
 * does not repeat what we can't use; 503 only while Temporal can't be reached. That holds for one whose bytes are no JSON in
 * their encoding as well: a repeat has the same bytes, and would come for a day. Polling finds what it was about; it is
 * counted as `unreadable` and logged once. In a scope of its own, because the signature is over the raw bytes.
 */
export const junctionWebhook: FastifyPluginCallback<JunctionWebhookOptions> = (app, options, done) => {
  const { routing, metrics, stopping } = options;
  const isSigned = webhookVerifier(options.secrets);
  const tellUnreadable = toldOnce();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));

  app.post('/webhooks/junction', { schema: { hide: true } }, async (request, reply) => {
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (!isSigned(raw, request.headers)) {
      metrics.webhooks.inc({ event: 'other', outcome: 'bad_signature' });
      throw new Failure('invalid_signature');
    }
    const body = jsonOf(raw, request.headers['content-type']);
    if (body === undefined) {
      metrics.webhooks.inc({ event: 'other', outcome: 'unreadable' });
      tellUnreadable(request.log);
      return reply.status(204).send();
    }
    const event = eventLabel(body);
    const news = newsOf(body);
    try {
      const outcome = news ? await routeNews(routing, news, stopping) : 'ignored';
      metrics.webhooks.inc({ event, outcome });
    } catch (err) {
      metrics.webhooks.inc({ event, outcome: 'failed' });
      throw err;
    }
    return reply.status(204).send();
  });
  done();
};

/** Undefined for what is no JSON in its encoding: signed or not, it names no order. */
function jsonOf(raw: Buffer, contentType: string | undefined): unknown {
  const decoded = decodeText(raw, charsetOf(contentType));
  if (!('text' in decoded)) return undefined;
  try {
    return JSON.parse(decoded.text);
  } catch {
    return undefined;
  }
}

function toldOnce(): (log: FastifyBaseLogger) => void {
  let isTold = false;
  return (log) => {
    if (!isTold) log.warn('a signed webhook is no JSON in its encoding, and was passed over; told once');
    isTold = true;
  };
}
