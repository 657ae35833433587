import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { zoneDataWarning } from '../booking/zone-age';
import { ZONE_DATA_VERSION } from '../booking/zone-data';
import type { Metrics } from './metrics';
import type { Readiness } from './readiness';

export interface OperationOptions {
  metrics: Metrics;
  readiness: () => Promise<Readiness>;
  /** Returns what is stuck although everything runs. Never throws. */
  warnings: () => Promise<string[]>;
}

const healthSchema = z.object({ status: z.literal('ok') });
const readinessSchema = z.object({
  temporal: z.boolean(),
  worker: z.boolean(),
  zoneData: z
    .object({
      version: z.string().meta({ description: 'The release by which all times at places are computed.' }),
      runtime: z.string().meta({ description: 'The release in this Node, which no booking uses.' }),
    })
    .meta({ description: 'Releases of the IANA time zone database.' }),
  warn: z
    .array(z.string())
    .optional()
    .meta({ description: 'What is stuck although everything runs, and zone data that is old.' }),
});

const ZONE_DATA = { version: ZONE_DATA_VERSION, runtime: process.versions.tz ?? 'none' };

/** The routes for operators and their machines. */
export const operationRoutes: FastifyPluginCallbackZod<OperationOptions> = (app, options, done) => {
  const health = { summary: 'Whether this process runs', response: { 200: healthSchema } };
  app.get('/healthz', { schema: health }, () => ({ status: 'ok' as const }));

  const ready = {
    summary: 'Whether bookings are taken (Temporal is reachable) and move (a worker polls)',
    response: { 200: readinessSchema, 503: readinessSchema },
  };
  app.get('/readyz', { schema: ready }, async (_request, reply) => {
    const state = await options.readiness();
    const age = zoneDataWarning(new Date());
    const warn = [...(state.temporal ? await options.warnings() : []), ...(age === null ? [] : [age])];
    return reply
      .status(state.temporal && state.worker ? 200 : 503)
      .send({ ...state, zoneData: ZONE_DATA, ...(warn.length > 0 && { warn }) });
  });

  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { registry } = options.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });

  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  done();
};
