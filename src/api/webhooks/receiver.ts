import type { FastifyBaseLogger, FastifyPluginCallback } from 'fastify';
import { decodeText, withoutMarks } from '../../booking/bytes';
import { charsetOf } from '../../booking/content-type';
import { Failure } from '../../booking/failures';
import { type VendorName, webhookPathOf } from '../../booking/vendors';
import type { NewsReader } from '../../providers/news';
import type { Verifier } from '../../providers/vendor';
import type { Metrics } from '../metrics';
import { routeNews, type RoutingOptions } from './routing';

/** A vendor's webhooks: what it declares, with the accounts and secrets of the settings. */
export interface WebhookSource {
  vendor: VendorName;
  accounts: readonly string[];
  isSigned: Verifier;
  reader: NewsReader;
}

export interface ReceiverOptions {
  source: WebhookSource;
  routing: Pick<RoutingOptions, 'client' | 'idKey'>;
  metrics: Metrics;
  /** Aborts when the app stops. */
  stopping: AbortSignal;
}

/**
 * Receives a vendor's news. A signed event is answered 204, whatever it is about, so that the provider does not repeat
 * what we can't use; 503 only while Temporal can't be reached. It is answered once its booking was told, or at once
 * when no booking is known. A signed event that is not JSON in its encoding gets 204 too, because a repeat would have
 * the same bytes and come for a day. It is counted as `unreadable` and logged once, and polling finds what it was
 * about. The route has a scope of its own, because the signature is over the raw bytes.
 */
export const webhookReceiver: FastifyPluginCallback<ReceiverOptions> = (app, options, done) => {
  const { metrics, stopping } = options;
  const { vendor, accounts, isSigned, reader } = options.source;
  const count = (event: string, outcome: string) => metrics.webhooks.inc({ vendor, event, outcome });
  const routing = routeNews({
    ...options.routing,
    vendor,
    accounts,
    reader,
    settled: ({ event }, outcome) => count(event, outcome),
    log: app.log,
  });
  metrics.waitingNews.push(() => routing.waiting());
  stopping.addEventListener('abort', () => routing.flush());
  app.addHook('onClose', () => routing.stop());
  const tellUnreadable = toldOnce();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));

  app.post(webhookPathOf(vendor), { schema: { hide: true } }, async (request, reply) => {
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
    const event = reader.eventLabel(body);
    const news = reader.newsOf(body);
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
