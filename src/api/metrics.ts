import { Counter, Histogram, Registry } from 'prom-client';

/** What /metrics shows of this app. Labels hold names of ours only: no id, nothing of a request. */
export interface Metrics {
  registry: Registry;
  requests: Histogram<'method' | 'route' | 'status'>;
  webhooks: Counter<'event' | 'outcome'>;
}

/** A registry of its own for each app, so that several can live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    registry,
    requests: new Histogram({
      name: 'booking_http_request_seconds',
      help: 'How long HTTP requests took, by route pattern.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers: [registry],
    }),
    webhooks: new Counter({
      name: 'booking_webhooks_total',
      help: 'Provider news by event type and by what became of it.',
      labelNames: ['event', 'outcome'],
      registers: [registry],
    }),
  };
}
