import type { FastifyInstance } from 'fastify';
import { book, cancelAppointment, readAppointment, requestVisit, reschedule } from './appointments';
import { homeAvailability, pscAvailability } from './availability';
import { REASONS } from './catalogue';
import type { Context } from './context';
import { REFUSALS } from './errors';
import { underKey } from './idempotency';
import { orderIdOf, type OrderPath } from './routes-orders';
import { VISIT_KINDS, type VisitKind } from './state';
import {
  availabilityQuerySchema,
  bookSchema,
  parse,
  phlebotomyCancelSchema,
  pscAvailabilityQuerySchema,
  pscCancelSchema,
  requestSchema,
  rescheduleSchema,
  usAddressSchema,
} from './validation';
import { appointmentAnswer } from './wire';

const CANCEL_BODIES = { phlebotomy: phlebotomyCancelSchema, psc: pscCancelSchema } as const;

/** Adds the routes of appointments: those that home and PSCs share, and those that only one of them has. */
export function appointmentRoutes(app: FastifyInstance, context: Context): void {
  app.addHook('preHandler', async (request) => {
    if (request.url.includes('/psc/appointment') && !context.state.account.pscScheduling)
      throw REFUSALS.pscOff();
  });
  VISIT_KINDS.forEach((kind) => kindRoutes(app, context, kind));

  app.post('/v3/order/phlebotomy/appointment/availability', (request) => {
    const { start_date: startDate } = parse(availabilityQuerySchema, request.query, 'query');
    return homeAvailability(context, parse(usAddressSchema, request.body, 'body').zip_code, startDate);
  });

  app.post('/v3/order/psc/appointment/availability', (request) =>
    pscAvailability(context, parse(pscAvailabilityQuerySchema, request.query, 'query')),
  );

  app.post<OrderPath>('/v3/order/:orderId/phlebotomy/appointment/request', (request) => {
    const body = parse(requestSchema, request.body, 'body');
    return appointmentAnswer(context, requestVisit(context, orderIdOf(request.params), body));
  });
}

function kindRoutes(app: FastifyInstance, context: Context, kind: VisitKind): void {
  const path = `/v3/order/:orderId/${kind}/appointment`;

  app.get(`/v3/order/${kind}/appointment/cancellation-reasons`, () => REASONS[kind]);

  app.get<OrderPath>(path, (request) =>
    appointmentAnswer(context, readAppointment(context, kind, orderIdOf(request.params))),
  );

  app.post<OrderPath>(`${path}/book`, async (request, reply) => {
    const orderId = orderIdOf(request.params);
    const body = parse(bookSchema, request.body, 'body');
    const run = async (): Promise<unknown> =>
      appointmentAnswer(context, await book(context, kind, orderId, body));
    const keyed = kind === 'psc' && context.state.account.pscIdempotency;
    const answer = await underKey(context, 'psc', keyed ? request.headers : {}, run);
    return reply.code(answer.status).send(answer.body);
  });

  app.patch<OrderPath>(`${path}/reschedule`, (request) => {
    const body = parse(rescheduleSchema, request.body, 'body');
    return appointmentAnswer(context, reschedule(context, kind, orderIdOf(request.params), body));
  });

  app.patch<OrderPath>(`${path}/cancel`, (request) => {
    const body = parse(CANCEL_BODIES[kind], request.body, 'body');
    return appointmentAnswer(context, cancelAppointment(context, kind, orderIdOf(request.params), body));
  });
}
