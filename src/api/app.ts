import swagger from '@fastify/swagger';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler } from 'fastify-type-provider-zod';
import { Failure } from '../booking/failures';
import type { BookingClient } from '../client/booking-client';
import { readableAddress } from './addresses';
import { bearerAuth, type ApiKey } from './auth';
import { readJsonBodies } from './bodies';
import { bookingRoutes } from './bookings';
import { incidentRoutes } from './incidents';
import { createMetrics, gaugeBookings, type Metrics } from './metrics';
import { documentWithNulls } from './openapi';
import { operationRoutes } from './operation';
import { sendProblem } from './problems';
import { seldom, warningsOf, type Readiness } from './readiness';
import { validator } from './schemas';
import { webhookReceiver, type WebhookSource } from './webhooks/receiver';

export interface ApiOptions {
  client: BookingClient;
  /** The keys that may call; when empty, none may. */
  apiKeys: readonly ApiKey[];
  /** The client's id key, by which webhooks of adopted orders find their booking. */
  idKey: Buffer;
  /** The vendors whose webhooks may come. */
  webhooks: readonly WebhookSource[];
  readiness: () => Promise<Readiness>;
  log: FastifyBaseLogger;
}

/**
 * The largest body, in bytes. A parsed request has at most 64 KiB, but spaces and escapes may make its text much
 * longer.
 */
const BODY_LIMIT = 1_048_576;

/** Builds the HTTP app, ready to listen or for injected requests. `close()` answers waiting callers and stops it. */
export async function buildApi(options: ApiOptions): Promise<FastifyInstance> {
  const { client, log } = options;
  const app = Fastify({
    loggerInstance: log,
    // Fastify's own lines hold the whole URL with its query; the hook below logs only the route's pattern.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 255 },
    frameworkErrors: (err, request, reply) => void sendProblem(reply, request.log, err),
  });
  const metrics = createMetrics();
  const stuck = seldom(() => client.stuckBookings());
  gaugeBookings(metrics.registry, { stuck, incidents: seldom(() => client.incidents()) });
  const stopping = new AbortController();
  app.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });
  app.setValidatorCompiler(validator);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((err, request, reply) => sendProblem(reply, request.log, err));
  app.setNotFoundHandler((request, reply) => sendProblem(reply, request.log, new Failure('route_not_found')));
  app.addHook('onRequest', readableAddress);
  readJsonBodies(app);
  observe(app, metrics);

  await app.register(swagger, openApi());
  await app.register(operationRoutes, {
    metrics,
    readiness: options.readiness,
    warnings: warningsOf(stuck),
  });
  await app.register(async (scope) => {
    scope.addHook('onRequest', bearerAuth(options.apiKeys));
    await scope.register(bookingRoutes, { client, stopping: stopping.signal });
    await scope.register(incidentRoutes, { client });
  });
  for (const source of options.webhooks) {
    await app.register(webhookReceiver, {
      source,
      routing: { client, idKey: options.idKey },
      metrics,
      stopping: stopping.signal,
    });
  }
  return app;
}

/** Logs and measures each request. Both hold no more of the URL than the route's pattern. */
function observe(app: FastifyInstance, metrics: Metrics): void {
  app.decorateRequest('keyName', '');
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    metrics.requests.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    request.log.info(
      { method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
    done();
  });
}

function openApi(): Parameters<typeof swagger>[1] {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'booking-saga', version: '1', description: 'Durable appointment bookings.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: documentWithNulls,
  };
}
