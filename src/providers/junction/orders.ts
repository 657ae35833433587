import { Failure } from '../../booking/failures';
import type { Order } from '../../booking/model';
import type { Call, OrderCalls } from '../provider';
import { newOrder } from './new-order';
import type { Query } from './operations';
import { toOrder } from './parse';
import { ask, demand, type Session } from './session';
import { orderPageWire, orderWire, postedOrderWire, type OrderWire } from './wire';

/** Orders at Junction: placed with our booking id as `passthrough`, which is how a lost one is found again. */
export function orderCalls(session: Session): OrderCalls {
  return {
    place: async (call, order) => {
      const body = newOrder(order, session.dialect.collectionMethod);
      return toOrder(
        await demand(session, call, 'place_order', postedOrderWire, { body, key: order.key }),
        session.notice,
      );
    },
    find: (call, where) => findOrder(session, call, where),
    list: (call, { createdSince }) => listOrders(session, call, createdSince),
    read: (call, orderId) => readOrder(session, call, orderId),
    cancel: (call, orderId) => cancelOrder(session, call, orderId),
  };
}

/** The order as it stands. */
export async function readOrder(session: Session, call: Call, orderId: string): Promise<Order> {
  return toOrder(await demand(session, call, 'read_order', orderWire, { orderId }), session.notice);
}

/**
 * Cancels the order. A refused transition does not say whether the order is past cancelling or cancelled already
 * (providers.md, error table), so the order is read to tell.
 */
async function cancelOrder(session: Session, call: Call, orderId: string): Promise<Order> {
  const reply = await ask(session, call, 'cancel_order', postedOrderWire, { orderId });
  if (reply.is === 'done') {
    const answered = toOrder(reply.value, session.notice);
    return answered.phase === 'cancelled' ? answered : readOrder(session, call, orderId);
  }
  const order = await readOrder(session, call, orderId);
  if (order.phase !== 'cancelled') throw reply.failure;
  return order;
}

/** The contract's largest page. */
const PAGE_SIZE = 100;

/** A user with more orders than this since a booking began is no user. */
const MAX_PAGES = 50;

/** An audit of more than 50,000 orders asks for fewer days. */
const MAX_PAGES_OF_ACCOUNT = 500;

/** The provider's clock may be behind ours; the booking id decides in any case, in ms. */
const CLOCK_SLACK_MS = 3_600_000;

const GONE_PHASES: readonly Order['phase'][] = ['cancelled', 'failed'];

async function findOrder(
  session: Session,
  call: Call,
  where: { bookingId: string; userId: string; createdSince: string },
): Promise<Order | null> {
  const mine: Order[] = [];
  const query = { user_id: where.userId, start_date: startOf(where.createdSince) };
  for await (const wire of ordersOf(session, call, query, MAX_PAGES)) {
    if (wire.passthrough === where.bookingId) mine.push(toOrder(wire, session.notice));
  }
  return mine.find(({ phase }) => !GONE_PHASES.includes(phase)) ?? mine[0] ?? null;
}

async function* listOrders(session: Session, call: Call, createdSince: string): AsyncGenerator<Order> {
  const query = { start_date: startOf(createdSince), order_type: session.dialect.collectionMethod };
  for await (const wire of ordersOf(session, call, query, MAX_PAGES_OF_ACCOUNT)) {
    const order = toOrder(wire, session.notice);
    // An account may ignore the filter: another kind is the other provider's to list.
    if (order.kind === session.dialect.collectionMethod) yield order;
  }
}

function startOf(since: string): string {
  return new Date(Date.parse(since) - CLOCK_SLACK_MS).toISOString();
}

/** All orders that fit, oldest first: ones that come while we page come last and none is skipped. */
async function* ordersOf(
  session: Session,
  call: Call,
  where: Query,
  maxPages: number,
): AsyncGenerator<OrderWire> {
  const query = { ...where, order_key: 'created_at', order_direction: 'asc', size: String(PAGE_SIZE) };
  let seen = 0;
  for (let page = 1; page <= maxPages; page++) {
    const answer = await demand(session, call, 'list_orders', orderPageWire, {
      query: { ...query, page: String(page) },
    });
    yield* answer.orders;
    seen += answer.orders.length;
    // A server may hold its pages shorter than we asked; its own words about size and total count.
    const short = answer.orders.length < (answer.size ?? PAGE_SIZE);
    if (answer.orders.length === 0 || (answer.total == null ? short : seen >= answer.total)) return;
  }
  throw new Failure('unexpected_answer', { said: `more than ${maxPages} pages of orders` });
}
