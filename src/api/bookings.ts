import type { FastifyReply } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { Failure } from '../booking/failures';
import { type Move, moveErrors, requestErrors } from '../booking/schema/check-request';
import type { BookingView } from '../booking/schema/view';
import { isSettled } from '../booking/status';
import type { BookingClient, StartOptions } from '../client/booking-client';
import {
  bookingRequestSchema,
  bookingSchema,
  cancelSchema,
  filterSchema,
  idSchema,
  pageSchema,
  problems,
  rescheduleSchema,
  resolveSchema,
  retrySchema,
  slotsSchema,
  startHeadersSchema,
} from './schemas';
import type { IdempotencyKey } from './idempotency-key';
import { preferredWaitS } from './prefer';
import { InvalidRequest } from './problems';

export interface BookingRoutesOptions {
  client: BookingClient;
  /** Aborts when the app stops: waiting callers are then answered with what is known. */
  stopping: AbortSignal;
}

/** The routes under /v1/bookings, and the slot search. */
export const bookingRoutes: FastifyPluginCallbackZod<BookingRoutesOptions> = (app, options, done) => {
  // `cancel` and `retry` need no body.
  app.addHook('preValidation', (request, _reply, validated) => {
    request.body ??= {};
    validated();
  });
  startRoute(app, options);
  readRoutes(app, options);
  changeRoutes(app, options);
  slotsRoute(app, options);
  done();
};

type App = Parameters<typeof bookingRoutes>[0];

function startRoute(app: App, { client, stopping }: BookingRoutesOptions): void {
  const schema = {
    summary: 'Start a booking',
    headers: startHeadersSchema,
    body: bookingRequestSchema,
    response: { 200: bookingSchema, 201: bookingSchema, 202: bookingSchema, ...problems },
  };
  app.post('/v1/bookings', { schema }, async (request, reply) => {
    const { keyName, headers, body } = request;
    const { booking: begun, created } = await tellingAll(body, () =>
      client.start(body, { ...startKeyOf(headers['idempotency-key']), keyName }),
    );
    const waitS = preferredWaitS(headers.prefer);
    const booking =
      waitS === null ? begun : await settledWithin(client, begun, waitS, untilGone(reply, stopping));
    if (waitS !== null) reply.header('Preference-Applied', `wait=${waitS}`);
    reply.header('Location', `/v1/bookings/${booking.id}`);
    return reply.status(created ? (isSettled(booking) ? 201 : 202) : 200).send(booking);
  });
}

function startKeyOf(given: IdempotencyKey | undefined): StartOptions {
  return given ? { idempotencyKey: given.key, formerKey: given.formerKey } : {};
}

/** Returns a signal that aborts when the caller hangs up or the app stops. */
function untilGone(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return AbortSignal.any([stopping, gone.signal]);
}

/** Makes a call, and turns an `invalid_request` into all errors of the body, not only the first one. */
async function tellingAll<T>(body: unknown, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (err) {
    if (!(err instanceof Failure) || err.code !== 'invalid_request') throw err;
    const errors = requestErrors(body, { now: new Date() });
    throw errors.length > 0 ? new InvalidRequest(errors) : err;
  }
}

/**
 * Returns the settled booking, or how it began when Temporal cannot say more now: the start was accepted in any case.
 */
async function settledWithin(
  client: BookingClient,
  booking: BookingView,
  waitS: number,
  signal: AbortSignal,
): Promise<BookingView> {
  if (isSettled(booking)) return booking;
  try {
    return await client.settled(booking.id, { timeoutMs: waitS * 1000, signal });
  } catch (err) {
    if (err instanceof Failure && err.code === 'temporal_unavailable') return booking;
    throw err;
  }
}

function readRoutes(app: App, { client }: BookingRoutesOptions): void {
  const one = { summary: 'Read a booking', params: idSchema, response: { 200: bookingSchema, ...problems } };
  app.get('/v1/bookings/:id', { schema: one }, (request) => client.get(request.params.id));

  const page = {
    summary: 'List bookings, newest first; may lag by a second or two',
    querystring: filterSchema,
    response: { 200: pageSchema, ...problems },
  };
  app.get('/v1/bookings', { schema: page }, (request) => client.list(request.query));
}

function changeRoutes(app: App, { client }: BookingRoutesOptions): void {
  const common = { params: idSchema, response: { 200: bookingSchema, ...problems } };

  const cancel = { ...common, summary: 'Cancel it', body: cancelSchema };
  app.post('/v1/bookings/:id/cancel', { schema: cancel }, ({ params, body, keyName }) =>
    client.cancel(params.id, { ...body, by: keyName }),
  );

  const retry = { ...common, summary: 'Try again what waits for a person', body: retrySchema };
  app.post('/v1/bookings/:id/retry', { schema: retry }, ({ params, body, keyName }) =>
    client.retry(params.id, { ...body, by: keyName }),
  );

  const resolve = { ...common, summary: 'Decide what waits for a person', body: resolveSchema };
  app.post('/v1/bookings/:id/resolve', { schema: resolve }, ({ params, body, keyName }) =>
    client.resolve(params.id, { ...body, by: keyName }),
  );

  const reschedule = { ...common, summary: 'Move the appointment', body: rescheduleSchema };
  app.post('/v1/bookings/:id/reschedule', { schema: reschedule }, ({ params, body, keyName }) =>
    client.reschedule(params.id, { ...sound(body), by: keyName }),
  );
}

/** Returns a move whose windows or slot are valid; throws all their errors otherwise. */
function sound<T extends Move>(move: T): T {
  const errors = moveErrors(move, { now: new Date() });
  if (errors.length > 0) throw new InvalidRequest(errors);
  return move;
}

function slotsRoute(app: App, { client }: BookingRoutesOptions): void {
  const schema = {
    summary: 'Slots that a booking with this request would try, best first',
    body: bookingRequestSchema,
    response: { 200: slotsSchema, ...problems },
  };
  app.post('/v1/slots/search', { schema }, (request) =>
    tellingAll(request.body, () => client.findSlots(request.body)),
  );
}
