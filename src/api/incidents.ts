import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { BookingClient } from '../client/booking-client';
import { resumeSchema } from '../client/bulk';
import { problems } from './schemas';

const incidentSchema = z
  .object({
    reason: z.string(),
    provider: z.string(),
    account: z.string(),
    count: z.number().int(),
    since: z.string().nullable().meta({ format: 'date-time', description: 'When the first of them began.' }),
    bookingIds: z.array(z.string()).meta({ description: 'The first hundred.' }),
  })
  .meta({ id: 'Incident' });

const bulkSchema = z
  .object({
    id: z.string(),
    total: z.number().int().nullable().meta({ description: 'Null until they have been counted.' }),
    resumed: z.number().int(),
    passedOver: z.number().int().meta({ description: 'Had ended when their turn came.' }),
    changed: z.number().int().meta({
      description:
        'Had changed by the time their turn came, and were left alone: decided meanwhile, or waiting for something else.',
    }),
    failed: z.number().int().meta({ description: 'Could not be told; they are told again at the end.' }),
    failedIds: z.array(z.string()).meta({ description: 'The first hundred of those.' }),
    done: z.boolean(),
  })
  .meta({ id: 'Resumption' });

export interface IncidentRoutesOptions {
  client: Pick<BookingClient, 'incidents' | 'resume' | 'resumption'>;
}

/** The routes of incidents: many bookings that wait for the same reason. */
export const incidentRoutes: FastifyPluginCallbackZod<IncidentRoutesOptions> = (app, { client }, done) => {
  const list = {
    summary: 'Bookings that wait for a person, by reason, provider and account',
    response: { 200: z.object({ incidents: z.array(incidentSchema) }), ...problems },
  };
  app.get('/v1/incidents', { schema: list }, async () => ({ incidents: await client.incidents() }));

  const resume = {
    summary: 'Have the bookings of an incident try again, at a limited rate',
    body: resumeSchema,
    response: { 202: bulkSchema, ...problems },
  };
  app.post('/v1/incidents/resume', { schema: resume }, async ({ body, keyName }, reply) => {
    const bulk = await client.resume(body, keyName);
    reply.header('Location', `/v1/incidents/resumptions/${encodeURIComponent(bulk.id)}`);
    return reply.status(202).send(bulk);
  });

  const follow = {
    summary: 'How far a resumption has come',
    params: z.object({ id: z.string() }),
    response: { 200: bulkSchema, ...problems },
  };
  app.get('/v1/incidents/resumptions/:id', { schema: follow }, ({ params }) => client.resumption(params.id));
  done();
};
