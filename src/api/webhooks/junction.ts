import type { FastifyBaseLogger, FastifyPluginCallback } from 'fastify';
import { decodeText, withoutMarks } from '../../booking/bytes';
import { charsetOf } from '../../booking/content-type';
import { Failure } from '../../booking/failures';
import { gaugeWaitingNews, type Metrics } from '../metrics';
import { eventLabel, newsOf } from './news';
import { routeNews, type RoutingOptions } from './routing';
import { webhookVerifier } from './signature';

export interface JunctionWebhookOptions {
  routing: Omit<RoutingOptions, 'settled' | 'log'>;
  secrets: readonly string[];
  metrics: Metrics;
  /** Aborts when the app stops. */
  stopping: AbortSignal;
}

/**
 * Receives Junction's news. A signed event is answered 204, whatever it is about, so that the provider does not repeat
 * what we can't use; 503 only while Temporal can't be reached. It is answered once its booking was told, or at once
 * when no booking is known. A signed event that is not JSON in its encoding gets 204 too, because a repeat would have
 * the same bytes and come for a day. It is counted as `unreadable` and logged once, and polling finds what it was
 * about. The route has a scope of its own, because the signature is over the raw bytes.
 */
export const junctionWebhook: FastifyPluginCallback<JunctionWebhookOptions> = (app, options, done) => {
  const { metrics, stopping } = options;
  const count = (event: string, outcome: string) => metrics.webhooks.inc({ event, outcome });
  const routing = routeNews({
    ...options.routing,
    settled: ({ event }, outcome) => count(event, outcome),
    log: app.log,
  });
  gaugeWaitingNews(metrics.registry, () => routing.waiting());
  stopping.addEventListener('abort', () => routing.flush());
  app.addHook('onClose', () => routing.stop());
  const isSigned = webhookVerifier(options.secrets);
  const tellUnreadable = toldOnce();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));

  app.post('/webhooks/junction', { schema: { hide: true } }, async (request, reply) => {
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (!isSigned(raw, request.headers)) {
      count('other', 'bad_signature');
      throw new Failure('invalid_signature');
    }
    const body = jsonOf(raw, request.headers['content-type']);
    if (body === undefined) {
      count('other', 'unreadable');
      tellUnreadable(request.log);
      return reply.status(204).send();
    }
    const event = eventLabel(body);
    const news = newsOf(body);
    try {
      const outcome = news ? await routing.route(news) : 'ignored';
      if (outcome !== 'waiting') count(event, outcome); // waiting news is counted once it is settled
    } catch (err) {
      count(event, 'failed');
      throw err;
    }
    return reply.status(204).send();
  });
  done();
};

/**
 * Returns the JSON of an event; undefined when it is not JSON in its encoding (UTF-8 if the declared one is unknown).
 */
function jsonOf(raw: Buffer, contentType: string | undefined): unknown {
  const declared = decodeText(raw, charsetOf(contentType));
  const decoded = 'isCharsetUnknown' in declared ? decodeText(raw) : declared;
  if (!('text' in decoded)) return undefined;
  try {
    return JSON.parse(withoutMarks(decoded.text));
  } catch {
    return undefined;
  }
}

function toldOnce(): (log: FastifyBaseLogger) => void {
  let isTold = false;
  return (log) => {
    if (!isTold) log.warn('a signed webhook is not JSON in its encoding, and was ignored; logged once');
    isTold = true;
  };
}
