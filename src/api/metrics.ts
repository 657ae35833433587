import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Incident, StuckReport } from '../booking/ops';

/** What /metrics shows of this app. Labels hold only our own names: no id, nothing of a request. */
export interface Metrics {
  registry: Registry;
  requests: Histogram<'method' | 'route' | 'status'>;
  webhooks: Counter<'vendor' | 'event' | 'outcome'>;
  /** How many news wait in this process for their booking to be found, of each vendor. */
  waitingNews: (() => number)[];
}

/** Creates the metrics. Each app has its own registry, so that several can live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const waitingNews: Metrics['waitingNews'] = [];
  waitingNewsGauge(registry, waitingNews);
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
      help: 'Provider news by vendor, event type and what became of it.',
      labelNames: ['vendor', 'event', 'outcome'],
      registers: [registry],
    }),
    waitingNews,
  };
}

function waitingNewsGauge(registry: Registry, waiting: readonly (() => number)[]): void {
  new Gauge({
    name: 'booking_webhooks_waiting',
    help: 'Provider news that waits for a search for the booking of its order.',
    registers: [registry],
    collect() {
      this.set(waiting.reduce((sum, one) => sum + one(), 0));
    },
  });
}

/** Looks at the bookings that need a person; each returns null when they cannot be seen. */
export interface BookingLooks {
  incidents: () => Promise<Incident[] | null>;
  stuck: () => Promise<StuckReport | null>;
}

/** Shows how many bookings wait for a person, and how many are stuck. Shows nothing while Temporal cannot be asked. */
export function gaugeBookings(registry: Registry, { incidents, stuck }: BookingLooks): void {
  new Gauge({
    name: 'booking_waiting_for_a_person',
    help: 'Open bookings and clean-ups that wait for a person, by reason.',
    labelNames: ['reason', 'provider', 'account'],
    registers: [registry],
    async collect() {
      const seen = await incidents();
      this.reset();
      for (const { reason, provider, account, count } of seen ?? [])
        this.inc({ reason, provider, account }, count);
    },
  });
  new Gauge({
    name: 'booking_stuck',
    help: 'Open bookings and clean-ups that cannot report themselves, by what is wrong; a hundred of a kind at most.',
    labelNames: ['problem'],
    registers: [registry],
    async collect() {
      const seen = await stuck();
      this.reset();
      for (const { cause } of seen?.stuck ?? []) this.inc({ problem: cause });
      if (seen?.sweepFails) this.inc({ problem: 'sweep_failing' });
    },
  });
}
