import type { FastifyInstance } from 'fastify';
import type { Context } from './context';
import { orderOf } from './context';
import { underKey } from './idempotency';
import { cancelOrder, createOrder, listOrders, resendEvents, simulateOrder } from './orders';
import {
  createOrderSchema,
  idSchema,
  ordersQuerySchema,
  parse,
  resendSchema,
  simulateQuerySchema,
} from './validation';
import { orderAnswer, orderCallAnswer } from './wire';

/** A path that names an order. */
export interface OrderPath {
  Params: { orderId: string };
}

/** Adds the routes of orders. */
export function orderRoutes(app: FastifyInstance, context: Context): void {
  app.post('/v3/order', async (request, reply) => {
    const body = parse(createOrderSchema, request.body, 'body');
    const place = async (): Promise<unknown> =>
      orderCallAnswer(context, createOrder(context, body), 'order created');
    const answer = await underKey(context, 'order', request.headers, place);
    return reply.code(answer.status).send(answer.body);
  });

  app.get('/v3/orders', (request) => {
    const query = parse(ordersQuerySchema, request.query, 'query');
    const { page, total } = listOrders(context, query);
    const orders = page.map((order) => orderAnswer(context, order));
    return { orders, total, page: query.page, size: query.size };
  });

  app.get<OrderPath>('/v3/order/:orderId', (request) =>
    orderAnswer(context, orderOf(context, orderIdOf(request.params))),
  );

  app.post<OrderPath>('/v3/order/:orderId/cancel', (request) =>
    orderCallAnswer(context, cancelOrder(context, orderIdOf(request.params)), 'order cancelled'),
  );

  app.post<OrderPath>('/v3/order/:orderId/test', (request) => {
    const { final_status: finalStatus, delay } = parse(simulateQuerySchema, request.query, 'query');
    simulateOrder(context, orderIdOf(request.params), finalStatus, delay);
    return {};
  });

  app.post('/v3/order/resend_events', (request) => ({
    order_ids: resendEvents(context, parse(resendSchema, request.body ?? {}, 'body')),
  }));
}

/** Returns the order id of a path. Refuses with 422 when it is not a UUID. */
export function orderIdOf(params: OrderPath['Params']): string {
  return parse(idSchema, params.orderId, 'path');
}
