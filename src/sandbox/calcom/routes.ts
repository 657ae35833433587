import type { FastifyInstance, FastifyRequest } from 'fastify';
import { cancel, create, decide, markAbsent, refuseOthers, reschedule } from './bookings';
import { bookingOf, shown, type Context } from './context';
import { REFUSALS } from './errors';
import { neededUser, userOfKey } from './keys';
import { listed } from './list';
import type { Pace } from './pace';
import { freeTimes } from './schedule';
import type { BookingRecord } from './state';
import {
  absentSchema,
  cancelSchema,
  createSchema,
  declineSchema,
  listSchema,
  parse,
  rescheduleSchema,
  slotsQuerySchema,
} from './validation';
import { bookingAnswer, pageAnswer, slotsAnswer, success, type Wire } from './wire';

interface ByUid {
  Params: { uid: string };
}

const SLOTS_VERSION = '2024-09-04';
const BOOKINGS_VERSION = '2024-08-13';

/** Adds the vendor's routes. */
export function vendorRoutes(app: FastifyInstance, context: Context, pace: Pace): void {
  // A call that takes effect late was counted and let in when it came.
  app.addHook('onRequest', async (request, reply) => {
    if (request.isInward) return;
    pace.count(request, reply);
    userOfKey(context, request);
  });
  slotRoutes(app, context);
  bookingRoutes(app, context);
  hostRoutes(app, context);
}

/** Refuses a call that would be answered by an older version of the API. */
function needVersion(request: FastifyRequest, version: string): void {
  if (request.headers['cal-api-version'] !== version)
    throw REFUSALS.otherVersion(request.method, request.url);
}

function slotRoutes(app: FastifyInstance, context: Context): void {
  app.get('/v2/slots', (request) => {
    needVersion(request, SLOTS_VERSION);
    const query = parse(slotsQuerySchema, request.query);
    return slotsAnswer(context, freeTimes(context, query), query);
  });
}

/** Answers a write with what the copy for reading shows; with 500 where it does not show it yet. */
function readBack(context: Context, booking: BookingRecord): Wire {
  const seen = booking.listed ? shown(context, booking) : booking;
  if (!seen) throw REFUSALS.notReadBack();
  return success(bookingAnswer(context, seen));
}

function bookingRoutes(app: FastifyInstance, context: Context): void {
  const path = '/v2/bookings';
  app.addHook('preValidation', async (request) => {
    if (request.url.startsWith(path)) needVersion(request, BOOKINGS_VERSION);
  });

  app.post(path, (request, reply) => {
    const booking = create(context, parse(createSchema, request.body));
    return reply.code(201).send(readBack(context, booking));
  });

  app.get(path, (request) => {
    const query = parse(listSchema, request.query);
    return pageAnswer(context, listed(context, query, neededUser(context, request)), query);
  });

  app.get<ByUid>(`${path}/:uid`, (request) => {
    const { uid } = request.params;
    const seen = shown(context, bookingOf(context, uid));
    if (!seen) throw REFUSALS.noBooking(uid);
    return success(bookingAnswer(context, seen));
  });

  app.post<ByUid>(`${path}/:uid/reschedule`, (request, reply) => {
    const body = parse(rescheduleSchema, request.body);
    const moved = reschedule(context, request.params.uid, body, userOfKey(context, request));
    return reply.code(201).send(readBack(context, moved));
  });

  app.post<ByUid>(`${path}/:uid/cancel`, (request) => {
    const body = parse(cancelSchema, request.body);
    return readBack(context, cancel(context, request.params.uid, body, userOfKey(context, request)));
  });
}

/** What only a booking's host may do. */
function hostRoutes(app: FastifyInstance, context: Context): void {
  const own = (request: FastifyRequest<ByUid>): BookingRecord => {
    const user = neededUser(context, request);
    const booking = bookingOf(context, request.params.uid);
    refuseOthers(booking, user);
    return booking;
  };
  app.post<ByUid>('/v2/bookings/:uid/confirm', (request) => {
    const booking = own(request);
    decide(context, booking, 'confirm');
    return readBack(context, booking);
  });
  app.post<ByUid>('/v2/bookings/:uid/decline', (request) => {
    const booking = own(request);
    decide(context, booking, 'decline', parse(declineSchema, request.body).reason);
    return readBack(context, booking);
  });
  app.post<ByUid>('/v2/bookings/:uid/mark-absent', (request) => {
    const booking = own(request);
    if (Date.parse(booking.start) > context.clock.now()) throw REFUSALS.absentTooEarly();
    markAbsent(context, booking, parse(absentSchema, request.body));
    return readBack(context, booking);
  });
}
